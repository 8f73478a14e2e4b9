import { expect, it } from 'vitest'
import { healthOf, worstFirst } from './worst-first.ts'

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
    { ...fine, name: 'Silent', link: 'offline' as const },
    { ...fine, name: 'Differs', diff: { state: 'different' as const, amountMinor: 350 } },
    { ...fine, name: 'Forced', openIncidents: 1 },
    { ...fine, name: 'Another' },
  ]
  expect(worstFirst(sites).map(({ name }) => name)).toEqual([
    'Forced',
    'Differs',
    'Silent',
    'Broken',
    'Another',
    'Fine',
  ])
})

it('does not worry about a few entries under way', () => {
  expect(healthOf({ ...fine, lagEntries: 8, diff: { state: 'waiting', amountMinor: 0 } })).toBe('live')
  expect(healthOf({ ...fine, lagEntries: 1_204 })).toBe('waiting')
})
