import { zoneIdSchema } from '@gatehouse/shared/ids/ids'
import { describe, expect, test } from 'vitest'
import { readInside } from './projections.ts'
import { readOpenSessions } from './session-store.ts'
import { type Garage, openGarage } from './test-garage.ts'
import { openLanes, type TestLanes } from './test-lanes.ts'

const inside = (garage: Garage) => readInside(garage.db, zoneIdSchema.parse('garage'))
const kinds = (garage: Garage) => garage.incidents().map(([kind]) => kind)
const exits = (garage: Garage) => garage.vends.filter((device) => device === 'exit-1-barrier').length

function open(changes: Parameters<typeof openGarage>[0] = {}) {
  const garage = openGarage(changes)
  return { garage, lanes: openLanes(garage) }
}

async function enter(lanes: TestLanes, plate: string): Promise<void> {
  lanes.approach('entry-1')
  await lanes.read('entry-1', plate)
  await lanes.drive('entry-1')
}

/** A vehicle that comes from behind the boom. */
async function comeAgainst(lanes: TestLanes, lane: string): Promise<void> {
  lanes.loop(lane, 'exit', true)
  lanes.loop(lane, 'safety', true)
  lanes.loop(lane, 'exit', false)
  lanes.loop(lane, 'approach', true)
  lanes.loop(lane, 'safety', false)
  lanes.loop(lane, 'approach', false)
  await lanes.devices.settled()
}

describe('a lane with an exit loop', () => {
  test('who comes in through an exit is counted and told', async () => {
    const { garage, lanes } = open()
    await comeAgainst(lanes, 'exit-1')
    expect([kinds(garage), inside(garage)]).toEqual([['wrong_way_in'], 1])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('who goes out through an entry is counted and told', async () => {
    const { garage, lanes } = open()
    await enter(lanes, 'HHAB123')
    await comeAgainst(lanes, 'entry-1')
    expect([kinds(garage), inside(garage)]).toEqual([['wrong_way_out'], 0])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('who rolls back from under the boom has not come in', async () => {
    const { garage, lanes } = open()
    lanes.loop('entry-1', 'exit', false)
    lanes.approach('entry-1')
    await lanes.read('entry-1', 'HHAB123')
    lanes.loop('entry-1', 'safety', true)
    lanes.loop('entry-1', 'safety', false)
    await lanes.withdraw('entry-1')
    expect(garage.entryTypes()).toEqual(['session.arrived', 'session.voided'])
    expect(inside(garage)).toBe(0)
  })
})

describe('an exit whose safety loop says nothing', () => {
  async function twoInside() {
    const { garage, lanes } = open()
    await enter(lanes, 'HHAB123')
    await enter(lanes, 'HHCD456')
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'HHAB123')
    return { garage, lanes }
  }

  test('the second car of a queue is let out though it was read once, and nothing stays open', async () => {
    const { garage, lanes } = await twoInside()
    lanes.loop('exit-1', 'approach', false)
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'HHCD456')
    expect(exits(garage)).toBe(1)
    await lanes.wait(4)
    expect([exits(garage), inside(garage)]).toEqual([2, 1])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('the second car is let out although the approach was never seen clear', async () => {
    const { garage, lanes } = await twoInside()
    await lanes.read('exit-1', 'HHCD456')
    await lanes.wait(50)
    expect(exits(garage)).toBe(1)
    await lanes.wait(20)
    expect(exits(garage)).toBe(2)
  })

  test('somebody unknown behind it calls a person', async () => {
    const { garage, lanes } = await twoInside()
    lanes.loop('exit-1', 'approach', false)
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'ZZ99')
    await lanes.wait(60)
    expect(kinds(garage)).toEqual(['attendant_called'])
  })
})

test('the next one is let out without a new read once the one in front has passed', async () => {
  const { garage, lanes } = open()
  await enter(lanes, 'HHAB123')
  await enter(lanes, 'HHCD456')
  lanes.approach('exit-1')
  await lanes.read('exit-1', 'HHAB123')
  await lanes.read('exit-1', 'HHCD456')
  await lanes.drive('exit-1')
  expect(exits(garage)).toBe(1)
  lanes.approach('exit-1')
  await lanes.devices.settled()
  expect(exits(garage)).toBe(2)
})

test('a bad read of who was let in before a restart is no passage and begins no second stay', async () => {
  const first = open()
  first.lanes.approach('entry-1')
  await first.lanes.read('entry-1', 'HHAB123')
  first.garage.close()
  const { garage, lanes } = open({ folder: first.garage.folder, clock: first.garage.clock, seed: 5 })
  lanes.approach('entry-1')
  await lanes.read('entry-1', 'HHA8128')
  expect(garage.entryTypes()).toEqual(['session.arrived'])
  await lanes.drive('entry-1')
  expect([inside(garage), readOpenSessions(garage.db).length]).toEqual([1, 1])
})
