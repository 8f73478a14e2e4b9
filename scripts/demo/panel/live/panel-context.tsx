import type { Problem } from '@gatehouse/shared/api/problem'
import { createApi, isProblem } from '@gatehouse/shared/ui/api.ts'
import { nowMs } from '@gatehouse/shared/ui/browser-clock.ts'
import { type LiveStatus, useLive } from '@gatehouse/shared/ui/live.ts'
import { noteServerTime } from '@gatehouse/shared/ui/server-clock.ts'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import {
  type PanelActionInput,
  type PanelState,
  panelAnswerSchema,
  panelMessageSchema,
} from '../../panel-contract.ts'

const api = createApi({ baseUrl: '/api', timeoutMs: 30_000 })

/** An action that was carried out by this panel. */
export interface Acted {
  readonly kind: PanelActionInput['kind']
  readonly atMs: number
}

interface PanelContextValue {
  readonly state: PanelState
  readonly live: LiveStatus
  /** Carries an action out; resolves to whether it was done. A refusal is shown by the panel. */
  readonly act: (action: PanelActionInput) => Promise<boolean>
  /** What this panel did last, newest first. */
  readonly acted: readonly Acted[]
  readonly problem: Problem | undefined
  readonly forgetProblem: () => void
}

const PanelContext = createContext<PanelContextValue | undefined>(undefined)
const actedMax = 20

/** The living state of the demo, and the way to act on it. Only below `PanelProvider`. */
export function usePanel(): PanelContextValue {
  const value = useContext(PanelContext)
  if (value === undefined) throw new TypeError('usePanel is used outside PanelProvider')
  return value
}

function problemOf(cause: unknown): Problem {
  if (isProblem(cause)) return cause.problem
  return { type: 'about:blank', title: '', status: 0, code: 'failed', hint: '' }
}

/** Keeps the state by the supervisor's live socket; `waiting` is shown until the first message. */
export function PanelProvider(props: {
  readonly children: ReactNode
  readonly waiting: ReactNode
}): ReactNode {
  const [state, setState] = useState<PanelState>()
  const [acted, setActed] = useState<readonly Acted[]>([])
  const [problem, setProblem] = useState<Problem>()
  const live = useLive({
    path: '/api/live',
    schema: panelMessageSchema,
    onMessage: (message) => {
      const [site] = message.state.sites
      if (site) noteServerTime(site.clock.nowMs)
      setState(message.state)
    },
  })
  const act = useCallback(async (action: PanelActionInput) => {
    try {
      await api.post('/actions', action, panelAnswerSchema)
      setProblem(undefined)
      setActed((before) => [{ kind: action.kind, atMs: nowMs() }, ...before].slice(0, actedMax))
      return true
    } catch (cause) {
      setProblem(problemOf(cause))
      return false
    }
  }, [])
  const forgetProblem = useCallback(() => setProblem(undefined), [])
  const value = useMemo(
    () => state && { state, live, act, acted, problem, forgetProblem },
    [state, live, act, acted, problem, forgetProblem],
  )
  if (value === undefined) return props.waiting
  return <PanelContext value={value}>{props.children}</PanelContext>
}
