import { expect, it } from 'vitest'
import { catchingUpMaxMs, healthOf, needsSomebody, worstFirst } from './worst-first.ts'

const now = 1_795_181_400_000
const fine = {
  name: 'Fine',
  link: 'live',
  devicesDown: 0,
  lagEntries: 0,
  waiting: 0,
  openIncidents: 0,
  diff: { state: 'equal', amountMinor: 0 },
} as const

it('puts an open incident before all else, differing books before a silent site, and that before broken devices', () => {
  const sites = [
    fine,
    { ...fine, name: 'Broken', devicesDown: 1 },
    { ...fine, name: 'Behind', waiting: 99, behindSinceMs: now - catchingUpMaxMs - 1 },
    { ...fine, name: 'Filling', waiting: 99 },
    { ...fine, name: 'Silent', link: 'offline' as const },
    { ...fine, name: 'Differs', diff: { state: 'different' as const, amountMinor: 350 } },
    { ...fine, name: 'Forced', openIncidents: 1 },
    { ...fine, name: 'Another' },
  ]
  expect(worstFirst(sites, now).map(({ name }) => name)).toEqual([
    'Forced',
    'Differs',
    'Silent',
    'Broken',
    'Behind',
    'Filling',
    'Another',
    'Fine',
  ])
})

it('does not worry about a few entries under way', () => {
  expect(healthOf({ ...fine, lagEntries: 8, diff: { state: 'waiting', amountMinor: 0 } }, now)).toBe('live')
  expect(healthOf({ ...fine, lagEntries: 1_204 }, now)).toBe('waiting')
})

it('asks nobody for a site that catches up, until that takes too long', () => {
  const behind = { ...fine, waiting: 13_000, behindSinceMs: now - catchingUpMaxMs }
  expect(needsSomebody(healthOf(behind, now))).toBe(false)
  expect(needsSomebody(healthOf(behind, now + 1))).toBe(true)
  // What is caught up by now is over, whatever the last heartbeat found.
  expect(needsSomebody(healthOf({ ...behind, waiting: 3 }, now + 1))).toBe(false)
  expect(needsSomebody(healthOf({ ...behind, link: 'offline' }, now))).toBe(true)
})
