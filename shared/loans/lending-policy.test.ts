import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  adaptedShare,
  type LendingContext,
  lendingPolicySchema,
  loansToGrant,
  loansToReturn,
} from './lending-policy.ts'

const hour = 3_600_000
const policy = lendingPolicySchema.parse({
  sharePercent: 50,
  shareMinPercent: 20,
  shareMaxPercent: 70,
  windowMs: 4 * hour,
  leadMs: 12 * hour,
  cutOffMs: hour,
  stepPercent: 10,
})
const space = (spaceId: string, change = {}) => ({ spaceId, neverLend: false, occupied: [], ...change })
const context: LendingContext = {
  nowMs: 8 * hour,
  loans: [],
  isOpen: () => true,
  spaces: [space('d'), space('c'), space('b'), space('a', { neverLend: true }), space('e')],
}

describe('what a site lends', () => {
  test('is its share of the pool in every window between lead time and cut-off, never what it never lends', () => {
    const wanted = loansToGrant(policy, 50, context)
    expect(wanted.map(({ spaceId, fromMs }) => [spaceId, fromMs / hour])).toEqual(
      [12, 16, 20].flatMap((from) => [
        ['b', from],
        ['c', from],
      ]),
    )
    expect(wanted.every(({ fromMs, sellUntilMs }) => sellUntilMs === fromMs - hour)).toBe(true)
  })

  test('leaves out what is booked, and prefers what has no bookings', () => {
    const booked = [{ fromMs: 13 * hour, blockToMs: 14 * hour }]
    const spaces = [space('a', { occupied: booked }), space('b'), space('c')]
    const at = loansToGrant(policy, 70, { ...context, spaces }).map(({ spaceId, fromMs }) => [
      spaceId,
      fromMs / hour,
    ])
    expect(at.filter(([, from]) => from === 12)).toEqual([
      ['b', 12],
      ['c', 12],
    ])
  })

  test('leaves out windows in which the site is closed, and spaces that cannot be used throughout', () => {
    const spaces = [space('a', { availableToMs: 21 * hour }), space('b', { availableFromMs: 13 * hour })]
    const isOpen = ({ fromMs }: { fromMs: number }) => fromMs !== 16 * hour
    const at = loansToGrant(policy, 50, { ...context, spaces, isOpen })
    expect(at.map(({ spaceId, fromMs }) => [spaceId, fromMs / hour])).toEqual([
      ['a', 12],
      ['b', 20],
    ])
  })

  test('is nothing beyond what is lent already', () => {
    const loans = loansToGrant(policy, 50, context).map((one, at) => ({
      ...one,
      loanId: `l${at}`,
      isUnsold: true,
    }))
    expect(loansToGrant(policy, 50, { ...context, loans })).toEqual([])
    expect(loansToReturn(50, { ...context, loans })).toEqual([])
    expect(loansToReturn(25, { ...context, loans }).map(({ loanId }) => loanId)).toEqual(['l1', 'l3', 'l5'])
    const sold = loans.map((one) => ({ ...one, isUnsold: false }))
    expect(loansToReturn(0, { ...context, loans: sold })).toEqual([])
    expect(loansToReturn(50, { ...context, nowMs: 11 * hour, loans })).toEqual([
      { loanId: 'l0', reason: 'close' },
      { loanId: 'l1', reason: 'close' },
    ])
  })

  test('moves with demand and stays within the bounds', () => {
    const count = fc.integer({ min: 0, max: 50 })
    fc.assert(
      fc.property(fc.array(fc.tuple(count, count, count), { maxLength: 30 }), (rounds) => {
        let share = policy.sharePercent
        for (const [cloudBeyondLoans, siteOverLent, endedUnsold] of rounds) {
          const next = adaptedShare(policy, share, { cloudBeyondLoans, siteOverLent, endedUnsold })
          if (cloudBeyondLoans > siteOverLent) expect(next).toBeGreaterThanOrEqual(share)
          if (cloudBeyondLoans < siteOverLent) expect(next).toBeLessThanOrEqual(share)
          if (cloudBeyondLoans === siteOverLent && cloudBeyondLoans > 0) expect(next).toBe(share)
          expect(Math.abs(next - share)).toBeLessThanOrEqual(policy.stepPercent)
          share = next
          expect(share).toBeGreaterThanOrEqual(policy.shareMinPercent)
          expect(share).toBeLessThanOrEqual(policy.shareMaxPercent)
        }
      }),
    )
  })

  test('goes back to the policy by what ends unsold, and never below it or without a reason', () => {
    const share = fc.integer({ min: policy.shareMinPercent, max: policy.shareMaxPercent })
    fc.assert(
      fc.property(share, fc.integer({ min: 0, max: 50 }), (from, endedUnsold) => {
        const quiet = { cloudBeyondLoans: 0, siteOverLent: 0, endedUnsold }
        const added = Math.max(0, from - policy.sharePercent)
        const next = adaptedShare(policy, from, quiet)
        expect(from - next).toBe(endedUnsold > 0 ? Math.min(policy.stepPercent, added) : 0)
        let at = from
        for (let round = 0; round < 10; round += 1) at = adaptedShare(policy, at, quiet)
        if (endedUnsold > 0) expect(at).toBe(Math.min(from, policy.sharePercent))
      }),
    )
  })
})
