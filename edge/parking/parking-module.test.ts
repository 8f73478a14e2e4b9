import { laneIdSchema, zoneIdSchema } from '@gatehouse/shared/ids/ids'
import { describe, expect, test } from 'vitest'
import { statement } from '../ledger/statements.ts'
import { readBoard } from './occupancy.ts'
import { readInside } from './projections.ts'
import { readPending } from './session-store.ts'
import { type Garage, openGarage } from './test-garage.ts'

const plate = 'HH AB 123'
const garageZone = zoneIdSchema.parse('garage')

const arrive = (garage: Garage, by: object = { kind: 'plate', plate }, more: object = {}) =>
  garage.run('arriveVehicle', { laneId: 'entry-1', by, ...more })
const depart = (garage: Garage, by: object = { kind: 'plate', plate }, laneId = 'exit-1') =>
  garage.run('requestDeparture', { laneId, by })
const pass = (garage: Garage, laneId: string) => garage.run('confirmPassage', { laneId })
const inside = (garage: Garage) => readInside(garage.db, garageZone)

async function enter(garage: Garage, by?: object): Promise<string> {
  const answer = await arrive(garage, by)
  await pass(garage, 'entry-1')
  return String(answer.sessionId)
}

async function pay(garage: Garage, sessionId: string, more: object = { method: 'cash' }) {
  const quote = await garage.run('quoteSession', { sessionId })
  const paymentId = `pay_${String(quote.quoteId)}`
  return garage.run('paySession', { sessionId, quoteId: quote.quoteId, paymentId, ...more })
}

describe('a stay', () => {
  test('a car comes, pays cash with change, and leaves within the exit grace', async () => {
    const garage = openGarage()
    const sessionId = await enter(garage)
    expect(inside(garage)).toBe(1)
    garage.passMinutes(90)
    expect(await depart(garage)).toMatchObject({ kind: 'refused', reason: 'payment_needed', dueMinor: 400 })
    const paid = await pay(garage, sessionId, { method: 'cash', tenderedMinor: 1000 })
    expect(paid).toMatchObject({
      session: { state: 'paid', paidMinor: 400 },
      receipt: { amountMinor: 400, changeMinor: 600, leaveByMs: garage.clock.now().wallMs + 15 * 60_000 },
    })
    garage.passMinutes(15)
    expect(await depart(garage)).toMatchObject({ kind: 'opened', debtMinor: 0 })
    await pass(garage, 'exit-1')
    expect(inside(garage)).toBe(0)
    expect(garage.vends).toEqual(['entry-1-barrier', 'exit-1-barrier'])
    expect(garage.entryTypes()).toEqual([
      'session.arrived',
      'session.entered',
      'lane.refused',
      'session.charged',
      'payment.captured',
      'session.departing',
      'session.departed',
    ])
    expect(garage.rebuildsEqual()).toBe(true)
    expect(garage.bugs).toEqual([])
  })

  test('after an overrun exit grace the whole stay is priced and what was paid deducted', async () => {
    const garage = openGarage()
    const sessionId = await enter(garage)
    garage.passMinutes(50)
    await pay(garage, sessionId, { method: 'card' })
    garage.passMinutes(16)
    expect(await depart(garage)).toMatchObject({ reason: 'payment_needed', dueMinor: 200 })
    expect(await pay(garage, sessionId)).toMatchObject({ receipt: { amountMinor: 200 } })
    expect(await depart(garage)).toMatchObject({ kind: 'opened' })
  })

  test('leaves free within the entry grace', async () => {
    const garage = openGarage()
    await enter(garage)
    garage.passMinutes(10)
    expect(await depart(garage)).toMatchObject({ kind: 'opened', debtMinor: 0 })
  })

  test('keeps the tariff version of its arrival when a new one comes', async () => {
    const garage = openGarage()
    const sessionId = await enter(garage)
    const tariff = garage.directory.get('tariff', 'day')
    const body = {
      ...tariff,
      version: 5,
      bands: [{ ...tariff?.bands[0], steps: [{ unitMinutes: 1, amountMinor: 9 }] }],
    }
    garage.directory.apply(
      [{ kind: 'tariff', key: 'day', epoch: 1, rev: 2, body }],
      { epoch: 1, rev: 2, handle: undefined, offset: '2' },
      false,
    )
    garage.passMinutes(30)
    expect(await garage.run('quoteSession', { sessionId })).toMatchObject({
      dueMinor: 200,
      price: { tariffVersion: 4 },
    })
  })

  test('one payment wins; a second for the same quote is refused', async () => {
    const garage = openGarage()
    const sessionId = await enter(garage)
    garage.passMinutes(30)
    const { quoteId } = await garage.run('quoteSession', { sessionId })
    const both = await Promise.all(
      ['pay_a', 'pay_b'].map((paymentId) =>
        garage.run('paySession', { sessionId, quoteId, paymentId, method: 'cash' }),
      ),
    )
    expect(both.map((answer) => answer.refused)).toEqual([undefined, 'quote_expired'])
  })

  test('a plate is nowhere in the store as text', async () => {
    const garage = openGarage()
    const sessionId = await enter(garage)
    garage.passMinutes(20)
    await pay(garage, sessionId)
    await depart(garage, { kind: 'plate', plate: 'HHA8123' })
    const dump = garage.db.serialize().toString('latin1')
    expect(dump).not.toContain('HHAB123')
    expect(dump).not.toContain('HH AB 123')
    expect(dump).not.toContain('HHA8123')
  })
})

