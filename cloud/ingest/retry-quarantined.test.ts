import { afterAll, beforeAll, expect, it } from 'vitest'
import { cancelled, confirmed, held } from '../sites/testing/events.ts'
import { SyncServer } from '../sites/testing/sync-server.ts'
import { retryQuarantined } from './retry-quarantined.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

const of = async (sql: string, site: string) => (await server.pool.query(sql, [site])).rows
const bookings = (site: string) =>
  of('SELECT booking_id, status FROM bookings WHERE site_id = $1 ORDER BY 1', site)
const cases = (site: string) =>
  of(`SELECT about FROM exceptions WHERE site_id = $1 AND closed_ms IS NULL ORDER BY 1`, site)

/** Sets entries aside as a release would that cannot read them, and takes back what it posted of them. */
async function asOfOlderRelease(site: string, seqs: readonly number[]): Promise<void> {
  await server.pool.query(
    `INSERT INTO quarantine (site_id, incarnation, seq, hash, reason, detail, entry, quarantined_ms)
     SELECT site_id, incarnation, seq, hash, CASE WHEN type = 'booking.held' THEN 'unknown_type_or_body'
       ELSE 'unknown_booking' END, type, entry, 1
     FROM ledger_entries WHERE site_id = $1 AND seq = ANY ($2)`,
    [site, seqs],
  )
}

it('posts what a later release can read, in its order, and settles the cases', async () => {
  const twin = await server.enrolled('upgraded')
  await twin.send(twin.record(held('b1', 'd1', 1, 2), confirmed('b1'), confirmed('b9')))
  await server.projected()
  expect(await cases('upgraded')).toEqual([{ about: '1:3' }])
  await server.pool.query(`DELETE FROM bookings WHERE site_id = 'upgraded'`)
  await asOfOlderRelease('upgraded', [1, 2])
  expect(await retryQuarantined(server.pool, server.clock.now().wallMs)).toBe(2)
  expect(await bookings('upgraded')).toEqual([{ booking_id: 'b1', status: 'confirmed' }])
  // What builds on nothing that is known stays with a person.
  expect(await of('SELECT seq FROM quarantine WHERE site_id = $1', 'upgraded')).toEqual([{ seq: 3 }])
  expect(await cases('upgraded')).toEqual([{ about: '1:3' }])
  expect(await retryQuarantined(server.pool, server.clock.now().wallMs)).toBe(0)
})

it('does not let an old word undo what came later', async () => {
  const twin = await server.enrolled('overtaken')
  await twin.send(twin.record(held('c1', 'd1', 1, 2), confirmed('c1'), cancelled('c1')))
  await server.projected()
  await asOfOlderRelease('overtaken', [2])
  expect(await retryQuarantined(server.pool, server.clock.now().wallMs)).toBe(0)
  expect(await bookings('overtaken')).toEqual([{ booking_id: 'c1', status: 'cancelled' }])
})

it('settles the case of an entry that it posted', async () => {
  const twin = await server.enrolled('settled')
  const later = twin.record({ type: 'booking.later_kind', body: { bookingId: 'e1' } })
  await twin.send(later)
  await server.projected()
  expect(await cases('settled')).toEqual([{ about: '1:1' }])
  // The release that comes knows the type.
  const text = JSON.stringify({ ...later[0]?.entry, ...held('e1', 'd1', 1, 2) })
  await server.pool.query(`UPDATE quarantine SET entry = $1 WHERE site_id = 'settled'`, [text])
  expect(await retryQuarantined(server.pool, server.clock.now().wallMs)).toBe(1)
  expect(await cases('settled')).toEqual([])
  expect(await bookings('settled')).toEqual([{ booking_id: 'e1', status: 'held' }])
})
