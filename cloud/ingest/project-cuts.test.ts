import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cancelled, captured, confirmed, held, refused, sensed } from '../sites/testing/events.ts'
import type { SiteTwin } from '../sites/testing/site-twin.ts'
import { SyncServer, startMs } from '../sites/testing/sync-server.ts'
import { projectNext } from './project.ts'

type Told = Parameters<SiteTwin['record']>[0]

let server: SyncServer
/** Its projector is told of nothing. */
let quiet: SyncServer
let sites = 0
beforeAll(async () => {
  server = await SyncServer.start()
  quiet = await SyncServer.start()
  await quiet.projector.stop()
})
afterAll(async () => {
  await server?.stop()
  await quiet?.stop()
})

const bookingId = fc.integer({ min: 1, max: 8 }).map((n) => `bk_${n}`)
const hour = fc.integer({ min: 1, max: 6 })
const parts = fc.constantFrom<object>({}, {}, { parts: ['elm'] }, { parts: ['elm', 'oak'] })
const space = fc.constantFrom('hall', 'elm', 'oak')
const word = fc.constantFrom<Told>(
  { type: 'booking.checked_in', body: { bookingId: 'bk_1' } },
  { type: 'booking.expired', body: { bookingId: 'bk_2' } },
  { type: 'booking.completed', body: { bookingId: 'bk_1' } },
  { type: 'robot.danced', body: {} },
)
const told: fc.Arbitrary<Told> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(bookingId, space, hour, parts)
      .map(([id, at, from, more]) => held(id, at, from, from + 2, more)),
  },
  bookingId.map((id) => cancelled(id)),
  bookingId.map((id) => confirmed(id, { requestId: `rq_${id}` })),
  fc.tuple(hour, bookingId).map(([n, id]) => captured(`py_${n}`, id, 100 * n)),
  hour.map((n) => refused(`rq_${n}`, 'space_taken')),
  fc.tuple(space, fc.boolean()).map(([id, occupied]) => sensed(id, occupied)),
  word,
)

/** Everything that was projected of a site, without its name. */
async function books(siteId: string, { pool } = server): Promise<unknown> {
  const found: Record<string, unknown> = {}
  const tables = ['bookings', 'booking_blocks', 'payments', 'space_states', 'request_answers', 'quarantine']
  for (const table of tables) {
    const { rows } = await pool.query(
      `SELECT to_jsonb(t) - '{site_id,site_key,hash,entry}'::text[] AS row FROM ${table} t WHERE site_id = $1 ORDER BY 1`,
      [siteId],
    )
    found[table] = rows
  }
  return found
}

async function tell(pieces: readonly (readonly Told[])[]): Promise<string> {
  const siteId = `cut-${sites++}`
  const twin = await server.enrolled(siteId)
  for (const piece of pieces.filter(({ length }) => length > 0)) {
    expect((await twin.send(twin.record(...piece))).status).toBe(204)
    await server.projected()
  }
  return siteId
}

/** The books of entries that are read from the store, as after a restart. */
async function booksReadBack(events: readonly Told[]): Promise<unknown> {
  const twin = await quiet.enrolled(`cut-${sites++}`)
  expect((await twin.send(twin.record(...events))).status).toBe(204)
  while ((await projectNext(quiet.pool, twin, startMs)).kind === 'behind');
  return books(twin.siteId, quiet)
}

it('makes the same books of the same entries, however they are cut into runs, handed over or read back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(told, { minLength: 2, maxLength: 30 }), fc.nat(29), async (events, cut) => {
      const atOnce = await books(await tell([events]))
      expect(await books(await tell([events.slice(0, cut), events.slice(cut)]))).toEqual(atOnce)
      expect(await books(await tell(events.map((event) => [event])))).toEqual(atOnce)
      expect(await booksReadBack(events)).toEqual(atOnce)
    }),
    { numRuns: 6 },
  )
  expect(server.failures).toEqual([])
})
