import { type BoardView, boardViewSchema, liveMessageSchema } from '@gatehouse/shared/api/views'
import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { nowMs, useNowMs } from '@gatehouse/shared/ui/browser-clock.ts'
import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useGivenNames } from '@gatehouse/shared/ui/given-names.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useLive } from '@gatehouse/shared/ui/live.ts'
import { noteServerTime, serverNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '../site/kiosk-api.ts'
import { useWords } from '../words/words.ts'
import css from './board.module.css'
import { staleSinceMs } from './freshness.ts'

const refreshEveryMs = 5_000

function useBoard() {
  const query = useQuery({
    queryKey: ['board'],
    queryFn: async ({ signal }) => {
      const board = await api.get('/board', boardViewSchema, signal)
      return { board, ageMs: serverNowMs() - board.asOfMs, heardMs: nowMs() }
    },
    refetchInterval: refreshEveryMs,
    refetchIntervalInBackground: true,
    retry: false,
  })
  useLive({
    path: '/api/v1/live',
    schema: liveMessageSchema,
    enabled: query.data !== undefined,
    onReconnect: () => void query.refetch(),
    onMessage: (message) => {
      if (message.kind === 'hello') noteServerTime(message.nowMs)
      const news = message.kind === 'hello' || (message.kind === 'changed' && message.topic === 'board')
      if (news) void query.refetch()
    },
  })
  return query
}

/** The level board: free places at 25 m. It takes no input, and what is old is grey and says since when. */
export function Board(): ReactNode {
  const t = useWords()
  const { data, error } = useBoard()
  const now = useNowMs(1_000)
  if (data === undefined) {
    const unpaired = isProblem(error) && [401, 403].includes(error.problem.status)
    return (
      <main className={css.waiting}>
        <h1 className={css.site}>{t(unpaired ? 'unpaired.title' : 'board.waiting')}</h1>
      </main>
    )
  }
  const since = staleSinceMs({ ...data, asOfMs: data.board.asOfMs }, now)
  return <BoardFace board={data.board} sinceMs={since} />
}

function BoardFace(props: { readonly board: BoardView; readonly sinceMs: number | undefined }): ReactNode {
  const { board, sinceMs } = props
  const t = useWords()
  const given = useGivenNames()
  const { locale } = useLanguage()
  return (
    <main className={css.board} data-stale={sinceMs !== undefined || undefined}>
      <h1 className={css.site}>{board.siteName}</h1>
      <section className={css.total} data-full={board.total.full || undefined}>
        <Arrow closed={board.total.full} />
        <strong className={css.count}>{board.total.full ? t('board.full') : board.total.free}</strong>
        {board.total.full ? null : <span className={css.word}>{t('board.free')}</span>}
      </section>
      <ol className={css.levels}>
        {board.levels.map((level) => (
          <li key={level.levelId} className={css.level} data-full={level.full || undefined}>
            <span className={css.name}>{given(level.name)}</span>
            <Arrow closed={level.full} />
            <strong className={css.figure}>{level.full ? t('board.full') : level.free}</strong>
          </li>
        ))}
      </ol>
      <p className={css.since} role="status">
        {sinceMs === undefined
          ? null
          : t('board.since', { time: formatTime(sinceMs, locale, 'time', board.timeZone) })}
      </p>
    </main>
  )
}

/** Straight on while there is room, a bar where there is none. */
function Arrow(props: { readonly closed: boolean }): ReactNode {
  return (
    <svg className={css.arrow} viewBox="0 0 24 24" aria-hidden>
      {props.closed ? (
        <path d="M5 5l14 14M19 5L5 19" stroke="currentColor" strokeWidth="4" strokeLinecap="square" />
      ) : (
        <path d="M12 2l9 10h-5.5v10h-7V12H3z" fill="currentColor" />
      )}
    </svg>
  )
}
