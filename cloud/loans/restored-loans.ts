import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { inTransaction, type Transaction } from '../database/pool.ts'
import type { LoanJobParts } from './end-loans.ts'
import { LoanDesk, type RestoredFacts } from './loan-desk.ts'

/** Clocks of phones and sites may be behind ours by this much when they believe a pass. */
const clocksApartMaxMs = 3_600_000
const batchMax = 500

/**
 * Ends the loans that sites granted to an earlier epoch, site by site, once each has sent again what it keeps and no pass
 * of the lost epoch can be valid (shared/loans/decisions.md); until then nobody sells there.
 */
export async function endAllRestoredLoans(
  parts: LoanJobParts & { readonly passLifeMs: number },
): Promise<void> {
  const { pool, clock, passLifeMs } = parts
  const { rows } = await pool.query<{ site_id: SiteId; caught_up: boolean; began_ms: number }>(
    `SELECT s.site_id, c.epoch_began_ms AS began_ms, EXISTS (
       SELECT FROM site_sync y JOIN projection_positions p USING (site_id, incarnation)
       WHERE y.site_id = s.site_id AND y.incarnation = s.incarnation AND y.seen_ms >= c.epoch_began_ms
         AND p.seq >= y.edge_seq) AS caught_up
     FROM sites s, cloud_identity c
     WHERE EXISTS (SELECT FROM loans l WHERE l.site_id = s.site_id AND l.state = 'suspended') ORDER BY s.site_id`,
  )
  for (const { site_id: siteId, caught_up: siteCaughtUp, began_ms } of rows) {
    const oldPassesOver = clock.now().wallMs >= began_ms + passLifeMs + clocksApartMaxMs
    if (!siteCaughtUp || !oldPassesOver) continue
    const restored = { siteCaughtUp, oldPassesOver }
    const end = { siteId, restored }
    await inTransaction(pool, (tx) => endRestoredLoans(tx, () => clock.now().wallMs, end))
  }
}

/**
 * Ends the loans of a site that were granted to an earlier epoch; each end row names what stays sold. Returns how many
 * ended; none while `restored` forbids it.
 */
export async function endRestoredLoans(
  tx: Transaction,
  now: () => number,
  { siteId, restored }: { readonly siteId: string; readonly restored: RestoredFacts },
): Promise<number> {
  const { rows } = await tx.query<{ loan_id: string }>(
    `SELECT loan_id FROM loans WHERE site_id = $1 AND state = 'suspended' ORDER BY loan_id LIMIT ${batchMax}`,
    [siteId],
  )
  if (rows.length === 0) return 0
  const loanIds = rows.map(({ loan_id }) => loan_id)
  const desk = await LoanDesk.open(tx, now, { siteId: siteIdSchema.parse(siteId), loanIds, restored })
  const ended = loanIds.filter((loanId) => desk.decide(loanId, { kind: 'endLoan', reason: 'restored' }).ok)
  await desk.save()
  return ended.length
}
