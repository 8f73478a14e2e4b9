import { expect, test } from 'vitest'
import { families, meetingsMin, rareMeetings } from './coverage-aim.ts'
import { faultNames } from './fault-names.ts'
import { dwellingPlan, emphasisOf } from './run-seed.ts'

test('a meeting that was seen too seldom is named with its count, the rarest first', () => {
  const coverage = new Map([
    ['the cloud is killed × site down', meetingsMin - 1],
    ['a cable is cut × site down', meetingsMin],
  ])
  const rare = rareMeetings(coverage)
  expect(rare.at(-1)).toBe(`the cloud is killed × site down: ${meetingsMin - 1}`)
  expect(rare).toContain('a cable is cut × cloud down: 0')
  expect(rare).not.toContain('a cable is cut × site down: 50')
})

test('what cannot happen by its meaning is not asked for', () => {
  const rare = rareMeetings(new Map())
  expect(rare).not.toContain('a site loses power × site down: 0')
  expect(rare).toContain('a site loses power × cloud down: 0')
})

test('what a recovery stands at has to meet each family of faults, in whichever two of it', () => {
  const ofClocks = (coverage: ReadonlyMap<string, number>) =>
    rareMeetings(coverage).filter((line) => line.startsWith('some clock × epoch behind'))
  const one = [['a clock jumps × epoch behind', meetingsMin]] as const
  expect(rareMeetings(new Map(one))).toContain('some disk × epoch behind: 0')
  expect(ofClocks(new Map(one))).toEqual(['some clock × epoch behind (another fault of it): 0'])
  expect(ofClocks(new Map([...one, ['a clock drifts × epoch behind', 1]]))).toEqual([])
})

test('each fault belongs to one family', () => {
  for (const fault of faultNames) {
    expect(
      families.filter(([, faults]) => faults.test(fault)).map(([family]) => [fault, family]),
    ).toHaveLength(1)
  }
})

test('a seed dwells on the same faults each time, another one on others', () => {
  expect(dwellingPlan(7, 50, 3)).toEqual(dwellingPlan(7, 50, 3))
  const dwelt = Array.from({ length: 40 }, (_none, seed) => Object.keys(emphasisOf(seed)).sort().join())
  expect(new Set(dwelt).size).toBeGreaterThan(20)
})
