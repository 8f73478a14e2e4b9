import type { EntryFrame } from '@gatehouse/shared/wire/v1/entries'
import type { Transaction } from '../database/pool.ts'
import { type FoldedLoans, loansNamed } from '../ingest/evolve-loans.ts'
import type { StreamId } from '../ingest/stream-store.ts'
import { LoanDesk } from './loan-desk.ts'

/** What one run's entries make of the loans of their site. */
export interface ProjectedLoans extends FoldedLoans {
  readonly desk: LoanDesk
}

const aboutLoans = /^(loan|lending)\.|^booking\.(received|adopted)$/

/**
 * Locks the loans that a run's entries speak of, before its other rows; `undefined` when none of them concerns a loan
 * or a booking that was sold in one.
 */
export async function lockProjectedLoans(
  tx: Transaction,
  { siteId, incarnation }: StreamId,
  frames: readonly EntryFrame[],
  nowMs: number,
): Promise<ProjectedLoans | undefined> {
  const bookingIds = frames.flatMap(({ body }) =>
    typeof body.bookingId === 'string' ? [body.bookingId] : [],
  )
  const sold = bookingIds.length === 0 ? [] : await loansOfBookings(tx, siteId, bookingIds)
  const about = frames.filter(({ type }) => aboutLoans.test(type))
  if (about.length === 0 && sold.length === 0) return undefined
  const covering = grantedIn(about)
  const loanIds = [...new Set([...sold, ...about.flatMap(({ body }) => loansNamed(body))])]
  const desk = await LoanDesk.open(tx, () => nowMs, { siteId, loanIds, covering })
  return { incarnation, desk, spaces: await spacesNamed(tx, siteId, covering.spaceIds), recalled: new Set() }
}

async function loansOfBookings(
  tx: Transaction,
  siteId: string,
  bookingIds: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ loan_id: string }>(
    'SELECT DISTINCT loan_id FROM loan_sales WHERE site_id = $1 AND booking_id = ANY ($2)',
    [siteId, bookingIds],
  )
  return rows.map(({ loan_id }) => loan_id)
}

function grantedIn(frames: readonly EntryFrame[]) {
  const spaceIds = new Set<string>()
  let [fromMs, toMs] = [Number.MAX_SAFE_INTEGER, 0]
  for (const { type, body } of frames) {
    if (type !== 'loan.granted' && type !== 'loan.confirmed') continue
    // Bodies are checked later; here they only say what to lock.
    if (typeof body.spaceId !== 'string' || !isInstant(body.fromMs) || !isInstant(body.toMs)) continue
    spaceIds.add(body.spaceId)
    fromMs = Math.min(fromMs, body.fromMs)
    toMs = Math.max(toMs, body.toMs)
  }
  return { spaceIds: [...spaceIds], fromMs: Math.min(fromMs, toMs), toMs }
}

function isInstant(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

async function spacesNamed(
  tx: Transaction,
  siteId: string,
  spaceIds: readonly string[],
): Promise<Map<string, { readonly isCombined: boolean }>> {
  const { rows } = await tx.query<{ key: string; parts: number }>(
    `SELECT key, coalesce(jsonb_array_length(body -> 'parts'), 0) AS parts FROM site_directory
     WHERE site_id = $1 AND kind = 'space' AND body IS NOT NULL AND key = ANY ($2)`,
    [siteId, spaceIds],
  )
  return new Map(rows.map(({ key, parts }) => [key, { isCombined: parts > 0 }]))
}

/** Writes what the entries made of the loans, and the end rows of those that were asked for back. */
export async function writeProjectedLoans(
  tx: Transaction,
  { desk, recalled, stopped }: ProjectedLoans,
): Promise<void> {
  await desk.save()
  if (recalled.size > 0) {
    await tx.query('UPDATE loans SET recalled = true WHERE site_id = $1 AND loan_id = ANY ($2)', [
      desk.siteId,
      [...recalled],
    ])
  }
  if (stopped === null) await tx.query('DELETE FROM lending_stops WHERE site_id = $1', [desk.siteId])
  else if (stopped !== undefined) {
    await tx.query(
      `INSERT INTO lending_stops (site_id, reason, since_ms) VALUES ($1, $2, $3)
       ON CONFLICT (site_id) DO UPDATE SET reason = excluded.reason, since_ms = excluded.since_ms`,
      [desk.siteId, stopped.reason, stopped.sinceMs],
    )
  }
}
