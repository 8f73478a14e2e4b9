import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { planViewSchema } from '@gatehouse/shared/api/views'
import { memberIdSchema } from '@gatehouse/shared/ids/ids'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkRebuild } from '../ledger/rebuild.ts'
import { packageRoot } from '../package-root.ts'
import { accessBookings } from './booking-lookup.ts'
import { freeNow } from './free-now.ts'
import { type BookingSite, friday10, hour, minute, openBookingSite, post } from './testing/booking-site.ts'

const callers = 16
const rounds = 25

let site: BookingSite
beforeEach(() => {
  site = openBookingSite()
  const elm = site.env.directory.get('space', 'elm')
  const hall = { ...elm, name: 'Hall', kind: 'event_space', capacity: 10, gapMs: 0, parts: ['elm', 'oak'] }
  site.apply('space', 'hall', { ...hall, doorId: 'door-hall' })
  site.apply('space', 'oak', { ...elm, name: 'Oak', doorId: 'door-oak' })
})
afterEach(() => {
  expect(checkRebuild(site.db, site.modules)).toMatchObject({ equal: true })
  expect(site.bugs).toEqual([])
  site.close()
})

let keys = 0
function hold(spaceId: string, fromMs = friday10 + hour, who: object = { guestName: 'Robin Demo' }) {
  keys += 1
  const body = { spaceId, fromMs, toMs: fromMs + hour, ...who }
  return post(site, { path: '/bookings', key: `key-hold-${keys}`, body })
}

async function paid(spaceId: string, fromMs = friday10 + hour): Promise<string> {
  const held = await hold(spaceId, fromMs, { memberToken: 'token-m-1' })
  const id = held.body.bookingId
  const body = { method: 'cash', tenderedMinor: held.body.price.totalMinor }
  expect((await post(site, { path: `/bookings/${id}/confirm`, key: `key-pay-${id}`, body })).status).toBe(200)
  return id
}

const blocks = () => site.db.prepare('SELECT space_id FROM booking_blocks ORDER BY space_id').pluck().all()
const wholePlan = async () => {
  const query = `fromMs=${friday10 + hour}&toMs=${friday10 + 2 * hour}`
  return planViewSchema.parse(await (await site.app.request(`/plan?${query}`)).json())
}
const plan = async () => {
  const { spaces } = await wholePlan()
  return Object.fromEntries(spaces.map(({ spaceId, status }) => [spaceId, status]))
}

test('a store from before there were halls compares equal before and after its first start, and changes only then', async () => {
  await paid('elm')
  await hold('oak')
  const before = `DROP TABLE booking_blocks; DROP TABLE booking_extensions; DROP TABLE booking_early_ends;
    DROP TRIGGER bookings_occupy; DROP TRIGGER bookings_free; DROP TRIGGER bookings_move`
  site.db.exec(before)
  expect(checkRebuild(site.db, site.modules)).toMatchObject({ equal: true })
  const tables = site.db.prepare("SELECT name FROM sqlite_schema WHERE name = 'booking_blocks'")
  expect(tables.all()).toEqual([])
  for (const { tablesSql } of site.modules) site.db.exec(tablesSql)
  expect(blocks()).toEqual(['elm', 'oak'])
  expect((await hold('hall')).body.code).toBe('space_taken')
})

