import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { inTransaction, type Queryable, type Transaction } from '../database/pool.ts'
import type { LoanJobParts } from './end-loans.ts'
import { LoanDesk, type RestoredFacts } from './loan-desk.ts'

/** Clocks of phones and sites may be behind ours by this much when they believe a pass. */
const clocksApartMaxMs = 3_600_000
const batchMax = 500
const isOfEarlierEpoch = "l.state = 'suspended'"

/** SQL that tells whether a site has loans of an earlier epoch, which `endAllRestoredLoans` looks at. */
export const loanIsRestored = `EXISTS (SELECT FROM loans l WHERE ${isOfEarlierEpoch})`

/** A site with suspended loans, and what they wait for. */
interface RestoredSite {
  readonly siteId: SiteId
  /** It has sent again all that it keeps. */
  readonly siteCaughtUp: boolean
  /** When no pass of an earlier epoch can be valid any more, epoch milliseconds. */
  readonly passesOverMs: number
  /** A person took the risk of such passes (`releaseEarly`). */
  readonly isReleased: boolean
}

/** The sites, or one of them, that lent to an earlier epoch what is sold by nobody now. */
export async function readRestoredSites(
  db: Queryable,
  { passLifeMs, siteId }: { readonly passLifeMs: number; readonly siteId?: string },
): Promise<readonly RestoredSite[]> {
  const { rows } = await db.query<RestoredSite & { readonly beganMs: number }>(
    `SELECT s.site_id AS "siteId", c.epoch_began_ms AS "beganMs", EXISTS (
       SELECT FROM site_sync y JOIN projection_positions p USING (site_id, incarnation)
       WHERE y.site_id = s.site_id AND y.incarnation = s.incarnation AND y.seen_ms >= c.epoch_began_ms
         AND p.seq >= y.edge_seq) AS "siteCaughtUp",
       EXISTS (SELECT FROM loan_releases r WHERE r.site_id = s.site_id AND r.epoch = c.epoch) AS "isReleased"
     FROM sites s, cloud_identity c
     WHERE s.site_id = coalesce($1, s.site_id)
       AND EXISTS (SELECT FROM loans l WHERE l.site_id = s.site_id AND ${isOfEarlierEpoch}) ORDER BY s.site_id`,
    [siteId ?? null],
  )
  return rows.map(({ beganMs, ...site }) => ({
    ...site,
    passesOverMs: beganMs + passLifeMs + clocksApartMaxMs,
  }))
}

/**
 * Ends the loans that sites granted to an earlier epoch, site by site, once each has sent again what it keeps and no pass
 * of the lost epoch can be valid, or a person took that risk (shared/loans/decisions.md); until then nobody sells there.
 */
export async function endAllRestoredLoans(
  parts: LoanJobParts & { readonly passLifeMs: number },
): Promise<void> {
  const { pool, clock, passLifeMs } = parts
  for (const { siteId, siteCaughtUp, passesOverMs, isReleased } of await readRestoredSites(pool, {
    passLifeMs,
  })) {
    const oldPassesOver = isReleased || clock.now().wallMs >= passesOverMs
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
    `SELECT loan_id FROM loans l WHERE site_id = $1 AND ${isOfEarlierEpoch} ORDER BY loan_id LIMIT ${batchMax}`,
    [siteId],
  )
  if (rows.length === 0) return 0
  const loanIds = rows.map(({ loan_id }) => loan_id)
  const desk = await LoanDesk.open(tx, now, { siteId: siteIdSchema.parse(siteId), loanIds, restored })
  const ended = loanIds.filter((loanId) => desk.decide(loanId, { kind: 'endLoan', reason: 'restored' }).ok)
  await desk.save()
  return ended.length
}
