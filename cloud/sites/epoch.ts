import type { ActDetail, ActOrigin } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { renewDirectories } from '../directory/renew-epoch.ts'
import { startLoanEpoch } from '../loans/new-lives.ts'
import type { EpochEvidence } from './decide-handshake.ts'

/** Why an epoch began: another database, what a site remembers, or a person's word. */
export type EpochReason = 'database_restored' | EpochEvidence | 'said_by_person'

/** The epoch of the cloud's promises as it is now, whichever process renewed it; 0 before the first start. */
export async function currentEpoch(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ epoch: number }>('SELECT epoch FROM cloud_identity')
  return rows[0]?.epoch ?? 0
}

export interface NewEpoch {
  readonly reason: EpochReason
  /** The epoch that must end; when another process has ended it, nothing happens. */
  readonly ends: number
  /** The new epoch is later than this one, too: a site may remember more than this cloud. */
  readonly after?: number
  readonly by: ActOrigin
  /** Further facts for the audit: which site told, and what. */
  readonly detail?: ActDetail
}

/**
 * Begins a new epoch, once, however many sites ask for it at a time: every directory is written anew under it and
 * fetched again, sites send again what they keep (ARCHITECTURE §5). Returns the epoch in force afterwards.
 */
export async function renewEpoch(
  tx: Transaction,
  { reason, ends, after = 0, by, detail }: NewEpoch,
): Promise<number> {
  const { rows } = await tx.query<{ epoch: number }>('SELECT epoch FROM cloud_identity FOR UPDATE')
  const before = rows[0]?.epoch ?? 0
  if (before !== ends) return before
  const epoch = Math.max(before, after) + 1
  await tx.query('UPDATE cloud_identity SET epoch = $1, epoch_reason = $2, epoch_began_ms = $3', [
    epoch,
    reason,
    by.nowMs,
  ])
  await renewDirectories(tx, epoch)
  await startLoanEpoch(tx)
  await recordActs(tx, by, [
    {
      act: 'epoch.renewed',
      subject: { kind: 'cloud', id: 'cloud' },
      before: { epoch: before },
      after: { epoch, reason, ...detail },
    },
  ])
  return epoch
}
