import type { LendingPolicy } from '@gatehouse/shared/loans/lending-policy'

const hourMs = 3_600_000

/**
 * How a pool is lent: about `sharePercent` of it, in windows of two hours, from half a day before each window until a
 * quarter of an hour before it. So a site that is cut off can be booked from the cloud for the rest of the day.
 */
function policyOf(sharePercent: number): LendingPolicy {
  return {
    ...{ sharePercent, shareMinPercent: sharePercent / 2, shareMaxPercent: 50, stepPercent: 5 },
    ...{ windowMs: 2 * hourMs, leadMs: 12 * hourMs, cutOffMs: hourMs / 4 },
  }
}

/** A pool of all spaces of one kind. */
export function lentPool(kind: string, sharePercent: number) {
  return { poolId: kind, kind, policy: policyOf(sharePercent) }
}
