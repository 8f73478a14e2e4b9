import { describe, expect, test } from 'vitest'
import { readBoard } from './occupancy.ts'
import { type Garage, openGarage } from './test-garage.ts'
import { arrive, enter, inside, pass } from './test-stays.ts'

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
