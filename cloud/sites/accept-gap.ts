import type { SiteId } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { ActOrigin } from '../audit/act.ts'
import { actOnce } from '../audit/act-once.ts'
import { recordActs } from '../audit/record-acts.ts'
import type { Pool, Transaction } from '../database/pool.ts'
import { lockTail } from '../ingest/stream-store.ts'

/** What somebody states who accepts that entries of a site are lost to the cloud; `toSeq` is the last one that they saw named. */
export interface GapStatement {
  readonly siteId: SiteId
  readonly incarnation: number
  readonly toSeq: number
  readonly reason: string
  readonly by: ActOrigin
}

/**
 * Lets the stream of a site's newest life go on behind the entries that the cloud lost and the site pruned (`history_gone`).
 * Nothing is made up for them: the books lack what they told, and the reconciliation shows it. Refuses with `no_gap`, and
 * with `gap_moved` when the last lost entry is another one by now.
 */
export async function acceptGap(
  pool: Pool,
  { siteId, incarnation, toSeq, reason, by }: GapStatement,
): Promise<Result<undefined, 'no_gap' | 'gap_moved'>> {
  const stream = { siteId, incarnation }
  return actOnce(pool, by, undefined, async (tx) => {
    const { head } = await lockTail(tx, stream)
    const pruned = await prunedAtSite(tx, stream)
    if (pruned === undefined || pruned.seq <= head.seq) return err('no_gap')
    if (pruned.seq !== toSeq) return err('gap_moved')
    const fromSeq = head.seq + 1
    await tx.query(
      `INSERT INTO ledger_gaps (site_id, incarnation, from_seq, to_seq, hash, accepted_by, accepted_ms, reason)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [siteId, incarnation, fromSeq, toSeq, pruned.hash, by.actor.id, by.nowMs, reason],
    )
    await tx.query(
      'UPDATE streams SET head_seq = $3, head_hash = $4 WHERE site_id = $1 AND incarnation = $2',
      [siteId, incarnation, toSeq, pruned.hash],
    )
    // What was stored before the gap and is not projected yet is projected first; then there is nothing in between.
    await tx.query(
      `UPDATE projection_positions SET audit_seq = CASE WHEN audit_seq = seq THEN $4 ELSE audit_seq END, seq = $4
       WHERE site_id = $1 AND incarnation = $2 AND seq = $3`,
      [siteId, incarnation, head.seq, toSeq],
    )
    const subject = { kind: 'site', id: siteId } as const
    const after = { incarnation, fromSeq, toSeq, hash: pruned.hash, reason }
    await recordActs(tx, by, [{ act: 'ledger.gap_accepted', subject, siteId, after }])
    return ok(undefined)
  })
}

/** The last entry that the newest life pruned, as it told at its last handshake; `undefined` unless the cloud lacks it. */
async function prunedAtSite(
  tx: Transaction,
  { siteId, incarnation }: { readonly siteId: SiteId; readonly incarnation: number },
): Promise<{ readonly seq: number; readonly hash: string } | undefined> {
  const { rows } = await tx.query<{ seq: number; hash: string }>(
    `SELECT pruned_seq AS seq, pruned_hash AS hash FROM site_sync JOIN sites USING (site_id, incarnation)
     WHERE site_id = $1 AND incarnation = $2 AND state = 'history_gone' AND pruned_seq IS NOT NULL FOR SHARE OF site_sync`,
    [siteId, incarnation],
  )
  return rows[0]
}
