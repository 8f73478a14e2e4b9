import { laneIdSchema } from '@gatehouse/shared/ids/ids'
import { describe, expect, test } from 'vitest'
import { readBoard } from './occupancy.ts'
import { readPending } from './session-store.ts'
import { openGarage } from './test-garage.ts'
import { arrive, depart, enter, inside, pass, pay } from './test-stays.ts'

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
