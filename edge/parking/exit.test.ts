import { describe, expect, test } from 'vitest'
import { statement } from '../ledger/statements.ts'
import { openGarage } from './test-garage.ts'
import { arrive, depart, enter, pass, pay } from './test-stays.ts'

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
