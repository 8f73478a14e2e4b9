import { afterEach, describe, expect, test } from 'vitest'
import { statement } from '../ledger/statements.ts'
import { openGarage } from '../parking/test-garage.ts'
import { listInside } from './inside-list.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const hour = 3_600_000

function open() {
  const garage = openGarage()
  closing.push(() => garage.close())
  const { db, directory, clock } = garage
  const rows = [
    { kind: 'member', key: 'm-1', body: { displayName: 'Ada (demo)', vehicles: [] } },
    { kind: 'zone', key: 'z-floor', body: { name: 'First floor' } },
  ]
  const applied = rows.map((row) => ({ ...row, epoch: 1, rev: 9 }))
  directory.apply(applied, { epoch: 1, rev: 9, handle: undefined, offset: '9' }, false)
  const nowMs = clock.now().wallMs
  const enter = (person: string, zoneId: string, hoursAgo: number) =>
    statement(db, 'INSERT INTO zone_places (person, zone_id, since_ms) VALUES (?, ?, ?)').run(
      person,
      zoneId,
      nowMs - hoursAgo * hour,
    )
  const book = (id: string, holder: readonly [kind: string, id: string], status = 'checked_in', endsIn = 1) =>
    statement(
      db,
      `INSERT INTO bookings (booking_id, space_id, status, holder_kind, holder_id, reference, from_ms, to_ms,
         block_to_ms, held_at_ms, hold_until_ms, price)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '{}')`,
    ).run(
      id,
      `space-${id}`,
      status,
      ...holder,
      `HH-${id}`,
      nowMs - hour,
      nowMs + endsIn * hour,
      nowMs + endsIn * hour,
    )
  return { garage, enter, book, list: () => listInside(db, directory, nowMs) }
}

describe('who is inside', () => {
  test('are those whom the doors saw go in, longest first, once each, with their name', () => {
    const { enter, book, list } = open()
    enter('p:ps_1', 'z-floor', 1)
    enter('m:m-1', 'z-floor', 3)
    book('1', ['member', 'm-1'])
    expect(list().people).toMatchObject([
      { key: 'm:m-1', name: 'Ada (demo)', zoneName: 'First floor', by: 'doors' },
      { key: 'p:ps_1', zoneName: 'First floor', by: 'doors' },
    ])
  })

  test('are those, too, who checked in for a booking that still runs; a guest by the reference', () => {
    const { book, list } = open()
    book('1', ['member', 'm-1'])
    book('2', ['guest', 'g-1'])
    book('3', ['guest', 'g-2'], 'confirmed')
    book('4', ['guest', 'g-3'], 'checked_in', 0)
    const people = list().people
    expect(people.map(({ name, reference }) => name ?? reference).sort()).toEqual(['Ada (demo)', 'HH-2'])
  })

  test('is a list of vehicles that entered and did not leave, without plates', async () => {
    const { garage, list } = open()
    expect(list()).toMatchObject({ vehicles: [], knows: { vehicles: true }, isCut: false })
    statement(
      garage.db,
      `INSERT INTO parking_sessions (session_id, state, ticket, arrived_ms, entered_ms, body)
       VALUES ('ps_1', 'inside', 'T-1', 5, 7, '{}'), ('ps_2', 'departed', 'T-2', 5, 7, '{}')`,
    ).run()
    expect(list().vehicles).toEqual([{ ticket: 'T-1', sinceMs: 7 }])
  })

  test('says when there are more than it lists', () => {
    const { enter, list } = open()
    for (let at = 0; at < 2_100; at += 1) enter(`p:${at}`, 'z-floor', 1)
    const { people, isCut } = list()
    expect([people.length, isCut]).toEqual([2_000, true])
  })
})
