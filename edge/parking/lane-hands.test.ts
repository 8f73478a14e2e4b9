import { laneIdSchema, zoneIdSchema } from '@gatehouse/shared/ids/ids'
import { describe, expect, test } from 'vitest'
import { openedByHand, waitingByHand } from './hand-opening-store.ts'
import { readHold } from './lane-holds.ts'
import { readInside } from './projections.ts'
import { readOpenSessions } from './session-store.ts'
import { type Garage, openGarage } from './test-garage.ts'
import { openLanes } from './test-lanes.ts'

const inside = (garage: Garage) => readInside(garage.db, zoneIdSchema.parse('garage'))
const kinds = (garage: Garage) => garage.incidents().map(([kind]) => kind)
const entry = laneIdSchema.parse('entry-1')
const exit = laneIdSchema.parse('exit-1')
const hand = { by: 'us_1', reason: 'help' }

function open(changes: Parameters<typeof openGarage>[0] = {}) {
  const garage = openGarage(changes)
  return { garage, lanes: openLanes(garage) }
}

describe('a lane that a person opens', () => {
  test('lets one vehicle in that is counted without a stay and without an alarm; the next one is a tailgate', async () => {
    const { garage, lanes } = open()
    lanes.approach('entry-1')
    await garage.run('openLaneByHand', { laneId: entry, ...hand })
    expect([garage.vends, openedByHand(garage.db, entry)]).toEqual([['entry-1-barrier'], 1])
    await lanes.drive('entry-1')
    expect([inside(garage), kinds(garage)]).toEqual([1, []])
    await lanes.drive('entry-1')
    expect([inside(garage), kinds(garage)]).toEqual([2, ['tailgate_entry']])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('lets out the stay that it refused, and its debt is on record', async () => {
    const { garage, lanes } = open()
    lanes.approach('entry-1')
    await lanes.read('entry-1', 'HHAB123')
    await lanes.drive('entry-1')
    garage.passMinutes(90)
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'HHAB123')
    const opened = await garage.run('openLaneByHand', { laneId: exit, ...hand })
    await lanes.devices.settled()
    expect(opened.sessionId).toBeDefined()
    await lanes.drive('exit-1')
    expect([inside(garage), readOpenSessions(garage.db), kinds(garage)]).toEqual([0, [], []])
    expect(garage.entryTypes().slice(-4)).toEqual([
      'lane.opened_by_hand',
      'session.charged',
      'session.departing',
      'session.departed',
    ])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('is still expected to be passed after a restart, and nothing opens by itself', async () => {
    const first = open()
    await first.garage.run('openLaneByHand', { laneId: entry, ...hand })
    first.garage.close()
    const { garage, lanes } = open({ folder: first.garage.folder, clock: first.garage.clock, seed: 5 })
    lanes.approach('entry-1')
    await lanes.wait(5)
    expect([garage.vends, waitingByHand(garage.db, entry)]).toEqual([[], 1])
    await lanes.drive('entry-1')
    expect([kinds(garage), waitingByHand(garage.db, entry)]).toEqual([[], 0])
  })

  test('expects nobody once the vehicle has gone back', async () => {
    const { garage, lanes } = open()
    lanes.approach('entry-1')
    await garage.run('openLaneByHand', { laneId: entry, ...hand })
    await lanes.withdraw('entry-1')
    expect(waitingByHand(garage.db, entry)).toBe(0)
    await lanes.drive('entry-1')
    expect(kinds(garage)).toEqual(['tailgate_entry'])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('refuses what cannot be: no such lane, no reason, an entry during a lockdown, too many ahead', async () => {
    const { garage } = open()
    const refused = async (input: object) => (await garage.run('openLaneByHand', input)).refused
    expect(await refused({ laneId: 'nowhere', ...hand })).toBe('unknown_lane')
    expect(await refused({ laneId: entry, by: 'us_1', reason: 'because' })).toBe('invalid_input')
    for (let cars = 0; cars < 4; cars += 1) await garage.run('openLaneByHand', { laneId: entry, ...hand })
    expect(await refused({ laneId: entry, ...hand })).toBe('lane_busy')
  })
})

test('an exit whose loops say nothing opens by hand as often as a person wants, and few are expected to pass', async () => {
  const { garage } = open()
  const opened = []
  for (let cars = 0; cars < 7; cars += 1)
    opened.push(await garage.run('openLaneByHand', { laneId: exit, ...hand }))
  expect(opened.every(({ effectId }) => effectId !== undefined)).toBe(true)
  expect([openedByHand(garage.db, exit), waitingByHand(garage.db, exit)]).toEqual([7, 4])
  expect(garage.rebuildsEqual()).toBe(true)
})

describe('a boom that a person keeps up', () => {
  const hold = { laneId: entry, by: 'us_1', reason: 'rush', forMs: 600_000 }
  const keptUp = (garage: Garage) => garage.kept.filter((line) => line.startsWith('entry-1-barrier hold'))

  test('is asked again and again while it lasts, counts who passes, and is let go when its time is over', async () => {
    const { garage, lanes } = open()
    await garage.run('startLaneHold', hold)
    await lanes.wait(10)
    const asked = keptUp(garage)
    expect(asked.length).toBeGreaterThan(2)
    expect(asked).not.toContain('entry-1-barrier hold 0')
    await lanes.drive('entry-1')
    await lanes.drive('entry-1')
    expect([inside(garage), kinds(garage), garage.vends]).toEqual([2, [], []])
    garage.passMinutes(10)
    await lanes.wait(2)
    expect([keptUp(garage).at(-1), readHold(garage.db, entry)]).toEqual(['entry-1-barrier hold 0', undefined])
    expect(garage.entryTypes().filter((type) => type === 'lane.hold_ended')).toHaveLength(1)
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('is kept up again after a restart, and let go by a person', async () => {
    const first = open()
    await first.garage.run('startLaneHold', hold)
    first.garage.close()
    const { garage, lanes } = open({ folder: first.garage.folder, clock: first.garage.clock, seed: 5 })
    await lanes.wait(1)
    expect(keptUp(garage)).toHaveLength(1)
    await garage.run('endLaneHold', { laneId: entry, by: 'us_1' })
    await lanes.wait(1)
    expect(keptUp(garage).at(-1)).toBe('entry-1-barrier hold 0')
    expect(await garage.run('endLaneHold', { laneId: entry })).toEqual({ ended: false })
  })

  test('needs a barrier that can be held, and a bounded time', async () => {
    const { garage } = open()
    expect(await garage.run('startLaneHold', { ...hold, laneId: 'exit-2' })).toEqual({
      refused: 'no_hold_output',
    })
    expect(await garage.run('startLaneHold', { ...hold, forMs: 13 * 3_600_000 })).toEqual({
      refused: 'invalid_input',
    })
  })
})

test('the light is green for who was let in, and red again once they drive', async () => {
  const { garage, lanes } = open()
  const light = () => garage.kept.filter((line) => line.includes('light')).at(-1)
  lanes.approach('entry-1')
  await lanes.wait(1)
  expect(light()).toBeUndefined()
  await lanes.read('entry-1', 'HHAB123')
  await lanes.wait(1)
  expect(light()).toBe('entry-1-barrier light 10000')
  await lanes.drive('entry-1')
  await lanes.wait(1)
  expect(light()).toBe('entry-1-barrier light 0')
})

describe('fire', () => {
  const alarm = (garage: Garage, active: boolean) =>
    garage.run('reportFire', { deviceId: 'fire-contact', active })

  test('keeps every boom up, beats a lockdown, and ends only when a person says so', async () => {
    const { garage, lanes } = open()
    await alarm(garage, true)
    await lanes.wait(15)
    expect(garage.kept.filter((line) => line === 'entry-1-barrier hold 10000').length).toBeGreaterThan(3)
    // A barrier without an input that keeps it up is asked again and again.
    expect(garage.vends.filter((device) => device === 'exit-1-barrier').length).toBeGreaterThan(1)
    expect(await garage.run('endLaneFire', { laneId: entry, by: 'us_1' })).toEqual({ refused: 'fire_alarms' })
    await alarm(garage, false)
    await lanes.wait(5)
    expect(garage.kept.at(-1)).toBe('entry-1-barrier hold 10000')
    expect(await garage.run('endLaneFire', { laneId: exit, by: 'us_1' })).toEqual({ ended: true })
    await lanes.wait(1)
    expect(garage.kept.at(-1)).toBe('entry-1-barrier hold 0')
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('lets nobody in by itself, and whoever leaves is counted without an alarm, also after a restart', async () => {
    const first = open()
    first.lanes.approach('entry-1')
    await first.lanes.read('entry-1', 'HHAB123')
    await first.lanes.drive('entry-1')
    await alarm(first.garage, true)
    first.garage.close()
    const { garage, lanes } = open({ folder: first.garage.folder, clock: first.garage.clock, seed: 5 })
    lanes.approach('entry-1')
    await lanes.read('entry-1', 'HHCD456')
    expect(garage.entryTypes().at(-1)).toBe('lane.refused')
    await lanes.drive('exit-1')
    expect([inside(garage), kinds(garage)]).toEqual([0, []])
    expect(garage.entryTypes().at(-1)).toBe('lane.passed')
  })
})
