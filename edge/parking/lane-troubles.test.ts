import { laneIdSchema, zoneIdSchema } from '@gatehouse/shared/ids/ids'
import { chatterEdgesMax } from '@gatehouse/shared/parking/loop-health'
import { describe, expect, test } from 'vitest'
import { readLaneTroubles } from './lane-troubles.ts'
import { readInside } from './projections.ts'
import { type Garage, openGarage } from './test-garage.ts'
import { openLanes, type TestLanes } from './test-lanes.ts'

const inside = (garage: Garage) => readInside(garage.db, zoneIdSchema.parse('garage'))
const kinds = (garage: Garage) => garage.incidents().map(([kind]) => kind)
const troubles = (garage: Garage, lane: string) => [...readLaneTroubles(garage.db, laneIdSchema.parse(lane))]
const vends = (garage: Garage, lane: string) => garage.vends.filter((device) => device === `${lane}-barrier`)

function open(changes: Parameters<typeof openGarage>[0] = {}) {
  const garage = openGarage(changes)
  return { garage, lanes: openLanes(garage) }
}

async function stick(garage: Garage, lanes: TestLanes, lane: string, which: 'approach' | 'safety') {
  lanes.loop(lane, which, true)
  garage.passMinutes(31)
  await lanes.wait(1)
}

async function flicker(lanes: TestLanes, lane: string, which: 'approach' | 'safety') {
  for (let edge = 0; edge <= chatterEdgesMax + 1; edge += 1) lanes.loop(lane, which, edge % 2 === 0)
  await lanes.devices.settled()
}

describe('an entry whose approach loop stays covered', () => {
  test('gives no ticket, still lets a car in that its camera sees, and works again when the loop is clear', async () => {
    const { garage, lanes } = open()
    await stick(garage, lanes, 'entry-1', 'approach')
    expect([kinds(garage), troubles(garage, 'entry-1')]).toEqual([
      ['lane_approach_stuck'],
      ['approach_stuck'],
    ])
    await lanes.press('entry-1')
    expect([garage.entryTypes().at(-1), garage.vends]).toEqual(['lane.refused', []])
    await lanes.read('entry-1', 'HHAB123')
    await lanes.drive('entry-1')
    expect([garage.vends, inside(garage)]).toEqual([['entry-1-barrier'], 1])
    lanes.loop('entry-1', 'approach', false)
    await lanes.wait(1)
    expect(troubles(garage, 'entry-1')).toEqual([])
    expect(garage.entryTypes()).toContain('lane.trouble_ended')
    lanes.approach('entry-1')
    await lanes.press('entry-1')
    expect(garage.vends).toHaveLength(2)
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('lets nobody in by itself when the safety loop cannot be believed either', async () => {
    const { garage, lanes } = open()
    await stick(garage, lanes, 'entry-1', 'approach')
    await flicker(lanes, 'entry-1', 'safety')
    await lanes.read('entry-1', 'HHAB123')
    expect(garage.vends).toEqual([])
  })
})

describe('an exit with broken loops', () => {
  test('calls once and opens once because its approach loop stays covered, and never again', async () => {
    const { garage, lanes } = open()
    lanes.loop('exit-1', 'approach', true)
    for (let minute = 0; minute < 90; minute += 1) {
      garage.passMinutes(1)
      await lanes.wait(1)
    }
    expect(vends(garage, 'exit-1')).toHaveLength(1)
    expect(kinds(garage).filter((kind) => kind === 'attendant_called')).toHaveLength(1)
    expect(troubles(garage, 'exit-1')).toEqual(['approach_stuck'])
  })

  test('counts who leaves although its safety loop stays covered, one after another', async () => {
    const { garage, lanes } = open()
    for (const plate of ['HHAB123', 'HHCD456']) {
      lanes.approach('entry-1')
      await lanes.read('entry-1', plate)
      await lanes.drive('entry-1')
    }
    lanes.loop('exit-1', 'safety', true)
    await lanes.wait(121)
    expect(kinds(garage)).toContain('lane_safety_stuck')
    const counted = inside(garage)
    for (const plate of ['HHAB123', 'HHCD456']) {
      lanes.approach('exit-1')
      await lanes.read('exit-1', plate)
      lanes.loop('exit-1', 'approach', false)
      await lanes.wait(2)
    }
    expect(vends(garage, 'exit-1')).toHaveLength(2)
    expect(inside(garage)).toBe(Math.max(0, counted - 2))
    expect(garage.entryTypes().filter((type) => type === 'session.departed')).toHaveLength(2)
  })
})

describe('a boom with limit switches', () => {
  test('that does not move is asked once more, told, and told again as moving', async () => {
    const { garage, lanes } = open()
    lanes.boom('entry-1', 'closed', true)
    lanes.approach('entry-1')
    await lanes.wait(5)
    await lanes.read('entry-1', 'HHAB123')
    await lanes.wait(20)
    expect([garage.vends.length, kinds(garage)]).toEqual([2, ['lane_boom_stuck']])
    lanes.boom('entry-1', 'closed', false)
    await lanes.wait(1)
    expect(troubles(garage, 'entry-1')).toEqual([])
  })

  test('that opens unasked is told once, also over a restart', async () => {
    const first = open()
    first.lanes.boom('exit-1', 'closed', true)
    await first.lanes.wait(10)
    first.lanes.boom('exit-1', 'closed', false)
    await first.lanes.wait(1)
    expect(kinds(first.garage)).toEqual(['lane_boom_forced'])
    first.garage.close()
    const { garage, lanes } = open({ folder: first.garage.folder, clock: first.garage.clock, seed: 5 })
    lanes.boom('exit-1', 'closed', false)
    await lanes.wait(5)
    expect([kinds(garage), troubles(garage, 'exit-1')]).toEqual([['lane_boom_forced'], ['boom_forced']])
    lanes.boom('exit-1', 'closed', true)
    await lanes.wait(1)
    expect(troubles(garage, 'exit-1')).toEqual([])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('is not moved by a start, whatever was under way', async () => {
    const first = open()
    first.lanes.boom('entry-1', 'closed', true)
    first.lanes.approach('entry-1')
    await first.lanes.wait(5)
    await first.lanes.read('entry-1', 'HHAB123')
    first.garage.close()
    const { garage, lanes } = open({ folder: first.garage.folder, clock: first.garage.clock, seed: 5 })
    lanes.boom('entry-1', 'closed', true)
    lanes.approach('entry-1')
    await lanes.wait(30)
    expect([garage.vends, kinds(garage)]).toEqual([[], []])
    await lanes.read('entry-1', 'HHAB123')
    expect([garage.vends, garage.entryTypes()]).toEqual([['entry-1-barrier'], ['session.arrived']])
  })
})

test('a report about a lane that does not exist, or of what is known already, records nothing', async () => {
  const { garage } = open()
  const report = { laneId: 'entry-1', trouble: 'boom_stuck', active: true }
  expect(await garage.run('reportLaneTrouble', { ...report, laneId: 'nowhere' })).toEqual({
    refused: 'not_found',
  })
  expect(await garage.run('reportLaneTrouble', report)).toEqual({ changed: true })
  expect(await garage.run('reportLaneTrouble', report)).toEqual({ changed: false })
  expect(await garage.run('reportLaneTrouble', { ...report, trouble: 'meteor' })).toHaveProperty('refused')
})
