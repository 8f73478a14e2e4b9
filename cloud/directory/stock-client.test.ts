import { FetchError, type ShapeStreamOptions } from '@electric-sql/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { inTransaction } from '../database/pool.ts'
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

function put(twin: SiteTwin, ...names: string[]) {
  return inTransaction(server.pool, (tx) => putRows(tx, twin.siteId, names.map(level)))
}

async function withRows(site: string, ...names: string[]): Promise<SiteTwin> {
  const twin = await server.enrolled(site)
  await put(twin, ...names)
  return twin
}

async function follow(twin: SiteTwin, more: Partial<ShapeStreamOptions> = {}): Promise<Follower> {
  const follower = new Follower(server.url, twin, more)
  await follower.upToDate()
  return follower
}

const keysOf = (...names: string[]) => names.map((name) => `lv_${name}`)
const shapePath = (site: string, query: string) =>
  `/sync/v1/shape?table=site_directory&where=site_id='${site}'${query}`

describe('the stock client', () => {
  it('is up to date with a site that has no rows, and gets the first one live', async () => {
    const twin = await server.enrolled('empty')
    const follower = await follow(twin)
    expect(follower.keys()).toEqual([])
    const first = follower.upToDate()
    await put(twin, 'A')
    await first
    follower.stop()
    expect(follower.keys()).toEqual(keysOf('A'))
  })

  it('goes on after a restart with what it stored, and is sent only what came since', async () => {
    const twin = await withRows('restart', 'A', 'B')
    const before = await follow(twin)
    before.stop()
    const { lastOffset, shapeHandle = '' } = before.stream
    await put(twin, 'C')
    await put(twin, 'D')
    const after = await follow(twin, { offset: lastOffset, handle: shapeHandle })
    const live = after.upToDate()
    await put(twin, 'E')
    await live
    after.stop()
    expect(after.keys()).toEqual(keysOf('C', 'D', 'E'))
    expect(after.calls[0]).toMatchObject({ status: 200, offset: lastOffset })
    expect(after.stream.shapeHandle).toBe(shapeHandle)
  })

  it.each([
    ['a handle of another epoch', '1_0', 'stored-0-1'],
    ['a position that the log no longer has', '0_0', undefined],
    ['a position that was never given', '77_0', undefined],
    ['a handle of nobody', '1_0', 'unknown'],
  ])('with %s is told to refetch, and does', async (name, offset, handle) => {
    const site = `stored-${name.replaceAll(' ', '-')}`
    const twin = await withRows(site, 'A', 'B')
    const stored = await follow(twin)
    stored.stop()
    await server.pool.query('UPDATE directory_heads SET pruned_rev = 1 WHERE site_id = $1', [site])
    const follower = await follow(twin, {
      offset: offset as '-1',
      handle: handle ?? stored.stream.shapeHandle ?? '',
    })
    while (follower.sinceRefetch().length < 2) await follower.upToDate()
    follower.stop()
    expect(follower.calls.slice(0, 2)).toMatchObject([
      { status: 409, offset },
      { status: 200, offset: '-1' },
    ])
    expect(follower.keys()).toEqual(keysOf('A', 'B'))
    expect(follower.stream.shapeHandle).not.toBe(handle ?? stored.stream.shapeHandle)
  })

  it('that waits while an epoch begins is told to refetch, not sent rows under the old handle', async () => {
    const twin = await withRows('waiting', 'A')
    const follower = await follow(twin)
    follower.stop()
    const { shapeHandle, lastOffset } = follower.stream
    const waiting = twin.call(shapePath('waiting', `&offset=${lastOffset}&handle=${shapeHandle}&live=true`))
    await inTransaction(server.pool, (tx) => renewDirectories(tx, 2))
    const answer = await waiting
    expect(answer.status).toBe(409)
    expect(answer.headers.get('electric-handle')).not.toBe(shapeHandle)
  })

  it('that asks for something we do not serve stops with our code, and asks no more', async () => {
    const twin = await withRows('columns', 'A')
    const failed = new Promise<Error>((resolve) => {
      const params = { table: 'site_directory', where: `site_id='columns'`, columns: ['key'] }
      new Follower(server.url, twin, { params, onError: resolve as (error: Error) => void })
    })
    const error = await failed
    expect(error).toBeInstanceOf(FetchError)
    expect(error).toMatchObject({ status: 400, text: expect.stringContaining('shape_request') })
  })
})

