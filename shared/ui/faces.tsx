import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCloudOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { isProblem } from './api.ts'
import { sinceStyle } from './format.ts'
import { useProblemWords } from './problem-words.ts'
import { useServerNowMs } from './server-clock.ts'
import { TimeText } from './time-text.tsx'
import { token } from './tokens.ts'
import { useUiWords } from './words.ts'

/** The part of a query that decides its face; a TanStack query fits as it is. */
export interface FacesQuery<T> {
  readonly data: T | undefined
  readonly error: unknown
  readonly isPending: boolean
  readonly dataUpdatedAt?: number
  readonly refetch: () => unknown
}

/** A message in place of content: what is so, and what to do about it. */
export function Notice(props: {
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
  readonly tone?: 'plain' | 'out' | 'held'
}): ReactNode {
  const tone = props.tone ?? 'plain'
  const color = tone === 'plain' ? token('muted') : token(tone)
  const ground = tone === 'plain' ? {} : { background: token(`${tone}-tint`) }
  return (
    <Group
      className={tone === 'plain' ? 'gh-notice gh-card' : 'gh-notice'}
      style={ground}
      gap="sm"
      align="flex-start"
      wrap="nowrap"
      role="status"
    >
      {tone === 'plain' ? null : (
        <IconAlertTriangle size={20} color={color} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
      )}
      <Stack gap="xs" align="flex-start" miw={0}>
        <Text fw={600} c={tone === 'out' ? color : token('ink')}>
          {props.title}
        </Text>
        {props.children ? (
          <Text component="div" size="sm" c={tone === 'plain' ? token('muted') : token('ink')}>
            {props.children}
          </Text>
        ) : null}
        {props.action}
      </Stack>
    </Group>
  )
}

/** Says since when the device or the site is cut off (0: it was never heard), and in `children` what still works. */
export function OfflineBanner(props: {
  readonly sinceMs: number
  readonly timeZone?: string
  readonly children?: ReactNode
}): ReactNode {
  const t = useUiWords()
  const now = useServerNowMs(60_000)
  const [before, after] = t('offline.title', { time: '\u0000' }).split('\u0000')
  return (
    <Group
      gap="xs"
      px="md"
      py="xs"
      wrap="nowrap"
      align="flex-start"
      role="status"
      style={{ background: token('held-tint'), color: token('held') }}
    >
      <IconCloudOff size={20} aria-hidden style={{ flex: 'none' }} />
      <Text size="sm" component="div">
        <b>
          {props.sinceMs === 0 ? (
            t('offline.unknown')
          ) : (
            <>
              {before}
              <TimeText
                ms={props.sinceMs}
                style={sinceStyle(props.sinceMs, now)}
                {...(props.timeZone ? { timeZone: props.timeZone } : {})}
              />
              {after}
            </>
          )}
        </b>
        {props.children ? <> · {props.children}</> : null}
      </Text>
    </Group>
  )
}

function Loading(props: { readonly rows: number }): ReactNode {
  const t = useUiWords()
  return (
    <Stack gap="xs" aria-busy="true" role="status" aria-label={t('faces.loading')}>
      {Array.from({ length: props.rows }, (_, row) => `row-${row}`).map((key) => (
        <Skeleton key={key} height={56} radius="md" />
      ))}
    </Stack>
  )
}

/** What failed in place of content: why, the way to ask again, and the id to report it by. */
export function Failed(props: { readonly error: unknown; readonly retry: () => unknown }): ReactNode {
  const t = useUiWords()
  const words = useProblemWords()
  const text = isProblem(props.error) ? words(props.error.problem) : undefined
  // What does not exist is no failure: asking again brings nothing, and nobody need report it.
  if (isProblem(props.error) && props.error.problem.status === 404)
    return <Notice title={text?.title ?? t('faces.failed')}>{text?.hint}</Notice>
  return (
    <Notice
      tone="out"
      title={text?.title ?? t('faces.failed')}
      action={
        <Button variant="default" size="sm" onClick={() => void props.retry()}>
          {t('faces.retry')}
        </Button>
      }
    >
      {text?.hint}
      {isProblem(props.error) && props.error.problem.traceId ? (
        <Text component="div" size="xs" c={token('ink')} style={{ overflowWrap: 'anywhere' }}>
          {t('faces.trace', { id: props.error.problem.traceId })}
        </Text>
      ) : null}
    </Notice>
  )
}

/**
 * The five faces of a list or figure: loading (skeleton), failed (retry), empty (what to do), offline (what was
 * last known, since when) and full. `isEmpty` defaults to an empty array.
 */
export function Faces<T>(props: {
  readonly query: FacesQuery<T>
  readonly children: (data: T) => ReactNode
  readonly empty?: ReactNode
  readonly isEmpty?: (data: T) => boolean
  readonly skeleton?: ReactNode
  readonly rows?: number
}): ReactNode {
  const t = useUiWords()
  const { query } = props
  if (query.data === undefined) {
    if (query.isPending && !query.error) return props.skeleton ?? <Loading rows={props.rows ?? 3} />
    return <Failed error={query.error} retry={query.refetch} />
  }
  const empty = props.isEmpty?.(query.data) ?? (Array.isArray(query.data) && query.data.length === 0)
  const staleSince = query.error && query.dataUpdatedAt ? query.dataUpdatedAt : undefined
  const [before, after] = t('faces.staleSince', { time: '\u0000' }).split('\u0000')
  return (
    <>
      {staleSince ? (
        <Text size="sm" c={token('stale')} role="status" mb="xs">
          {before}
          <TimeText ms={staleSince} />
          {after}
        </Text>
      ) : null}
      {empty && props.empty ? props.empty : props.children(query.data)}
    </>
  )
}