describe('at the entry', () => {
  test('a back-out voids the session and frees its bay', async () => {
    const garage = openGarage()
    const first = await arrive(garage)
    await garage.run('backOut', { laneId: 'entry-1', reason: 'backed_out' })
    expect(inside(garage)).toBe(0)
    const second = await arrive(garage, { kind: 'ticket' })
    expect(second.spaceId).toBe(first.spaceId)
    expect(await depart(garage)).toMatchObject({ kind: 'refused', reason: 'unknown_session' })
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('more passages than authorisations open an incident, and the count follows', async () => {
    const garage = openGarage()
    await arrive(garage)
    expect(await pass(garage, 'entry-1')).toMatchObject({ tailgate: false })
    expect(await pass(garage, 'entry-1')).toMatchObject({ tailgate: true })
    expect(inside(garage)).toBe(2)
    expect(garage.entryTypes().at(-1)).toBe('incident.opened')
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('an unconfirmed authorisation is used again by the same plate, also after a restart', async () => {
    const first = openGarage()
    const { sessionId } = await arrive(first)
    first.close()
    const garage = openGarage({ folder: first.folder, clock: first.clock, seed: 99 })
    garage.clock.set({ bootId: 'boot-2', monotonicMs: 0 })
    expect(await arrive(garage, { kind: 'plate', plate: 'HHA8123' })).toMatchObject({
      kind: 'again',
      sessionId,
    })
    expect(garage.entryTypes().filter((type) => type === 'session.arrived')).toHaveLength(1)
    expect(garage.vends).toEqual(['entry-1-barrier'])
  })

  test('another plate does not use the authorisation of the vehicle in front', async () => {
    const garage = openGarage()
    await arrive(garage)
    const other = { kind: 'plate', plate: 'M XY 999' }
    expect(await arrive(garage, other, { position: 'front' })).toEqual({ kind: 'busy' })
    expect(await arrive(garage, other, { position: 'behind' })).toMatchObject({ kind: 'opened' })
    expect(readPending(garage.db, laneIdSchema.parse('entry-1'))).toHaveLength(2)
  })

  test('the ticket button gives one ticket per vehicle', async () => {
    const garage = openGarage()
    const first = await arrive(garage, { kind: 'ticket' })
    expect(await arrive(garage, { kind: 'ticket' })).toMatchObject({ kind: 'again', ticket: first.ticket })
    expect(await arrive(garage, { kind: 'ticket' }, { position: 'behind' })).toMatchObject({ kind: 'opened' })
  })

  test('a plate that is inside is refused, on record once', async () => {
    const garage = openGarage()
    await enter(garage)
    expect(await arrive(garage)).toEqual({ kind: 'refused', reason: 'already_inside' })
    await arrive(garage)
    expect(garage.entryTypes().filter((type) => type === 'lane.refused')).toHaveLength(1)
  })

  test('a vehicle that comes again has left, when its departure was never confirmed', async () => {
    const garage = openGarage()
    await enter(garage)
    await depart(garage)
    expect(await arrive(garage)).toMatchObject({ kind: 'opened' })
    expect(inside(garage)).toBe(0)
  })

  test('FULL at two free and open again at five', async () => {
    const garage = openGarage()
    const tickets: string[] = []
    for (let n = 0; n < 10; n += 1) {
      tickets.push(String((await arrive(garage, { kind: 'ticket' })).ticket))
      await pass(garage, 'entry-1')
    }
    expect(readBoard(garage.db, garage.directory, 0).total).toEqual({ free: 2, capacity: 12, full: true })
    expect(await arrive(garage)).toEqual({ kind: 'refused', reason: 'full' })
    for (const ticket of tickets.slice(0, 3)) {
      expect(readBoard(garage.db, garage.directory, 0).total.full).toBe(true)
      await depart(garage, { kind: 'ticket', ticket })
      await pass(garage, 'exit-1')
    }
    expect(readBoard(garage.db, garage.directory, 0).total).toEqual({ free: 5, capacity: 12, full: false })
    expect(await arrive(garage)).toMatchObject({ kind: 'opened' })
  })

  test('a vehicle class without a bay is refused', async () => {
    const garage = openGarage()
    for (const plateOf of ['L 1 AA', 'L 2 BB']) {
      await arrive(garage, { kind: 'plate', plate: plateOf }, { vehicleClass: 'large' })
    }
    const third = { kind: 'plate', plate: 'L 3 CC' }
    expect(await arrive(garage, third, { vehicleClass: 'large' })).toMatchObject({ reason: 'no_space' })
  })
})

describe('at the exit', () => {
  test('one ticket opens one exit once', async () => {
    const garage = openGarage()
    const { ticket } = await arrive(garage, { kind: 'ticket' })
    await pass(garage, 'entry-1')
    const by = { kind: 'ticket', ticket }
    const [first, second] = await Promise.all([depart(garage, by, 'exit-1'), depart(garage, by, 'exit-2')])
    expect([first?.kind, second?.reason]).toEqual(['opened', 'ticket_used'])
    await pass(garage, 'exit-1')
    expect(await depart(garage, by, 'exit-1')).toMatchObject({ reason: 'ticket_used' })
    expect(await depart(garage, by, 'exit-2')).toMatchObject({ reason: 'ticket_used' })
    expect(garage.vends).toEqual(['entry-1-barrier', 'exit-1-barrier'])
  })

  test('a vehicle that backs out of the exit is asked again', async () => {
    const garage = openGarage()
    await enter(garage)
    await depart(garage)
    await garage.run('backOut', { laneId: 'exit-1', reason: 'backed_out' })
    garage.passMinutes(120)
    expect(await depart(garage)).toMatchObject({ reason: 'payment_needed', dueMinor: 400 })
  })

  test('two candidates call the attendant', async () => {
    const garage = openGarage()
    await enter(garage, { kind: 'plate', plate: 'HH01' })
    await enter(garage, { kind: 'plate', plate: 'HHD1' })
    expect(await depart(garage, { kind: 'plate', plate: 'HHO1' })).toMatchObject({
      reason: 'attendant_needed',
    })
    garage.passMinutes(30)
    expect(await depart(garage, { kind: 'plate', plate: 'HHO1' })).toMatchObject({
      reason: 'attendant_needed',
    })
    expect(garage.vends).toEqual(['entry-1-barrier', 'entry-1-barrier'])
  })

  test('of two that look alike the only one that has paid is let out, with both reads and the tie on record', async () => {
    const garage = openGarage()
    const paid = await enter(garage, { kind: 'plate', plate: 'HH01' })
    await enter(garage, { kind: 'plate', plate: 'HHD1' })
    garage.passMinutes(30)
    await pay(garage, paid)
    expect(await depart(garage, { kind: 'plate', plate: 'HHO1' })).toMatchObject({
      kind: 'opened',
      sessionId: paid,
    })
    expect(garage.incidents()).toEqual([['plate_tie', 'exit-1']])
    const reads = statement<{ session_id: string }>(garage.db, 'SELECT * FROM parking_plate_reads').all()
    expect(reads).toMatchObject([{ session_id: paid }])
    await pass(garage, 'exit-1')
    expect(await depart(garage, { kind: 'plate', plate: 'HHO1' })).toMatchObject({ reason: 'payment_needed' })
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('of two that look alike and have both paid nobody is chosen', async () => {
    const garage = openGarage()
    const stays = [
      await enter(garage, { kind: 'plate', plate: 'HH01' }),
      await enter(garage, { kind: 'plate', plate: 'HHD1' }),
    ]
    garage.passMinutes(30)
    for (const sessionId of stays) await pay(garage, sessionId)
    expect(await depart(garage, { kind: 'plate', plate: 'HHO1' })).toMatchObject({
      reason: 'attendant_needed',
    })
  })

  test('both reads are kept when they differ', async () => {
    const garage = openGarage()
    await enter(garage)
    await depart(garage, { kind: 'plate', plate: 'HHA8123' })
    const rows = statement<{ matched_by: string }>(garage.db, 'SELECT * FROM parking_plate_reads').all()
    expect(rows).toMatchObject([{ matched_by: 'look_alike' }])
  })

  test('a lost ticket pays its amount, marked inferred, and a found plate pays its real stay', async () => {
    const garage = openGarage()
    await enter(garage)
    garage.passMinutes(30)
    const lost = await garage.run('loseTicket', {})
    const paid = await pay(garage, String(lost.sessionId))
    expect(paid).toMatchObject({ receipt: { amountMinor: 3500 } })
    expect(await depart(garage, { kind: 'ticket', ticket: lost.ticket })).toMatchObject({ kind: 'opened' })
    const found = await garage.run('loseTicket', { plate: 'hh-ab 123' })
    expect(await garage.run('quoteSession', { sessionId: found.sessionId })).toMatchObject({ dueMinor: 200 })
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('when nobody can pay the gate opens and the debt is recorded', async () => {
    const garage = openGarage({ canPay: () => false })
    await enter(garage)
    garage.passMinutes(61)
    expect(await depart(garage)).toMatchObject({ kind: 'opened', debtMinor: 400 })
  })

  test('when nobody can pay also who is not on record gets out, and owes the lost-ticket amount', async () => {
    const garage = openGarage({ canPay: () => false })
    expect(await depart(garage)).toMatchObject({ kind: 'opened', debtMinor: 3500 })
    expect(await pass(garage, 'exit-1')).toMatchObject({ tailgate: false })
    expect(garage.incidents().map(([kind]) => kind)).toEqual(['session_inferred', 'released_unpaid'])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('an exit is not released for an entry lane, an unknown lane or a plate of another shape', async () => {
    const garage = openGarage()
    for (const laneId of ['entry-1', 'nowhere']) {
      expect(await garage.run('releaseExit', { laneId })).toEqual({ refused: 'not_found' })
    }
    expect(await garage.run('releaseExit', { laneId: 'exit-1', plate: 7 })).toEqual({
      refused: 'invalid_input',
    })
    expect(await garage.run('callAttendant', { laneId: 'exit-1', cause: 'bored' })).toEqual({
      refused: 'invalid_input',
    })
    expect(garage.entryTypes()).toEqual([])
  })

  test('a release of a stay that was paid in the meantime owes nothing and tells nobody', async () => {
    const garage = openGarage()
    const sessionId = await enter(garage)
    garage.passMinutes(30)
    await pay(garage, sessionId)
    expect(await garage.run('releaseExit', { laneId: 'exit-1', sessionId })).toMatchObject({ debtMinor: 0 })
    expect(garage.incidents()).toEqual([])
  })

  test('with a store that only has its reserve, departures decide and arrivals are refused', async () => {
    const garage = openGarage()
    await enter(garage)
    garage.kernel.setSelling('fenced')
    expect(await arrive(garage, { kind: 'ticket' })).toEqual({ refused: 'selling_stopped' })
    expect(await depart(garage)).toMatchObject({ kind: 'opened' })
  })

  test('an unknown plate is refused once on record', async () => {
    const garage = openGarage()
    for (let n = 0; n < 3; n += 1) await depart(garage)
    expect(garage.entryTypes()).toEqual(['lane.refused'])
  })
})

describe('bays', () => {
  test('a sensor changes its level, repeats change nothing', async () => {
    const garage = openGarage()
    await garage.run('senseBay', { spaceId: 'bay-1', occupied: true })
    await garage.run('senseBay', { spaceId: 'bay-1', occupied: true })
    expect(garage.entryTypes()).toEqual(['space.sensed'])
    expect(readBoard(garage.db, garage.directory, 0).levels).toMatchObject([
      { levelId: 'level-1', free: 5, capacity: 6 },
      { levelId: 'level-2', free: 6, capacity: 6 },
    ])
    expect(await arrive(garage)).toMatchObject({ spaceId: 'bay-2' })
  })

  test('a bay whose vehicle stands elsewhere is given away after a while', async () => {
    const garage = openGarage()
    await garage.run('senseBay', { spaceId: 'bay-1', occupied: false })
    await enter(garage)
    const next = { kind: 'plate', plate: 'M 1 A' }
    expect(await arrive(garage, next)).toMatchObject({ spaceId: 'bay-2' })
    await pass(garage, 'entry-1')
    garage.passMinutes(16)
    expect(await arrive(garage, { kind: 'plate', plate: 'M 2 B' })).toMatchObject({ spaceId: 'bay-1' })
  })

  test('complete healthy sensors correct a drifted count in a quiet garage, once', async () => {
    const garage = openGarage()
    await enter(garage)
    await pass(garage, 'entry-1')
    const bays = Array.from({ length: 12 }, (_none, index) => `bay-${index + 1}`)
    for (const spaceId of bays) await garage.run('senseBay', { spaceId, occupied: spaceId === 'bay-1' })
    expect(await garage.run('correctCounts', { healthy: bays })).toEqual({ corrected: 0 })
    garage.passMinutes(10)
    expect(await garage.run('correctCounts', { healthy: bays.slice(1) })).toEqual({ corrected: 0 })
    expect(await garage.run('correctCounts', { healthy: bays })).toEqual({ corrected: 1 })
    expect(inside(garage)).toBe(1)
    expect(await garage.run('correctCounts', { healthy: bays })).toEqual({ corrected: 0 })
    expect(garage.rebuildsEqual()).toBe(true)
  })
})

describe('a booked bay', () => {
  const hourMs = 60 * 60_000
  const member = { kind: 'plate', plate: 'HH-AD 1' }

  async function book(garage: Garage, spaceId: string) {
    const fromMs = garage.clock.now().wallMs
    const holder = { kind: 'member', memberId: 'mem-1' }
    const held = await garage.run('holdBooking', { spaceId, fromMs, toMs: fromMs + 2 * hourMs, holder })
    const { bookingId } = held
    await garage.run('confirmBooking', { bookingId, method: 'cash', tenderedMinor: 400 })
  }

  test('waits for its member, who arrives in it and pays only what runs over', async () => {
    const garage = openGarage()
    await book(garage, 'bay-1')
    expect(await arrive(garage)).toMatchObject({ spaceId: 'bay-2' })
    await pass(garage, 'entry-1')
    const { sessionId, spaceId } = await arrive(garage, member)
    expect(spaceId).toBe('bay-1')
    expect(garage.entryTypes().at(-1)).toBe('booking.checked_in')
    await pass(garage, 'entry-1')
    garage.passMinutes(119)
    expect(await garage.run('quoteSession', { sessionId })).toMatchObject({ dueMinor: 0 })
    garage.passMinutes(30)
    expect(await garage.run('quoteSession', { sessionId })).toMatchObject({ dueMinor: 200 })
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('is promised: FULL does not refuse its member', async () => {
    const garage = openGarage()
    await book(garage, 'bay-1')
    for (let n = 0; n < 10; n += 1) await pass(garage, 'entry-1')
    expect(await arrive(garage)).toMatchObject({ reason: 'full' })
    expect(await arrive(garage, member)).toMatchObject({ kind: 'opened', spaceId: 'bay-1' })
  })

  test('found taken, its member gets another bay at no cost, with an incident', async () => {
    const garage = openGarage()
    await book(garage, 'bay-1')
    await garage.run('senseBay', { spaceId: 'bay-1', occupied: true })
    const { sessionId, spaceId } = await arrive(garage, member)
    expect([spaceId, garage.entryTypes().slice(-2)]).toEqual([
      'bay-2',
      ['booking.checked_in', 'incident.opened'],
    ])
    garage.passMinutes(119)
    expect(await garage.run('quoteSession', { sessionId })).toMatchObject({ dueMinor: 0 })
    expect(garage.rebuildsEqual()).toBe(true)
  })
})
