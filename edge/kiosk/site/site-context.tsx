import { liveMessageSchema } from '@gatehouse/shared/api/views'
import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { type LiveStatus, useLive } from '@gatehouse/shared/ui/live.ts'
import { noteServerTime } from '@gatehouse/shared/ui/server-clock.ts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef } from 'react'
import { type Identity, type KioskSite, readSite } from './kiosk-api.ts'

interface SiteContextValue {
  readonly site: KioskSite
  /** Since when the edge does not answer, by this device's clock; absent while it does. */
  readonly unreachableSinceMs: number | undefined
  readonly onIdentified: (listener: (who: Identity) => void) => () => void
}

const SiteContext = createContext<SiteContextValue | undefined>(undefined)

/** The site this kiosk stands in. Only below `SiteProvider`. */
export function useSite(): SiteContextValue {
  const value = useContext(SiteContext)
  if (value === undefined) throw new TypeError('useSite is used outside SiteProvider')
  return value
}

/** Calls `listener` when a member's card was held to the kiosk's reader, while the component is shown. */
export function useIdentified(listener: (who: Identity) => void): void {
  const { onIdentified } = useSite()
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => onIdentified((who) => latest.current(who)), [onIdentified])
}

const refreshEveryMs = 5_000
const shownTopics: ReadonlySet<string> = new Set(['plan', 'bookings', 'sessions', 'board', 'link'])

/**
 * Reads the site, keeps it fresh by the live socket and shows `children` once it is known. `unpaired` is shown
 * when the edge does not accept this device, `waiting` until its first answer.
 */
export function SiteProvider(props: {
  readonly children: ReactNode
  readonly unpaired: ReactNode
  readonly waiting: (failed: boolean) => ReactNode
}): ReactNode {
  const query = useQuery({
    queryKey: ['site'],
    queryFn: async ({ signal }) => {
      const site = await readSite(signal)
      noteServerTime(site.nowMs)
      return site
    },
    refetchInterval: refreshEveryMs,
    retry: false,
  })
  const refused = isProblem(query.error) && [401, 403].includes(query.error.problem.status)
  const { live, onIdentified } = useSiteLive(query.data !== undefined && !refused)
  const failing = query.isError && live.state !== 'open'
  const { refetch } = query
  useEffect(() => {
    if (live.state === 'lost') void refetch()
  }, [live.state, refetch])
  const value = useMemo<SiteContextValue | undefined>(
    () =>
      query.data && {
        site: query.data,
        unreachableSinceMs: failing ? Math.max(query.dataUpdatedAt, 0) : undefined,
        onIdentified,
      },
    [query.data, query.dataUpdatedAt, failing, onIdentified],
  )
  if (refused) return props.unpaired
  if (value === undefined) return props.waiting(query.isError)
  return <SiteContext value={value}>{props.children}</SiteContext>
}

function useSiteLive(enabled: boolean): {
  readonly live: LiveStatus
  readonly onIdentified: SiteContextValue['onIdentified']
} {
  const client = useQueryClient()
  const listeners = useRef(new Set<(who: Identity) => void>())
  const onIdentified = useCallback((listener: (who: Identity) => void) => {
    listeners.current.add(listener)
    return () => {
      listeners.current.delete(listener)
    }
  }, [])
  const refresh = () => void client.invalidateQueries()
  const live = useLive({
    path: '/api/v1/live',
    schema: liveMessageSchema,
    enabled,
    onReconnect: refresh,
    onMessage: (message) => {
      if (message.kind === 'hello') noteServerTime(message.nowMs)
      if (message.kind === 'identified') for (const listener of listeners.current) listener(message)
      if (message.kind === 'changed' && shownTopics.has(message.topic)) refresh()
    },
  })
  return { live, onIdentified }
}
