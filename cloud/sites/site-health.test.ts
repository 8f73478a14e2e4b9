import type { Heartbeat } from '@gatehouse/shared/wire/v1/sync'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { behindEntriesMin, readSiteHealth, storeHeartbeat } from './site-health.ts'
import { SyncServer } from './testing/sync-server.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

const beat = (headSeq: number): Heartbeat => ({
  ...{ incarnation: 1, version: 'test', bootId: 'boot', monotonicMs: 0, wallMs: 0, clockQuality: 'trusted' },
  ...{ waiting: headSeq, devicesDown: [], selling: 'all', directory: { epoch: 1, rev: 0 } },
  sums: {
    head: { seq: headSeq, hash: '0'.repeat(64) },
    entries: headSeq,
    bookings: {},
    takings: [],
    sessions: { open: 0, departed: 0, voided: 0 },
  },
})

it('knows since when the cloud is behind a site, until it has caught up', async () => {
  const { siteId } = await server.enrolled('behind')
  const behindAfter = async (headSeq: number, heardMs: number) => {
    expect(await storeHeartbeat(server.pool, siteId, beat(headSeq), heardMs)).toMatchObject({
      isCurrent: true,
      isLate: false,
    })
    const [health] = await readSiteHealth(server.pool, heardMs, [siteId])
    return health?.behindSinceMs
  }
  expect(await behindAfter(behindEntriesMin - 1, 1_000)).toBeUndefined()
  expect(await behindAfter(behindEntriesMin, 2_000)).toBe(2_000)
  expect(await behindAfter(13_000, 3_000)).toBe(2_000)
  await server.pool.query(
    `INSERT INTO projection_positions (site_id, incarnation, seq) VALUES ($1, 1, 13000)
     ON CONFLICT (site_id, incarnation) DO UPDATE SET seq = excluded.seq`,
    [siteId],
  )
  expect(await behindAfter(13_000, 4_000)).toBeUndefined()
  expect(await behindAfter(14_000, 5_000)).toBe(5_000)
})
