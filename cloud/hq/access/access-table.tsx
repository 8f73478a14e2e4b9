import type { AccessRow } from '@gatehouse/shared/api/access-view'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useWords } from '../words/words.ts'
import { codeWords } from './code-words.ts'
import { EntryLink } from './entry-link.tsx'

/** Whether somebody was let in, let out or refused, in colour, shape and word. */
function ResultChip(props: { readonly row: AccessRow }): ReactNode {
  const t = useWords()
  const { result, direction } = props.row
  if (result === 'refused') return <StateChip state="out">{t('access.result.refused')}</StateChip>
  return (
    <StateChip state="free">{t(direction === 'out' ? 'access.letOut' : 'access.result.granted')}</StateChip>
  )
}

/** An id without its prefix, short enough to tell one row from another. */
function shortId(id: string): string {
  const own = id.slice(id.indexOf('_') + 1)
  return own.length > 8 ? `${own.slice(0, 7)}…` : own
}

/** A stay where no member is known: its id, in full when it is pointed at. */
function Who(props: { readonly sessionId: string | undefined }): ReactNode {
  const t = useWords()
  const { sessionId } = props
  if (sessionId === undefined) return t('access.nobody')
  return <span title={sessionId}>{t('access.stay', { id: shortId(sessionId) })}</span>
}

function Row(props: { readonly row: AccessRow; readonly onMember: (memberId: string) => void }): ReactNode {
  const t = useWords()
  const { row } = props
  const { memberId } = row
  const by = [
    row.credentialKind && codeWords(t, 'access.credential', row.credentialKind),
    row.readerName ?? row.readerId,
    row.bookingId && t('access.booking', { id: shortId(row.bookingId) }),
  ]
    .filter(Boolean)
    .join(' · ')
  return (
    <tr data-seq={row.seq} data-result={row.result}>
      <td>
        <TimeText ms={row.atMs} timeZone={row.timeZone} style="dateTime" />
      </td>
      <td>
        <ResultChip row={row} />
      </td>
      <td>{codeWords(t, 'access.reason', row.reason)}</td>
      <td>
        {memberId === undefined ? (
          <Who sessionId={row.sessionId} />
        ) : (
          <UnstyledButton className="access-who" onClick={() => props.onMember(memberId)}>
            {row.memberName ?? memberId}
          </UnstyledButton>
        )}
      </td>
      <td>
        <span className="access-place">{row.placeName ?? row.placeId}</span>
        <span className="access-site">{row.siteName}</span>
      </td>
      <td>
        <EntryLink row={row} />
      </td>
      <td data-label={t('access.by')} data-empty={by === '' || undefined}>
        {by || '–'}
      </td>
    </tr>
  )
}

/** Decisions newest first: when, what, why, where, who, by what, and the entry that says so. */
export function AccessTable(props: {
  readonly rows: readonly AccessRow[]
  readonly onMember: (memberId: string) => void
}): ReactNode {
  const t = useWords()
  const heads = ['time', 'result', 'reason', 'name', 'door', 'entry', 'by'] as const
  return (
    <ScrollBox className="gh-card" label={t('access.table')}>
      <table className="hq-table hq-stack access-table">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(`access.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <Row key={`${row.siteId}-${row.incarnation}-${row.seq}`} row={row} onMember={props.onMember} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