describe('a hall of two rooms', () => {
  test('is no further room in what is free now, and its booking takes both rooms out of it', async () => {
    const rooms = async () => freeNow(await wholePlan())
    expect(await rooms()).toMatchObject({ meeting_room: { free: 2, total: 2 } })
    expect(await rooms()).not.toHaveProperty('event_space')
    expect((await hold('hall')).status).toBe(201)
    expect(await rooms()).toMatchObject({ meeting_room: { free: 0, total: 2 } })
  })

  test('occupies both rooms, and each room the hall', async () => {
    const held = await hold('hall')
    expect(held.status).toBe(201)
    expect(blocks()).toEqual(['elm', 'hall', 'oak'])
    expect((await hold('elm')).body.code).toBe('space_taken')
    expect((await hold('oak')).body.code).toBe('space_taken')
    expect(await plan()).toMatchObject({ hall: 'held', elm: 'held', oak: 'held', 'desk-1': 'free' })
    expect(
      (await post(site, { path: `/bookings/${held.body.bookingId}/cancel`, key: 'key-free-1' })).status,
    ).toBe(200)
    expect(blocks()).toEqual([])
    expect((await hold('elm')).status).toBe(201)
    expect((await hold('hall')).body.code).toBe('space_taken')
    expect((await hold('oak')).status).toBe(201)
    expect(await plan()).toMatchObject({ hall: 'held', elm: 'held', oak: 'held' })
  })

  test('keeps the largest gap of all involved and its own price', async () => {
    const held = await hold('hall')
    expect(held.body.price.totalMinor).toBe(1200)
    const next = friday10 + 2 * hour
    expect((await hold('elm', next + 14 * minute)).body.code).toBe('space_taken')
    expect((await hold('elm', next + 15 * minute)).status).toBe(201)
  })

  test('offers only halls and times that are free with all parts', async () => {
    await hold('elm')
    const refused = await hold('hall')
    expect(refused.status).toBe(409)
    const { alternatives } = refused.body
    expect(alternatives?.map(({ spaceId }: { spaceId: string }) => spaceId)).toEqual(['hall', 'hall', 'hall'])
    for (const { fromMs } of alternatives ?? []) {
      const offered = await hold('hall', fromMs)
      expect(offered.status).toBe(201)
      await post(site, { path: `/bookings/${offered.body.bookingId}/cancel`, key: `key-off-${fromMs}` })
    }
  })

  test('lists slots of the day as the rooms are booked', async () => {
    await hold('oak')
    const answer = await site.app.request('/spaces/hall/day?date=2026-11-20')
    const { slots } = (await answer.json()) as { slots: { fromMs: number; state: string }[] }
    const at = (fromMs: number) => slots.find((slot) => slot.fromMs === fromMs)?.state
    expect(at(friday10 + hour)).toBe('held')
    expect(at(friday10 + 3 * hour)).toBe('free')
  })

  test.each([
    ['a hold that ran out', 6 * minute, false],
    ['a no-show', hour + 16 * minute, true],
  ])('frees all of it after %s', async (_, waitMs, confirmed) => {
    if (confirmed) await paid('hall')
    else await hold('hall')
    expect(blocks()).toHaveLength(3)
    site.clock.advance(waitMs)
    await site.sweep.run()
    expect(blocks()).toEqual([])
  })

  test('opens the doors of its rooms, early only when all of them are free', async () => {
    const bookingId = await paid('hall')
    const asked = { memberId: memberIdSchema.parse('m-1'), atMs: friday10 + 50 * minute }
    const doors = accessBookings(site.db, site.env.directory, asked)
    expect(doors.map(({ doorId }) => doorId).sort()).toEqual(['door-hall', 'door-oak', undefined])
    expect(doors.every((door) => door.bookingId === bookingId && door.spaceFreeNow)).toBe(true)
    expect((await hold('oak', friday10 - 15 * minute)).status).toBe(201)
    const now = accessBookings(site.db, site.env.directory, { ...asked, atMs: friday10 + 40 * minute })
    expect(now.some(({ spaceFreeNow }) => spaceFreeNow)).toBe(false)
  })

  test('still occupies what it was made of when the hall is cut anew', async () => {
    await hold('hall')
    site.apply('space', 'hall', { ...site.env.directory.get('space', 'hall'), parts: ['elm'] })
    expect((await hold('oak')).body.code).toBe('space_taken')
  })

  test('goes with its parts: one out of service, or not available then, and it is not bookable', async () => {
    const oak = site.env.directory.get('space', 'oak')
    site.apply('space', 'oak', { ...oak, outOfService: true })
    expect((await hold('hall')).body.code).toBe('out_of_service')
    site.apply('space', 'oak', { ...oak, availableFromMs: friday10 + 90 * minute })
    expect((await hold('hall')).body.code).toBe('not_available_then')
    expect((await hold('oak')).body.code).toBe('not_available_then')
    expect((await hold('elm')).status).toBe(201)
  })

  test('never overlaps with a room when sixteen ask at once', async () => {
    const wished = ['hall', 'elm', 'oak']
    for (let round = 0; round < rounds; round += 1) {
      const fromMs = friday10 + (2 + round * 2) * hour
      const spaces = Array.from({ length: callers }, (_, at) => wished[(at + round) % 3] ?? 'hall')
      const answers = await Promise.all(spaces.map((spaceId) => hold(spaceId, fromMs)))
      const won = spaces.filter((_, at) => answers[at]?.status === 201).sort()
      expect([['hall'], ['elm', 'oak']]).toContainEqual(won)
      expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true)
    }
  })
})

describe('the store', () => {
  const insert = (id: string, spaceId: string) =>
    site.db
      .prepare(
        `INSERT INTO bookings SELECT ?, ?, status, holder_kind, holder_id, reference, from_ms, to_ms, block_to_ms,
           held_at_ms, hold_until_ms, price, 0, 0 FROM bookings LIMIT 1`,
      )
      .run(id, spaceId)

  test('refuses a room of a booked hall by itself', async () => {
    await hold('hall')
    expect(() => insert('bk_x', 'elm')).toThrow('space_taken')
    const move = site.db.prepare('UPDATE booking_blocks SET space_id = ? WHERE space_id = ?')
    await hold('desk-1')
    expect(() => move.run('elm', 'desk-1')).toThrow('space_taken')
  })

  test('takes over a store from before there were blocks', async () => {
    await hold('elm')
    await hold('desk-1')
    site.db.exec('DROP TABLE booking_blocks; DROP TRIGGER bookings_occupy; DROP TRIGGER bookings_free')
    site.db.exec('DROP TRIGGER bookings_move')
    for (let opened = 0; opened < 2; opened += 1) {
      site.db.exec(readFileSync(join(packageRoot, 'bookings/tables.sql'), 'utf8'))
    }
    expect(blocks()).toEqual(['desk-1', 'elm'])
    expect(() => insert('bk_x', 'elm')).toThrow('space_taken')
  })
})
