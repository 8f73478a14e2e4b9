import type { Lending } from '@gatehouse/shared/loans/lending-policy'
import { describe, expect, it } from 'vitest'
import { canLend, type LendingSite, lendable } from './decide-lending.ts'

const hourMs = 3_600_000
const policy = {
  ...{ sharePercent: 50, shareMinPercent: 25, shareMaxPercent: 75, stepPercent: 5 },
  ...{ windowMs: 4 * hourMs, leadMs: 24 * hourMs, cutOffMs: hourMs },
}
const pool = (kind: string, bayClass?: string) => ({
  ...{ poolId: `${kind} ${bayClass}`, kind, policy },
  ...(bayClass !== undefined && { bayClass }),
})
const space = (kind: string, more: object = {}) => ({ name: kind, kind, bookable: true, ...more })
const site = (lending?: Lending): LendingSite => ({
  site: { lending },
  spaces: new Map([
    ['room', space('meeting_room')],
    ['hall', space('event_space', { parts: ['room'] })],
    ['lounge', space('office', { bookable: false })],
    ['bay-1', space('bay', { bayClass: 'ev' })],
    ['bay-2', space('bay', { bayClass: 'ev' })],
  ]),
})

describe('what a site can lend', () => {
  it('is each kind and class of what can be booked by itself', () => {
    const { pools, spaces } = lendable(site())
    expect(pools).toEqual([
      { kind: 'meeting_room', spaces: 1 },
      { kind: 'bay', bayClass: 'ev', spaces: 2 },
    ])
    expect(spaces.map(({ spaceId }) => spaceId)).toEqual(['room', 'bay-1', 'bay-2'])
  })

  it.each<[string, boolean, Lending]>([
    ['a pool of a class', true, { pools: [pool('bay', 'ev')] }],
    ['a pool of all classes', true, { pools: [pool('bay')] }],
    ['a class before the rest of its kind', true, { pools: [pool('bay', 'ev'), pool('bay')] }],
    ['a class that is not there', false, { pools: [pool('bay', 'large')] }],
    ['what is only there combined', false, { pools: [pool('event_space')] }],
    ['what cannot be booked', false, { pools: [pool('office')] }],
    ['a kind twice', false, { pools: [pool('bay'), { ...pool('bay'), poolId: 'other' }] }],
    ['a pool id twice', false, { pools: [pool('bay'), { ...pool('bay', 'ev'), poolId: 'bay undefined' }] }],
    ['a space of it never', true, { pools: [], never: ['bay-1', 'hall'] }],
    ['a space never twice', false, { pools: [], never: ['bay-1', 'bay-1'] }],
    ['a space that it has not', false, { pools: [], never: ['bay-9'] }],
  ])('%s: %s', (_what, isPossible, lending) => {
    expect(canLend(site(), lending)).toBe(isPossible)
  })

  it('stays what its row says when the spaces are gone', () => {
    const before = { pools: [pool('desk')], never: ['desk-1'] }
    expect(canLend(site(before), before)).toBe(true)
    expect(canLend(site(before), { pools: [...before.pools, pool('hot_desk')], never: [] })).toBe(false)
    expect(canLend(site(before), { ...before, never: ['desk-2'] })).toBe(false)
  })
})
