import { createHmac } from 'node:crypto'
import { isChangeMessage } from '@electric-sql/client'
import { canonicalJson } from '@gatehouse/shared/ledger/chain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction, type Pool } from '../database/pool.ts'
import type { SiteTwin } from '../sites/testing/site-twin.ts'
import { SyncServer } from '../sites/testing/sync-server.ts'
import { type DirectoryWrite, putRows } from './put-rows.ts'
import { renewDirectories } from './renew-epoch.ts'
import { Follower } from './testing/follower.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

const level = (name: string): DirectoryWrite => ({
  kind: 'level',
  key: `lv_${name}`,
  body: { name, ordinal: 0, width: 10, height: 10.5 },
})

function put(twin: SiteTwin, writes: readonly DirectoryWrite[], pool: Pool = server.pool) {
  return inTransaction(pool, (tx) => putRows(tx, twin.siteId, writes))
}

describe('the directory shape', () => {
  it('gives the stock client all rows, then each change, with digests of the site key', async () => {
    const twin = await server.enrolled('follow')
    await put(twin, [level('A'), level('B')])
    const follower = new Follower(server.url, twin)
    await follower.upToDate()
    expect(follower.keys()).toEqual(['lv_A', 'lv_B'])
    const changed = follower.upToDate()
    await put(twin, [{ ...level('A'), body: null } as DirectoryWrite, level('C')])
    await changed
    follower.stop()
    expect(follower.keys()).toEqual(['lv_A', 'lv_B', 'lv_A', 'lv_C'])
    const removed = follower.messages.filter(isChangeMessage)[2]!
    expect(removed.headers.operation).toBe('update')
    expect(removed.value.body).toBeNull()
    for (const { value } of follower.messages.filter(isChangeMessage)) {
      const text = canonicalJson([
        'follow',
        value.epoch,
        Number(value.rev),
        value.kind,
        value.key,
        value.body,
      ])
      const key = Buffer.from(twin.siteKey, 'base64url')
      expect(value.digest).toBe(createHmac('sha256', key).update(text).digest('hex'))
    }
  })

  it('lets a client go on from a stored position', async () => {
    const twin = await server.enrolled('position')
    await put(twin, [level('A')])
    const first = new Follower(server.url, twin)
    await first.upToDate()
    first.stop()
    await put(twin, [level('B')])
    const { lastOffset, shapeHandle } = first.stream
    const second = new Follower(server.url, twin, { offset: lastOffset as '-1', handle: shapeHandle! })
    await second.upToDate()
    second.stop()
    expect(second.keys()).toEqual(['lv_B'])
  })

  it('makes clients fetch everything again when an epoch begins', async () => {
    const twin = await server.enrolled('epoch')
    await put(twin, [level('A'), level('B')])
    const follower = new Follower(server.url, twin)
    await follower.upToDate()
    await inTransaction(server.pool, (tx) => renewDirectories(tx, 2))
    await put(twin, [level('C')])
    while (follower.sinceRefetch().length < 3) await follower.upToDate()
    follower.stop()
    expect(follower.sinceRefetch()).toEqual([
      ['lv_A', 2],
      ['lv_B', 2],
      ['lv_C', 2],
    ])
  })

  it('answers 409 with another handle to positions it never gave or no longer has', async () => {
    const twin = await server.enrolled('expired')
    await put(twin, [level('A')])
    const base = `/sync/v1/shape?table=site_directory&where=site_id='expired'`
    for (const query of ['&offset=7_0&handle=expired-1-0', '&offset=1_0&handle=expired-0-9', '&offset=1_0']) {
      const answer = await twin.call(base + query)
      expect(answer.status).toBe(409)
      expect(await answer.json()).toEqual([{ headers: { control: 'must-refetch' } }])
      expect(query).not.toContain(`handle=${answer.headers.get('electric-handle')}`)
    }
    const bad = ['&offset=x', '&offset=-1&live=true', '']
    for (const query of bad) expect((await twin.call(base + query)).status).toBe(400)
    const otherTable = `/sync/v1/shape?table=login_user&where=site_id='expired'&offset=-1`
    expect((await twin.call(otherTable)).status).toBe(400)
  })

  it('revalidates by its entity tag', async () => {
    const twin = await server.enrolled('tagged')
    await put(twin, [level('A')])
    const url = `/sync/v1/shape?table=site_directory&where=site_id='tagged'&offset=-1`
    const tag = (await twin.call(url)).headers.get('etag')!
    expect((await twin.call(url, { headers: { 'if-none-match': tag } })).status).toBe(304)
  })
})

describe('positions', () => {
  it('are the order of commits with two processes that write at once', async () => {
    const twin = await server.enrolled('writers')
    const other = server.otherPool()
    const seen: number[] = []
    const follower = new Follower(server.url, twin)
    await follower.upToDate()
    const writes = Array.from({ length: 60 }, (_, at) =>
      put(twin, [level(`${at}a`), level(`${at}b`)], at % 2 === 0 ? server.pool : other),
    )
    await Promise.all(writes)
    await other.end()
    while (follower.keys().length < 120) await follower.upToDate()
    follower.stop()
    for (const { value } of follower.messages.filter(isChangeMessage)) seen.push(Number(value.rev))
    expect(seen).toEqual(Array.from({ length: 120 }, (_, at) => at + 1))
  })

  it('refuse a site that does not exist', async () => {
    const unknown = { siteId: 'nowhere' } as SiteTwin
    await expect(put(unknown, [level('A')])).rejects.toMatchObject({ code: 'unknown_site' })
  })
})
