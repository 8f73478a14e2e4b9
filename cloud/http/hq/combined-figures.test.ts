import type { HourView, Overview } from '@gatehouse/shared/api/hq-views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inTransaction } from '../../database/pool.ts'
import { putRows } from '../../directory/put-rows.ts'
import { hourMs, startMs, startTestCloud, type TestCloud } from '../testing/test-cloud.ts'

let world: TestCloud
beforeAll(async () => {
  world = await startTestCloud()
  const { pool } = world.cloud
  const room = await pool.query<{ body: object }>(
    "SELECT body FROM site_directory WHERE site_id = 'north' AND kind = 'space' AND key = 'room-1'",
  )
  const body = { ...room.rows[0]?.body, name: 'Hall', kind: 'event_space', parts: ['room-1', 'room-2'] }
  const rows = [{ kind: 'space', key: 'hall', body }] as unknown as Parameters<typeof putRows>[2]
  await inTransaction(pool, (tx) => putRows(tx, siteIdSchema.parse('north'), rows))
})
afterAll(() => world?.close())

const north = async () => {
  const overview = (await (await world.as('hana')).get('/api/v1/hq/overview')).body as unknown as Overview
  return overview.sites.find(({ siteId }) => siteId === 'north')
}

it('counts a hall as the two rooms it is made of: no further capacity, and both in use when it is booked', async () => {
  expect(await north()).toMatchObject({ occupied: 0, capacity: 3 })
  const anna = await world.as('anna')
  const asked = { spaceId: 'hall', fromMs: startMs, toMs: startMs + hourMs }
  const held = await anna.post('/api/v1/sites/north/bookings', asked, 'key-hall-1')
  const paid = { method: 'card', card: 'sandbox_ok' }
  const path = `/api/v1/bookings/${held.body.bookingId}/confirm`
  expect((await anna.post(path, paid, 'key-hall-2')).status).toBe(200)
  await world.cloud.projector.settled()
  world.clock.advance(hourMs / 2)
  expect(await north()).toMatchObject({ occupied: 2, capacity: 3 })
  const hours = await (await world.as('hana')).get('/api/v1/hq/sites/north/hours?hours=1')
  expect((hours.body.items as HourView[])[0]).toMatchObject({ occupied: 1, capacity: 3, percent: 66.7 })
  const free = (await anna.get('/api/v1/sites?text=north')).body.items as { freeNow: object }[]
  expect(free[0]?.freeNow).toEqual({ desk: { free: 1, total: 1 }, meeting_room: { free: 0, total: 2 } })
})

it('counts what a sensor sees in a hall as its rooms, beside a booking of them only once', async () => {
  await world.cloud.pool.query("INSERT INTO space_states VALUES ('north', 'hall', 1, 1, true, $1)", [startMs])
  expect(await north()).toMatchObject({ occupied: 2 })
})
