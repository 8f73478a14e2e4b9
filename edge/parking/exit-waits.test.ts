import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readOpenSessions } from './session-store.ts'
import { type Garage, openGarage } from './test-garage.ts'
import { openLanes, type TestLanes } from './test-lanes.ts'

const exit = 'exit-1-barrier'

function open() {
  const garage = openGarage()
  return { garage, lanes: openLanes(garage) }
}

async function enter(lanes: TestLanes, plate: string): Promise<void> {
  lanes.approach('entry-1')
  await lanes.read('entry-1', plate)
  await lanes.drive('entry-1')
}

/** Time goes by while the loops stay as they are. */
async function stand(garage: Garage, lanes: TestLanes, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 10) {
    lanes.devices.tick()
    await lanes.devices.settled()
    garage.clock.advance(Math.min(10, left) * 1_000)
  }
  lanes.devices.tick()
  await lanes.devices.settled()
}

async function pay(garage: Garage, sessionId: string): Promise<void> {
  const { quoteId } = await garage.run('quoteSession', { sessionId })
  await garage.run('paySession', { sessionId, quoteId, method: 'cash', paymentId: `pay_${String(quoteId)}` })
}

const incidents = (garage: Garage) => garage.incidents().map(([kind]) => kind)
const exits = (garage: Garage) => garage.vends.filter((device) => device === exit).length

describe('a vehicle that stands at an exit', () => {
  test('a plate that fits two who owe calls a person once, and after three minutes the gate opens with a debt', async () => {
    const { garage, lanes } = open()
    await enter(lanes, 'HH01')
    await enter(lanes, 'HHD1')
    garage.passMinutes(30)
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'HHO1')
    await lanes.read('exit-1', 'HHO1')
    await stand(garage, lanes, 170)
    expect([incidents(garage), exits(garage)]).toEqual([['attendant_called'], 0])
    await stand(garage, lanes, 20)
    expect(exits(garage)).toBe(1)
    await lanes.drive('exit-1')
    expect(incidents(garage)).toEqual(['attendant_called', 'session_inferred', 'released_unpaid'])
    expect(readOpenSessions(garage.db)).toHaveLength(2)
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('of two that look alike one pays while it stands there, and is let out without a new read', async () => {
    const { garage, lanes } = open()
    await enter(lanes, 'HH01')
    await enter(lanes, 'HHD1')
    garage.passMinutes(30)
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'HHO1')
    const [first] = readOpenSessions(garage.db)
    await pay(garage, String(first?.stay.sessionId))
    await lanes.devices.settled()
    expect(exits(garage)).toBe(1)
    await lanes.drive('exit-1')
    expect(readOpenSessions(garage.db).map(({ stay }) => stay.sessionId)).not.toContain(first?.stay.sessionId)
  })

  test('who is not on record pays the lost-ticket amount at the kiosk and is let out without a new read', async () => {
    const { garage, lanes } = open()
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'ZZ99')
    const lost = await garage.run('loseTicket', { plate: 'zz 99' })
    await pay(garage, String(lost.sessionId))
    await lanes.devices.settled()
    expect(exits(garage)).toBe(1)
    expect(incidents(garage)).toEqual(['attendant_called', 'session_inferred'])
  })

  test('who only has to pay stands longer, and showing rubbish makes it no shorter', async () => {
    const { garage, lanes } = open()
    await enter(lanes, 'HHAB123')
    garage.passMinutes(90)
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'HHAB123')
    await lanes.scan('exit-1', 'no ticket')
    await stand(garage, lanes, 14 * 60)
    expect([exits(garage), incidents(garage)]).toEqual([0, ['attendant_called']])
    await stand(garage, lanes, 70)
    expect([exits(garage), incidents(garage)]).toEqual([1, ['attendant_called', 'released_unpaid']])
    await lanes.drive('exit-1')
    expect(readOpenSessions(garage.db)).toEqual([])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('who goes away is not let out', async () => {
    const { garage, lanes } = open()
    lanes.approach('exit-1')
    await lanes.read('exit-1', 'ZZ99')
    await lanes.withdraw('exit-1')
    await stand(garage, lanes, 600)
    expect([exits(garage), incidents(garage)]).toEqual([0, ['attendant_called']])
  })

  test('no gate opens where no loop ever spoke', async () => {
    const { garage, lanes } = open()
    await lanes.read('exit-1', 'ZZ99')
    await stand(garage, lanes, 600)
    expect([exits(garage), incidents(garage)]).toEqual([0, ['attendant_called']])
  })

  test('the gate opens also when the store cannot record it, and the release is recorded later', async () => {
    const { garage, lanes } = open()
    lanes.approach('exit-1')
    await stand(garage, lanes, 60)
    garage.db.pragma('query_only = ON')
    await stand(garage, lanes, 180)
    expect(exits(garage)).toBe(1)
    await lanes.drive('exit-1')
    garage.db.pragma('query_only = OFF')
    await stand(garage, lanes, 20)
    expect(incidents(garage)).toContain('departure_unrecorded')
  })

  test('nobody who stands there stays for ever: within the time of the policy the gate opens and it is on record', async () => {
    const shown = fc.oneof(
      fc.constantFrom('HH01', 'HHD1', 'HHO1', 'HHQ1', 'ZZ99', '', '?!').map((plate) => ({ plate })),
      fc.constantFrom('no ticket', '', 'ABCDEF').map((ticket) => ({ ticket })),
    )
    const run = async (
      inside: string[],
      free: boolean,
      shows: ({ plate: string } | { ticket: string })[],
    ) => {
      const { garage, lanes } = open()
      for (const plate of inside) await enter(lanes, plate)
      if (!free) garage.passMinutes(45)
      const before = garage.entryTypes().length
      lanes.approach('exit-1')
      for (const show of shows) {
        if ('plate' in show) await lanes.read('exit-1', show.plate)
        else await lanes.scan('exit-1', show.ticket)
        await stand(garage, lanes, 20)
      }
      await stand(garage, lanes, 15 * 60 + 10)
      expect(exits(garage)).toBeGreaterThan(0)
      await lanes.drive('exit-1')
      const told = garage.entryTypes().slice(before)
      expect(told).toContain('session.departing')
      expect(told).toContain('session.departed')
      expect(incidents(garage)).not.toContain('tailgate_exit')
      expect(garage.bugs).toEqual([])
      expect(garage.rebuildsEqual()).toBe(true)
      garage.close()
    }
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(['HH01', 'HHD1']),
        fc.boolean(),
        fc.array(shown, { maxLength: 3 }),
        (inside, free, shows) => run(inside, free, shows),
      ),
      { numRuns: 25 },
    )
  })
})
