import { afterAll, beforeAll, expect, it } from 'vitest'
import { inTransaction } from '../database/pool.ts'
import { SyncServer } from '../sites/testing/sync-server.ts'
import { DirectoryLogRetention } from './prune-log.ts'
import { putRows } from './put-rows.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

it('gives up positions first, deletes their changes one look later, and keeps rows and tombstones', async () => {
  const twin = await server.enrolled('logged')
  const { pool, clock } = server
  const write = (key: string) =>
    inTransaction(pool, (tx) => putRows(tx, twin.siteId, [{ kind: 'request', key, body: null }]))
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) await write(key)
  const logged = async () => {
    const { rows } = await pool.query<{ rev: number }>(`SELECT rev FROM site_directory_log ORDER BY rev`)
    return rows.map(({ rev }) => rev)
  }
  const shape = (offset: number, handle: string) =>
    twin.call(
      `/sync/v1/shape?table=site_directory&where=site_id%3D%27logged%27&offset=${offset}_0&handle=${handle}`,
    )
  const start = await twin.call(`/sync/v1/shape?table=site_directory&where=site_id%3D%27logged%27&offset=-1`)
  const handle = start.headers.get('electric-handle') ?? ''
  const retention = new DirectoryLogRetention({ pool, clock, kept: 2 })

  expect((await shape(1, handle)).status).toBe(200)
  expect(await retention.prune()).toBe(0)
  expect(await logged()).toEqual([1, 2, 3, 4, 5, 6])
  expect((await shape(1, handle)).status).toBe(409)
  expect((await shape(4, handle)).status).toBe(200)
  expect(await retention.prune()).toBe(0)
  clock.advance(3_600_000)
  expect(await retention.prune()).toBe(4)
  expect(await logged()).toEqual([5, 6])
  expect((await shape(4, handle)).status).toBe(200)
  const { rowCount } = await pool.query('SELECT FROM site_directory')
  expect(rowCount).toBe(6)
})