describe('the headers', () => {
  it('are those of the protocol on every kind of answer, and never let a shared cache keep one', async () => {
    const twin = await withRows('headers', 'A')
    const ask = (query: string) => twin.call(shapePath('headers', query))
    const start = await ask('&offset=-1')
    const handle = start.headers.get('electric-handle')
    const catchUp = await ask(`&offset=0_0&handle=${handle}`)
    const live = await ask(`&offset=0_0&handle=${handle}&live=true`)
    const moved = await ask(
      `&offset=0_0&handle=${handle}&live=true&cursor=${live.headers.get('electric-cursor')}`,
    )
    const refetch = await ask(`&offset=9_0&handle=${handle}`)
    const head = (answer: Response) => ({
      status: answer.status,
      offset: answer.headers.get('electric-offset'),
      cache: answer.headers.get('cache-control'),
      tag: answer.headers.get('etag'),
      hasSchema: answer.headers.has('electric-schema'),
      hasCursor: answer.headers.has('electric-cursor'),
      isUpToDate: answer.headers.has('electric-up-to-date'),
    })
    const good = { status: 200, offset: '1_0', isUpToDate: true }
    const read = { ...good, hasSchema: true, hasCursor: false }
    expect(head(start)).toEqual({
      ...read,
      cache: 'private, max-age=604800, stale-while-revalidate=2629746',
      tag: `"${handle}:-1:1_0"`,
    })
    expect(head(catchUp)).toEqual({
      ...read,
      cache: 'private, max-age=60, stale-while-revalidate=300',
      tag: `"${handle}:0_0:1_0"`,
    })
    expect(head(live)).toEqual({
      ...good,
      hasSchema: false,
      hasCursor: true,
      cache: 'private, max-age=5, stale-while-revalidate=5',
      tag: `"${handle}:0_0:1_0:${live.headers.get('electric-cursor')}"`,
    })
    expect(Number(moved.headers.get('electric-cursor'))).toBeGreaterThan(
      Number(live.headers.get('electric-cursor')),
    )
    expect(moved.headers.get('etag')).not.toBe(live.headers.get('etag'))
    expect(head(refetch)).toMatchObject({ status: 409, cache: 'private, no-store', isUpToDate: false })
    for (const answer of [start, catchUp, live]) expect(answer.headers.get('vary')).toBe('Authorization')
  })

  it('let a reader who has an answer be told so, until there is more', async () => {
    const twin = await withRows('tags', 'A')
    const first = await twin.call(shapePath('tags', '&offset=-1'))
    const path = shapePath('tags', `&offset=0_0&handle=${first.headers.get('electric-handle')}`)
    const tag = (await twin.call(path)).headers.get('etag') ?? ''
    const again = () => twin.call(path, { headers: { 'if-none-match': tag } })
    const same = await again()
    expect([same.status, await same.text(), same.headers.get('electric-offset')]).toEqual([304, '', '1_0'])
    await put(twin, 'B')
    expect((await again()).status).toBe(200)
  })
})

describe('requests that are refused', () => {
  it.each([
    ['chosen columns', '&offset=-1&columns=key'],
    ['a part of the shape', '&offset=-1&subset__limit=1'],
    ['changes only', '&offset=now&log=changes_only'],
  ])('ask for %s', async (name, query) => {
    const site = `ask-${name.replaceAll(' ', '-')}`
    const twin = await withRows(site, 'A')
    const answer = await twin.call(shapePath(site, query))
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'shape_request'])
  })

  it('ask for the shape of another site, and that is raised once', async () => {
    const [thief, owner] = [await server.enrolled('thief'), await withRows('owner', 'A')]
    for (const query of ['&offset=-1', '&offset=now', '&offset=0_0&handle=owner-1-0&live=true']) {
      const answer = await thief.call(shapePath(owner.siteId, query))
      const text = await answer.text()
      expect([answer.status, JSON.parse(text).code]).toEqual([403, 'other_site'])
      expect(text).not.toContain('lv_A')
    }
    const { rows } = await server.pool.query(
      `SELECT site_id, about, detail FROM exceptions WHERE kind = 'foreign_call'`,
    )
    expect(rows).toEqual([{ site_id: 'thief', about: 'shape', detail: { incarnation: 1, asked: 'owner' } }])
  })
})

describe('server-sent events', () => {
  // The reader of events that the client brings asks a browser whether its page is seen.
  beforeAll(() => {
    const page = { hidden: false, addEventListener: () => undefined, removeEventListener: () => undefined }
    vi.stubGlobal('document', page)
    vi.stubGlobal('window', globalThis)
  })

  it('bring each change over one connection, and the position to go on from', async () => {
    const twin = await withRows('events', 'A')
    const follower = await follow(twin, { liveSse: true })
    for (const name of ['B', 'C', 'D']) {
      const changed = follower.upToDate()
      await put(twin, name)
      await changed
    }
    follower.stop()
    expect(follower.keys()).toEqual(keysOf('A', 'B', 'C', 'D'))
    expect(follower.stream.lastOffset).toBe('4_0')
    expect(follower.calls.filter(({ isLive }) => isLive)).toEqual([
      { status: 200, type: 'text/event-stream', isLive: true, offset: '1_0' },
    ])
    const { lastOffset, shapeHandle = '' } = follower.stream
    await put(twin, 'E')
    const later = await follow(twin, { liveSse: true, offset: lastOffset, handle: shapeHandle })
    later.stop()
    expect(later.keys()).toEqual(keysOf('E'))
  })

  it('end when an epoch begins, and the client refetches', async () => {
    const twin = await withRows('events-epoch', 'A', 'B')
    const follower = await follow(twin, { liveSse: true })
    await inTransaction(server.pool, (tx) => renewDirectories(tx, 3))
    while (follower.sinceRefetch().length < 2) await follower.upToDate()
    follower.stop()
    expect(follower.calls.map(({ status }) => status)).toContain(409)
    expect(follower.sinceRefetch()).toEqual([
      ['lv_A', 3],
      ['lv_B', 3],
    ])
  })

  it('stop being read for when the client is gone', async () => {
    const twin = await withRows('events-gone', 'A')
    const follower = await follow(twin, { liveSse: true })
    follower.stop()
    const again = await follow(twin)
    again.stop()
    expect(again.keys()).toEqual(keysOf('A'))
    expect(server.failures).toEqual([])
  })
})
