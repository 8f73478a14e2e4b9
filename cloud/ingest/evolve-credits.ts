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

/** A bucket as far as the fold of entries asks: whose it is, so that a site cannot tell of another. */
export type FoldedBucket = Pick<AllowanceRow, 'memberId' | 'currency'>

export interface FoldedAllowance {
  readonly bucketId: string
  readonly sums: CloudAllowance
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
}

/** Applies an entry of a site to members' credits, or says why it cannot be and leaves them as they were. */
export function evolveCredits(folded: FoldedCredits, event: LedgerEvent): UnpostableCredits | undefined {
  switch (event.type) {
    case 'allowance.received':
      return receive(folded, event)
    case 'allowance.drawn':
    case 'allowance.restored': {
      const before = folded.allowances.get(event.body.allowanceId)
      if (before === undefined) return 'unknown_allowance'
      put(folded, event, before)
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
  const before = folded.allowances.get(allowanceId) ?? { bucketId: row.bucketId, sums: nothingMoved }
  const bucket = folded.buckets.get(row.bucketId)
  if (before.bucketId !== row.bucketId) return 'other_bucket'
  if (bucket && (bucket.memberId !== row.memberId || bucket.currency !== row.currency)) return 'other_bucket'
  if (givenBackMinor > row.movedMinor) return 'more_than_moved'
  if (bucket === undefined) {
    folded.buckets.set(row.bucketId, row)
    folded.told.set(row.bucketId, row)
  }
  put(folded, event, { ...before, received: { epoch, rev } })
  return undefined
}

function put(folded: FoldedCredits, event: AllowanceEvent, before: FoldedAllowance): void {
  const { allowanceId } = event.body
  folded.allowances.set(allowanceId, { ...before, sums: evolveCloudAllowance(before.sums, event) })
  folded.dirty.add(allowanceId)
}
