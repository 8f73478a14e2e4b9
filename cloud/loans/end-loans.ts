import type { Clock } from '@gatehouse/shared/clock/clock'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { type DueJob, runDue } from '../jobs/run-due.ts'
import { LoanDesk } from './loan-desk.ts'
import { endAllRestoredLoans, loanIsRestored } from './restored-loans.ts'
import { expireInLoans, refundDisplaced, type SoldChange } from './sell.ts'

export interface LoanJobParts {
  readonly pool: Pool
  readonly clock: Clock
}

type TendParts = LoanJobParts & { readonly passLifeMs: number }

const batchMax = 500
const overdueSale = "s.status = 'held' AND s.hold_until_ms <= $1::bigint"
const dueLoan = "state IN ('open', 'unconfirmed') AND least(sell_until_ms, to_ms) <= $1::bigint"
const displacedBooking = "status = 'displaced' AND loan_ids <> '{}' AND paid_minor > refunded_minor"

/**
 * What nobody waits for: ends loans at their cut-off, at the end of their interval and after a restore of the cloud, gives
 * up holds that ran out, and gives displaced members their money back. The clock only says when to look: each is judged
 * under its lock. Safe to run at any time, in any number of processes; run it every few seconds.
 */
export function loanJobs(parts: TendParts): readonly DueJob[] {
  return [
    {
      isDue: `EXISTS (SELECT FROM loan_sales s WHERE ${overdueSale})`,
      run: () => expireOverdue(parts, {}),
    },
    { isDue: `EXISTS (SELECT FROM loans WHERE ${dueLoan})`, run: () => closeAllDue(parts) },
    {
      isDue: `EXISTS (SELECT FROM bookings WHERE ${displacedBooking})`,
      run: () => refundAllDisplaced(parts),
    },
    { isDue: loanIsRestored, run: () => endAllRestoredLoans(parts) },
  ]
}

/** Runs those of the jobs of loans that have something to do. */
export async function tendLoans(parts: TendParts): Promise<void> {
  await runDue(parts.pool, parts.clock.now().wallMs, loanJobs(parts))
}

async function closeAllDue({ pool, clock }: LoanJobParts): Promise<void> {
  const { rows } = await pool.query<{ site_id: SiteId; loan_ids: string[] }>(
    `SELECT site_id, array_agg(loan_id) AS loan_ids FROM (
       SELECT site_id, loan_id FROM loans WHERE ${dueLoan}
       ORDER BY least(sell_until_ms, to_ms) LIMIT ${batchMax}) AS due GROUP BY site_id`,
    [clock.now().wallMs],
  )
  for (const { site_id, loan_ids } of rows) {
    await inTransaction(pool, (tx) => closeDue(tx, clock, site_id, loan_ids))
  }
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
     WHERE ${overdueSale}
       AND ($2::text IS NULL OR s.site_id = $2) AND ($3::text[] IS NULL OR s.space_id = ANY ($3))
     GROUP BY s.site_id, s.booking_id ORDER BY min(s.hold_until_ms) LIMIT ${batchMax}`,
    [clock.now().wallMs, where.siteId ?? null, where.spaceIds ?? null],
  )
  for (const overdue of rows) await expireInLoans(pool, clock, overdue)
}

async function refundAllDisplaced({ pool, clock }: LoanJobParts): Promise<void> {
  const { rows } = await pool.query<SoldChange>(
    `SELECT site_id AS "siteId", booking_id AS "bookingId", loan_ids AS "loanIds" FROM bookings
     WHERE ${displacedBooking} LIMIT ${batchMax}`,
  )
  for (const displaced of rows) await refundDisplaced(pool, clock, displaced)
}
