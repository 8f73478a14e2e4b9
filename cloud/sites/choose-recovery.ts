import type { SiteId } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { ActOrigin } from '../audit/act.ts'
import { actOnce } from '../audit/act-once.ts'
import { recordActs } from '../audit/record-acts.ts'
import type { Pool } from '../database/pool.ts'

/** What a person says about a box that calls with an old store. */
export interface RecoveryChoice {
  readonly siteId: SiteId
  /** The life that waits. */
  readonly incarnation: number
  readonly decision: 'allow' | 'refuse'
  readonly by: ActOrigin
}

/**
 * Records a person's choice about a life that waits for the next one; the box hears it at its next call. `allow` lets it go
 * on as the site and fences every other box; `refuse` leaves it fenced. Refuses with `not_waiting`.
 */
export async function chooseRecovery(
  pool: Pool,
  { siteId, incarnation, decision, by }: RecoveryChoice,
): Promise<Result<'allowed' | 'refused', 'not_waiting'>> {
  const state = decision === 'allow' ? 'allowed' : 'refused'
  return actOnce(pool, by, state, async (tx) => {
    const { rowCount } = await tx.query(
      `UPDATE site_recoveries SET state = $3, decided_by = $4, decided_ms = $5
       WHERE site_id = $1 AND incarnation = $2 AND state = 'waiting'`,
      [siteId, incarnation, state, by.actor.id, by.nowMs],
    )
    if (rowCount === 0) return err('not_waiting')
    const subject = { kind: 'site', id: siteId } as const
    await recordActs(tx, by, [
      { act: 'site.recovery_decided', subject, siteId, after: { incarnation, decision } },
    ])
    return ok(state)
  })
}
