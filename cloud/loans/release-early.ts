import type { RestoredLoans } from '@gatehouse/shared/api/restored-loans-view'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { ActOrigin } from '../audit/act.ts'
import { actOnce } from '../audit/act-once.ts'
import { recordActs } from '../audit/record-acts.ts'
import type { Pool, Queryable } from '../database/pool.ts'
import { currentEpoch } from '../sites/epoch.ts'
import { readRestoredSites } from './restored-loans.ts'

/** What somebody states who lets a site sell again before the passes of the lost epoch are over. */
export interface EarlyRelease {
  readonly siteId: SiteId
  readonly reason: string
  readonly by: ActOrigin
}

/**
 * Records that a person takes the risk of passes that the lost epoch signed, for one site and the present epoch (ARCHITECTURE
 * §5, shared/loans/decisions.md): its suspended loans end as soon as the site has sent again what it keeps. What was sold
 * stands. Refuses with `nothing_suspended`, and with `released_already`.
 */
export async function releaseEarly(
  pool: Pool,
  { siteId, reason, by }: EarlyRelease,
): Promise<Result<undefined, 'nothing_suspended' | 'released_already'>> {
  return actOnce(pool, by, undefined, async (tx) => {
    const { suspended } = await countSuspended(tx, siteId)
    if (suspended === 0) return err('nothing_suspended')
    const epoch = await currentEpoch(tx)
    const { rowCount } = await tx.query(
      `INSERT INTO loan_releases (site_id, epoch, released_by, released_ms, reason) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (site_id, epoch) DO NOTHING`,
      [siteId, epoch, by.actor.id, by.nowMs, reason],
    )
    if (rowCount === 0) return err('released_already')
    const subject = { kind: 'site', id: siteId } as const
    const after = { epoch, reason, loans: suspended }
    await recordActs(tx, by, [{ act: 'loans.released_early', subject, siteId, after }])
    return ok(undefined)
  })
}

/** What a site lent before the cloud was restored and why nobody sells there; `passLifeMs` is the longest life of a pass. */
export async function readRestoredLoans(
  db: Queryable,
  siteId: string,
  { passLifeMs, nowMs }: { readonly passLifeMs: number; readonly nowMs: number },
): Promise<Omit<RestoredLoans, 'mayRelease'>> {
  const [epoch, counts, [waiting], releases] = await Promise.all([
    currentEpoch(db),
    countSuspended(db, siteId),
    readRestoredSites(db, { passLifeMs, siteId }),
    db.query<{ byId: string; atMs: number; reason: string }>(
      `SELECT released_by AS "byId", released_ms AS "atMs", reason FROM loan_releases
       JOIN cloud_identity USING (epoch) WHERE site_id = $1`,
      [siteId],
    ),
  ])
  return {
    ...{ asOfMs: nowMs, epoch, ...counts },
    caughtUp: waiting?.siteCaughtUp ?? false,
    passesOverMs: waiting?.passesOverMs ?? null,
    released: releases.rows[0] ?? null,
  }
}

async function countSuspended(
  db: Queryable,
  siteId: string,
): Promise<{ readonly suspended: number; readonly sold: number }> {
  const { rows } = await db.query<{ suspended: number; sold: number }>(
    `SELECT count(*)::int AS suspended, coalesce(sum((SELECT count(*) FROM loan_sales s
       WHERE s.site_id = l.site_id AND s.loan_id = l.loan_id AND s.status <> 'freed')), 0)::int AS sold
     FROM loans l WHERE site_id = $1 AND state = 'suspended'`,
    [siteId],
  )
  return rows[0] ?? { suspended: 0, sold: 0 }
}
