import type { Interval } from '@gatehouse/shared/calendar/opening'
import type { LoanId, SpaceId } from '@gatehouse/shared/ids/ids'
import { noLoan, type RunningLoan, type SiteLoan } from '@gatehouse/shared/loans/site-loan'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** The entry that granted a loan, or last stood by it. */
export interface StatedAt {
  readonly incarnation: number
  readonly seq: number
}

interface LoanRow {
  readonly loanId: LoanId
  readonly kind: 'lent' | 'recalled' | 'ended'
  readonly terms: string | null
  readonly incarnation: number | null
  readonly seq: number | null
  readonly endRow: string | null
  readonly endEpoch: number | null
  readonly endRev: number | null
}

const columns = `loan_id AS loanId, kind, terms, stated_incarnation AS incarnation, stated_seq AS seq,
  end_row AS endRow, end_epoch AS endEpoch, end_rev AS endRev`

/** A loan by its id; `none` when this site never heard of it. */
export function loadLoan(db: SiteDatabase, loanId: string): SiteLoan {
  const row = statement<LoanRow>(db, `SELECT ${columns} FROM loans WHERE loan_id = ?`).get(loanId)
  return row ? loanOf(row) : noLoan
}

/** A loan that is not over, and the entry that states it. */
export type StatedLoan = RunningLoan & { readonly stated: StatedAt }

/** The loans of a space that are not over and meet an interval (epoch ms), by their start. */
export function runningLoansOf(db: SiteDatabase, spaceId: string, within: Interval): StatedLoan[] {
  return running(
    statement<LoanRow>(
      db,
      `SELECT ${columns} FROM loans WHERE space_id = ? AND kind <> 'ended' AND from_ms < ? AND to_ms > ?
       ORDER BY from_ms, loan_id`,
    ).all(spaceId, within.toMs, within.fromMs),
  )
}

/** Every loan of the site that is not over and meets an interval (epoch ms), by space and start. */
export function runningLoans(db: SiteDatabase, within: Interval): StatedLoan[] {
  return running(
    statement<LoanRow>(
      db,
      `SELECT ${columns} FROM loans WHERE kind <> 'ended' AND from_ms < ? AND to_ms > ?
       ORDER BY space_id, from_ms, loan_id`,
    ).all(within.toMs, within.fromMs),
  )
}

/** What of a space's time is lent, for the calendar and for who asks why; epoch ms. */
export interface LentTime extends Interval {
  readonly loanId: LoanId
  readonly sellUntilMs: number
  readonly isRecalled: boolean
}

/** What of a space is lent within an interval of blocks (epoch ms). */
export function lentTimesOf(db: SiteDatabase, spaceId: string, within: Interval): LentTime[] {
  return runningLoansOf(db, spaceId, within).map(lentTime)
}

/** What of each space of the site is lent within an interval of blocks (epoch ms). */
export function lentTimesBySpace(db: SiteDatabase, within: Interval): Map<SpaceId, LentTime[]> {
  const bySpace = new Map<SpaceId, LentTime[]>()
  for (const loan of runningLoans(db, within)) {
    const list = bySpace.get(loan.terms.spaceId)
    if (list) list.push(lentTime(loan))
    else bySpace.set(loan.terms.spaceId, [lentTime(loan)])
  }
  return bySpace
}

/** Tells whether the site ever lent a space. */
export function wasLent(db: SiteDatabase, spaceId: string): boolean {
  return statement(db, 'SELECT 1 FROM loans WHERE space_id = ? LIMIT 1').get(spaceId) !== undefined
}

/** Stores what an entry made of a loan. `stated` is that entry where it grants the loan or stands by it. */
export function saveLoan(
  db: SiteDatabase,
  loan: Exclude<SiteLoan, { kind: 'none' }>,
  how: { readonly stated?: StatedAt; readonly confirmed?: boolean },
): void {
  const covered = loan.kind === 'ended' ? loan.row : loan.terms
  const loanId = loan.kind === 'ended' ? loan.loanId : loan.terms.loanId
  const end = loan.kind === 'ended' ? loan : undefined
  const { stated } = how
  statement(
    db,
    `INSERT INTO loans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (loan_id) DO UPDATE SET kind = excluded.kind, confirmed = max(confirmed, excluded.confirmed),
       stated_incarnation = coalesce(excluded.stated_incarnation, stated_incarnation),
       stated_seq = coalesce(excluded.stated_seq, stated_seq),
       end_row = excluded.end_row, end_epoch = excluded.end_epoch, end_rev = excluded.end_rev`,
  ).run(
    loanId,
    loan.kind,
    covered.spaceId,
    covered.fromMs,
    covered.toMs,
    loan.kind === 'ended' ? null : JSON.stringify(loan.terms),
    how.confirmed === true ? 1 : 0,
    stated?.incarnation ?? null,
    stated?.seq ?? null,
    end ? JSON.stringify(end.row) : null,
    end?.position.epoch ?? null,
    end?.position.rev ?? null,
  )
}

function running(rows: readonly LoanRow[]): StatedLoan[] {
  return rows.flatMap((row) => {
    const loan = loanOf(row)
    if (loan.kind !== 'lent' && loan.kind !== 'recalled') return []
    return [{ ...loan, stated: { incarnation: row.incarnation ?? 0, seq: row.seq ?? 0 } }]
  })
}

// What is stored was checked by the schemas of the entries that it comes from.
function loanOf(row: LoanRow): SiteLoan {
  if (row.kind === 'ended') {
    if (row.endRow === null || row.endEpoch === null || row.endRev === null) return noLoan
    const position = { epoch: row.endEpoch, rev: row.endRev }
    return { kind: 'ended', loanId: row.loanId, row: JSON.parse(row.endRow), position }
  }
  return row.terms === null ? noLoan : { kind: row.kind, terms: JSON.parse(row.terms) }
}

function lentTime({ kind, terms }: RunningLoan): LentTime {
  const { loanId, fromMs, toMs, sellUntilMs } = terms
  return { loanId, fromMs, toMs, sellUntilMs, isRecalled: kind === 'recalled' }
}
