import type { Clock } from '@gatehouse/shared/clock/clock'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { LoanDesk } from './loan-desk.ts'
import { pruneLoanRows } from './prune-rows.ts'
import { endAllRestoredLoans } from './restored-loans.ts'
import { expireInLoans, refundDisplaced, type SoldChange } from './sell.ts'

export interface LoanJobParts {
  readonly pool: Pool
  readonly clock: Clock
}

const batchMax = 500

/**
 * Does what nobody waits for: ends loans at their cut-off, at the end of their interval and after a restore of the cloud,
 * gives up holds that ran out, gives displaced members their money back, and clears directories. The clock only says when to look: each is judged under its lock. Safe to
 * run at any time, in any number of processes; run it every few seconds.
 */
export async function tendLoans(parts: LoanJobParts & { readonly passLifeMs: number }): Promise<void> {
  await expireOverdue(parts, {})
  const nowMs = parts.clock.now().wallMs
  const { rows } = await parts.pool.query<{ site_id: SiteId; loan_ids: string[] }>(
    `SELECT site_id, array_agg(loan_id) AS loan_ids FROM (
       SELECT site_id, loan_id FROM loans
       WHERE state IN ('open', 'unconfirmed') AND least(sell_until_ms, to_ms) <= $1
       ORDER BY least(sell_until_ms, to_ms) LIMIT ${batchMax}) AS due GROUP BY site_id`,
    [nowMs],
  )
  for (const { site_id, loan_ids } of rows) {
    await inTransaction(parts.pool, (tx) => closeDue(tx, parts.clock, site_id, loan_ids))
  }
  await refundAllDisplaced(parts)
  await endAllRestoredLoans(parts)
  await pruneLoanRows(parts)
}

async function closeDue(
  tx: Transaction,
  clock: Clock,
  siteId: SiteId,
  loanIds: readonly string[],
): Promise<void> {
  const desk = await LoanDesk.open(tx, () => clock.now().wallMs, { siteId, loanIds })
  for (const { terms } of desk.all()) {
    if (desk.nowMs < Math.min(terms.sellUntilMs, terms.toMs)) continue
    desk.decide(terms.loanId, { kind: 'endLoan', reason: 'close' })
  }
  await desk.save()
}

/** Gives up the holds inside loans that ran out unpaid, everywhere or on some spaces of a site. */
export async function expireOverdue(
  { pool, clock }: LoanJobParts,
  where: { readonly siteId?: string; readonly spaceIds?: readonly string[] },
): Promise<void> {
  const { rows } = await pool.query<SoldChange>(
    `SELECT s.site_id AS "siteId", s.booking_id AS "bookingId", array_agg(s.loan_id) AS "loanIds" FROM loan_sales s
     WHERE s.status = 'held' AND s.hold_until_ms <= $1
       AND ($2::text IS NULL OR s.site_id = $2) AND ($3::text[] IS NULL OR s.space_id = ANY ($3))
     GROUP BY s.site_id, s.booking_id ORDER BY min(s.hold_until_ms) LIMIT ${batchMax}`,
    [clock.now().wallMs, where.siteId ?? null, where.spaceIds ?? null],
  )
  for (const overdue of rows) await expireInLoans(pool, clock, overdue)
}

async function refundAllDisplaced({ pool, clock }: LoanJobParts): Promise<void> {
  const { rows } = await pool.query<SoldChange>(
    `SELECT site_id AS "siteId", booking_id AS "bookingId", loan_ids AS "loanIds" FROM bookings
     WHERE status = 'displaced' AND loan_ids <> '{}' AND paid_minor > refunded_minor LIMIT ${batchMax}`,
  )
  for (const displaced of rows) await refundDisplaced(pool, clock, displaced)
}
