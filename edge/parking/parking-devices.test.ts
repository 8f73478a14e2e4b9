import { deviceIdSchema, zoneIdSchema } from '@gatehouse/shared/ids/ids'
import { describe, expect, test } from 'vitest'
import { readSensedBays } from './occupancy.ts'
import { readInside } from './projections.ts'
import { readOpenSessions } from './session-store.ts'
import { type Garage, openGarage } from './test-garage.ts'
import { laneState, openLanes, type TestLanes } from './test-lanes.ts'

const inside = (garage: Garage) => readInside(garage.db, zoneIdSchema.parse('garage'))

function open(changes: Parameters<typeof openGarage>[0] = {}) {
  const garage = openGarage(changes)
  return { garage, lanes: openLanes(garage) }
}

describe('lanes and their devices', () => {
  test('a car is read, let in, counted, pays while it waits at the exit, and is let out without a new read', async () => {
    const { garage, lanes } = open()
    lanes.approach('entry-1')
    await lanes.read('entry-1', 'HHAB123')
    expect(laneState(lanes, 'entry-1')).toMatchObject({ kind: 'vending', pending: 1 })
    await lanes.drive('entry-1')
    expect([inside(garage), laneState(lanes, 'entry-1').kind]).toEqual([1, 'idle'])
    garage.passMinutes(70)
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'HHAB123')
    expect(garage.vends).toEqual(['entry-1-barrier'])
    const [session] = readOpenSessions(garage.db)
    const { quoteId } = await garage.run('quoteSession', { sessionId: session?.stay.sessionId })
    await garage.run('paySession', {
      sessionId: session?.stay.sessionId,
      quoteId,
      method: 'card',
      paymentId: 'pay_1',
    })
    await lanes.devices.settled()
    expect(garage.vends).toEqual(['entry-1-barrier', 'exit-1-barrier'])
    await lanes.drive('exit-1')
    expect(inside(garage)).toBe(0)
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('a back-out at the entry voids the session', async () => {
    const { garage, lanes } = open()
    lanes.approach('entry-1')
    await lanes.press('entry-1')
    await lanes.withdraw('entry-1')
    expect(garage.entryTypes()).toEqual(['session.arrived', 'session.voided'])
    expect(inside(garage)).toBe(0)
  })

  test('a second car behind the first is a tailgate', async () => {
    const { garage, lanes } = open()
    lanes.approach('entry-1')
    await lanes.press('entry-1')
    await lanes.drive('entry-1')
    await lanes.drive('entry-1')
    expect(garage.entryTypes()).toEqual(['session.arrived', 'session.entered', 'incident.opened'])
    expect(inside(garage)).toBe(2)
  })

  test('the button gives no ticket to a person without a vehicle', async () => {
    const { garage, lanes } = open()
    lanes.approach('entry-1')
    await lanes.withdraw('entry-1')
    await lanes.press('entry-1')
    expect(garage.entryTypes()).toEqual([])
  })

  test('a ticket is scanned at the exit reader, in whatever case it comes', async () => {
    const { garage, lanes } = open()
    lanes.approach('entry-1')
    await lanes.press('entry-1')
    await lanes.drive('entry-1')
    const [session] = readOpenSessions(garage.db)
    await lanes.scan('exit-2', String(session?.stay.ticket).toLowerCase())
    expect(garage.vends).toEqual(['entry-1-barrier', 'exit-2-barrier'])
    await lanes.scan('exit-2', 'no ticket')
    expect(garage.entryTypes().at(-1)).toBe('lane.refused')
  })

  test('a replayed reading changes nothing', async () => {
    const { garage, lanes } = open()
    const replay = {
      kind: 'plate',
      deviceId: deviceIdSchema.parse('entry-1-camera'),
      plate: 'HHAB123',
      score: 1,
      candidates: [],
      capturedMs: 0,
      arrivalKey: 'the same',
    } as const
    for (let n = 0; n < 3; n += 1) {
      lanes.devices.handle(replay)
      await lanes.devices.settled()
    }
    expect(garage.entryTypes()).toEqual(['session.arrived'])
    expect(garage.vends).toHaveLength(1)
  })

  test('an authorisation that a crash left unconfirmed is confirmed by its passage after the restart', async () => {
    const first = open()
    first.lanes.approach('entry-1')
    await first.lanes.read('entry-1', 'HHAB123')
    first.garage.close()
    const { garage, lanes } = open({ folder: first.garage.folder, clock: first.garage.clock, seed: 5 })
    expect(garage.vends).toEqual([])
    await lanes.drive('entry-1')
    expect(garage.entryTypes()).toEqual(['session.arrived', 'session.entered'])
    expect(inside(garage)).toBe(1)
  })

  test.each([
    ['entry-1', ['HHAB123', 'HHCD456'], 2],
    ['exit-1', ['HHCD456', 'HHAB123'], 0],
  ] as const)(
    'who passed %s unseen during a restart is not in the way of the next one',
    async (lane, [gone, next], left) => {
      const first = open()
      const enter = async (lanes: TestLanes, plate: string) => {
        lanes.approach('entry-1')
        await lanes.read('entry-1', plate)
        await lanes.drive('entry-1')
      }
      if (lane === 'exit-1') for (const plate of [gone, next]) await enter(first.lanes, plate)
      first.lanes.approach(lane)
      await first.lanes.read(lane, gone)
      first.garage.close()
      const { garage, lanes } = open({ folder: first.garage.folder, clock: first.garage.clock, seed: 5 })
      lanes.approach(lane)
      await lanes.read(lane, next)
      expect(garage.vends).toEqual([`${lane}-barrier`])
      await lanes.drive(lane)
      expect(inside(garage)).toBe(left)
      expect(readOpenSessions(garage.db)).toHaveLength(left)
      expect(garage.rebuildsEqual()).toBe(true)
    },
  )

  test('an exit opens when the store cannot decide, and the debt is recorded once it can', async () => {
    const { garage, lanes } = open()
    lanes.approach('entry-1')
    await lanes.read('entry-1', 'HHAB123')
    await lanes.drive('entry-1')
    garage.passMinutes(90)
    // A store that takes no writes, as with a locked or full disk.
    garage.db.pragma('query_only = ON')
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'HHAB123')
    expect(garage.vends).toEqual(['entry-1-barrier', 'exit-1-barrier'])
    await lanes.drive('exit-1')
    expect(inside(garage)).toBe(1)
    garage.db.pragma('query_only = OFF')
    garage.passMinutes(1)
    lanes.devices.tick()
    await lanes.devices.settled()
    expect(garage.entryTypes().slice(2)).toEqual([
      'incident.opened',
      'session.charged',
      'session.departing',
      'session.departed',
    ])
    expect(inside(garage)).toBe(0)
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('of a bay that flutters faster than it can be recorded the last word counts', async () => {
    const { garage, lanes } = open()
    const deviceId = deviceIdSchema.parse('sensor-1')
    const flutter = [true, false, true, false, true, false]
    for (const occupied of flutter) lanes.devices.handle({ kind: 'bay', deviceId, occupied })
    await lanes.devices.settled()
    expect(garage.entryTypes()).toEqual(['space.sensed', 'space.sensed'])
    expect([...readSensedBays(garage.db).values()]).toEqual([false])
    expect(lanes.devices.bays.shed).toBe(2)
    lanes.devices.handle({ kind: 'bay', deviceId, occupied: true })
    await lanes.devices.settled()
    expect([...readSensedBays(garage.db).values()]).toEqual([true])
  })

  test('a level sign follows its bays, once per change', async () => {
    const { garage, lanes } = open()
    await lanes.devices.settled()
    const sense = async (occupied: boolean) => {
      lanes.devices.handle({ kind: 'bay', deviceId: deviceIdSchema.parse('sensor-1'), occupied })
      await lanes.devices.settled()
    }
    await sense(true)
    await sense(true)
    await sense(false)
    expect(lanes.shown.map(([, content]) => content)).toEqual([
      { free: 6, full: false },
      { free: 5, full: false },
      { free: 6, full: false },
    ])
    expect(garage.entryTypes()).toEqual(['space.sensed', 'space.sensed'])
  })
})
