import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { SyncServer, startMs } from '../sites/testing/sync-server.ts'
import { AccessRetention } from './retention.ts'

const dayMs = 86_400_000
let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
  await server.newCode('kept')
})
afterAll(() => server.stop())

/** `count` decisions, the first `oldestDays` old, each a second younger. */
async function fill(count: number, oldestDays: number): Promise<void> {
  await server.pool.query(
    `INSERT INTO access_events (site_id, incarnation, seq, kind, door_id, reason, at_ms)
     SELECT 'kept', 1, n, 'refused', 'main', 'no_right', $2::bigint + n * 1000 FROM generate_series(1, $1::int) n`,
    [count, startMs - oldestDays * dayMs],
  )
}

async function incident(id: string, change: { daysAgo: number; endsWith?: string; endedDaysAgo?: number }) {
  const { daysAgo, endsWith = null, endedDaysAgo } = change
  const endedMs = endedDaysAgo === undefined ? null : startMs - endedDaysAgo * dayMs
  await server.pool.query(
    `INSERT INTO incidents (site_id, incident_id, incarnation, seq, kind, about, at_ms, ends_with, ended_ms)
     VALUES ('kept', $1, 1, 1, 'k', 'a', $2, $3, $4)`,
    [id, startMs - daysAgo * dayMs, endsWith, endedMs],
  )
}

const left = async () =>
  (await server.pool.query<{ count: number }>('SELECT count(*) FROM access_events')).rows[0]?.count

beforeEach(async () => {
  await server.pool.query('TRUNCATE access_events, incidents')
  server.clock.set({ wallMs: startMs })
})

it('forgets decisions that are older than they are kept, and none that are not', async () => {
  await fill(10, 30)
  const job = new AccessRetention({ pool: server.pool, clock: server.clock, keptDays: 30 })
  // The first is a second younger than the limit.
  expect(await job.prune()).toBe(0)
  server.clock.advance(3_600_000)
  expect(await job.prune()).toBe(10)
  expect(await left()).toBe(0)
})

it('keeps open incidents, and ended ones from their end', async () => {
  await incident('open', { daysAgo: 99, endsWith: 'door:main' })
  await incident('long', { daysAgo: 99, endsWith: 'door:main', endedDaysAgo: 2 })
  await incident('ended', { daysAgo: 99, endsWith: 'door:main', endedDaysAgo: 98 })
  await incident('moment', { daysAgo: 99 })
  await incident('young', { daysAgo: 1 })
  await new AccessRetention({ pool: server.pool, clock: server.clock, keptDays: 30 }).prune()
  const found = await server.pool.query('SELECT incident_id FROM incidents ORDER BY 1')
  expect(found.rows.map((row) => row.incident_id)).toEqual(['long', 'open', 'young'])
})

it('deletes a bounded number at once, goes on at the next call, then rests for an hour', async () => {
  await fill(7_000, 60)
  const job = new AccessRetention({ pool: server.pool, clock: server.clock, keptDays: 30 })
  expect(await job.prune()).toBe(5_000)
  expect(await job.prune()).toBe(2_000)
  await fill(3, 60)
  expect(await job.prune()).toBe(0)
  server.clock.advance(3_599_999)
  expect(await job.prune()).toBe(0)
  server.clock.advance(1)
  expect(await job.prune()).toBe(3)
})
