import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

/** The ledger entry that a row was read from, with the start of its hash; opens it in the site's ledger. */
export function EntryLink(props: {
  readonly row: {
    readonly siteId: string
    readonly siteName: string
    readonly incarnation: number
    readonly seq: number
    readonly hash: string
  }
}): ReactNode {
  const t = useWords()
  const { siteId, siteName, incarnation, seq, hash } = props.row
  return (
    <Link
      to="/sites/$siteId"
      params={{ siteId }}
      search={{ incarnation, before: seq + 1, entry: seq }}
      aria-label={t('access.openEntry', { seq, site: siteName })}
      className="access-entry"
    >
      #{seq} <span className="hq-mono">{hash.slice(0, 8)}…</span>
    </Link>
  )
}
