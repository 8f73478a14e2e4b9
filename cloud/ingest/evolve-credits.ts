import {
  type CloudAllowance,
  evolveCloudAllowance,
  nothingMoved,
} from '@gatehouse/shared/credits/cloud-allowance'
import type { AllowanceEvent } from '@gatehouse/shared/credits/site-allowance'
import type { AllowanceRow } from '@gatehouse/shared/wire/v1/allowances'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'

/** Why an entry about credits cannot be posted; it stays recorded, and a case is opened. */
export type UnpostableCredits = 'unknown_allowance' | 'other_bucket' | 'more_than_moved'

/** A bucket as far as entries ask: whose it is, so that a site cannot tell of another, and when it is over. */
export type FoldedBucket = Pick<AllowanceRow, 'memberId' | 'currency' | 'promotional' | 'expiresMs'>

export interface FoldedAllowance {
  readonly bucketId: string
  readonly sums: CloudAllowance
  /** Where its row stands in the directory; absent when only the site's word speaks of it. */
  readonly row?: { readonly epoch: number; readonly rev: number } | undefined
  /** The last row that the site applied. */
  readonly received?: { readonly epoch: number; readonly rev: number } | undefined
}

/** The credits that a run's entries speak of, their buckets locked. */
export interface FoldedCredits {
  readonly buckets: Map<string, FoldedBucket>
  readonly allowances: Map<string, FoldedAllowance>
  /** Buckets that only the site's word speaks of, with the row that named them. */
  readonly told: Map<string, AllowanceRow>
  readonly dirty: Set<string>
  /** What was given back for refunds, with the sum of it so far: together they name one movement. */
  readonly restored: RestoredMovement[]
}

export interface RestoredMovement {
  readonly allowanceId: string
  readonly bucketId: string
  readonly amountMinor: number
  /** Ever restored in the allowance, this one included. */
  readonly sumMinor: number
  /** When the site did it, epoch milliseconds. */
  readonly atMs: number
}

/** Applies an entry of a site to members' credits, or says why it cannot be and leaves them as they were. */
export function evolveCredits(
  folded: FoldedCredits,
  event: LedgerEvent,
  atMs: number,
): UnpostableCredits | undefined {
  switch (event.type) {
    case 'allowance.received':
      return receive(folded, event)
    case 'allowance.drawn':
    case 'allowance.restored': {
      const before = folded.allowances.get(event.body.allowanceId)
      if (before === undefined) return 'unknown_allowance'
      put(folded, event, before)
      if (event.type === 'allowance.restored') noteRestored(folded, event, atMs)
      return undefined
    }
    default:
      return undefined
  }
}

function receive(
  folded: FoldedCredits,
  event: Extract<AllowanceEvent, { type: 'allowance.received' }>,
): UnpostableCredits | undefined {
  const { allowanceId, row, epoch, rev, givenBackMinor } = event.body
  const before: FoldedAllowance = folded.allowances.get(allowanceId) ?? {
    bucketId: row.bucketId,
    sums: nothingMoved,
  }
  const bucket = folded.buckets.get(row.bucketId)
  if (before.bucketId !== row.bucketId) return 'other_bucket'
  if (bucket && (bucket.memberId !== row.memberId || bucket.currency !== row.currency)) return 'other_bucket'
  if (givenBackMinor > row.movedMinor) return 'more_than_moved'
  if (bucket === undefined) {
    folded.buckets.set(row.bucketId, row)
    folded.told.set(row.bucketId, row)
  }
  // A cloud that never told the site of it has forgotten that it did: what the site may overdraw is in force there.
  const { overdraftMinor } = before.row ? before.sums : row
  put(folded, event, { ...before, sums: { ...before.sums, overdraftMinor }, received: { epoch, rev } })
  return undefined
}

function noteRestored(
  { allowances, restored }: FoldedCredits,
  { body }: Extract<AllowanceEvent, { type: 'allowance.restored' }>,
  atMs: number,
): void {
  const { allowanceId, amountMinor } = body
  const after = allowances.get(allowanceId)
  if (after === undefined) return
  const { bucketId, sums } = after
  restored.push({ allowanceId, bucketId, amountMinor, sumMinor: sums.restoredMinor, atMs })
}

function put(folded: FoldedCredits, event: AllowanceEvent, before: FoldedAllowance): void {
  const { allowanceId } = event.body
  folded.allowances.set(allowanceId, { ...before, sums: evolveCloudAllowance(before.sums, event) })
  folded.dirty.add(allowanceId)
}
