import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sensed } from '../sites/testing/events.ts'
import { producer, type SiteTwin } from '../sites/testing/site-twin.ts'
import { SyncServer } from '../sites/testing/sync-server.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

const json = { 'content-type': 'application/json' }

async function refusalOf(answer: Response): Promise<unknown> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  const { code, hint } = (await answer.json()) as { code: string; hint: string }
  expect(hint).not.toBe('')
  return [answer.status, code]
}

async function storedCount(twin: SiteTwin): Promise<number> {
  const { rows } = await server.pool.query<{ count: number }>(
    'SELECT count(*) FROM ledger_entries WHERE site_id = $1',
    [twin.siteId],
  )
  return rows[0]?.count ?? 0
}

describe('what the ledger of a site has no use for', () => {
  it.each([
    ['an end of the stream on creation', 'PUT', '', { ...json, 'stream-closed': 'true' }, 400, 'not_offered'],
    ['an end of the stream', 'POST', '', { ...json, 'stream-closed': 'true' }, 400, 'not_offered'],
    ['a time to live', 'PUT', '', { ...json, 'stream-ttl': '60' }, 400, 'not_offered'],
    ['an expiry', 'PUT', '', { ...json, 'stream-expires-at': '2030-01-01T00:00:00Z' }, 400, 'not_offered'],
    ['a fork', 'PUT', '', { ...json, 'stream-forked-from': '/stream/a/1' }, 400, 'not_offered'],
    ['server-sent events', 'GET', '?offset=-1&live=sse', {}, 400, 'live_mode'],
    ['creation as binary', 'PUT', '', { 'content-type': 'application/octet-stream' }, 409, 'stream_exists'],
    ['binary entries', 'POST', '', { 'content-type': 'application/octet-stream' }, 409, 'content_type'],
    ['deletion', 'DELETE', '', {}, 405, 'method_not_allowed'],
    ['changes in place', 'PATCH', '', {}, 405, 'method_not_allowed'],
  ])('refuses %s, and the stream stays', async (name, method, query, headers, status, code) => {
    const twin = await server.enrolled(`no-${name.replaceAll(/\W/g, '-')}`)
    await twin.send(twin.record(sensed('a', true)))
    const [entry] = twin.record(sensed('a', false))
    const body = method === 'POST' ? `[${entry?.text}]` : null
    const answer = await twin.call(twin.streamUrl + query, { method, headers: { ...headers }, body })
    expect(await refusalOf(answer)).toEqual([status, code])
    if (status === 405) expect(answer.headers.get('allow')).toContain('POST')
    const after = await twin.call(twin.streamUrl, { method: 'HEAD' })
    expect(after.headers.get('gatehouse-head')).toMatch(/^1:/)
    expect(await storedCount(twin)).toBe(1)
  })
})

describe('an append that is not what it says', () => {
  it.each([
    ['bytes that are not UTF-8', json, Buffer.from([0x22, 0xff, 0x22]), 'not_text'],
    ['no bytes', json, '', 'empty'],
    ['no content type', {}, new Blob(['[]'], { type: '' }), 'no_content_type'],
    ['half a producer', { ...json, 'producer-id': 'p' }, '[{}]', 'producer_headers'],
    ['an empty Stream-Seq', { ...json, 'stream-seq': '' }, '[{}]', 'writer_seq_header'],
    ['an endless Stream-Seq', { ...json, 'stream-seq': '1'.repeat(201) }, '[{}]', 'writer_seq_header'],
  ])('refuses %s', async (name, headers, body, code) => {
    const twin = await server.enrolled(`not-${name.replaceAll(/\W/g, '-')}`)
    const answer = await twin.call(twin.streamUrl, { method: 'POST', headers: { ...headers }, body })
    expect(await refusalOf(answer)).toEqual([400, code])
  })

  it('refuses a Stream-Seq that does not sort after the last one, but not the duplicate that carries it', async () => {
    const twin = await server.enrolled('writer-seq')
    const first = twin.record(sensed('a', true))
    const at = (seq: string) => ({ 'stream-seq': seq })
    await twin.send(first, { ...producer(0, 0), ...at('2') })
    expect((await twin.send(first, { ...producer(0, 0), ...at('2') })).status).toBe(204)
    const second = twin.record(sensed('a', false))
    // As text, "10" sorts before "2".
    expect(await refusalOf(await twin.send(second, at('10')))).toEqual([409, 'writer_seq'])
    expect(await storedCount(twin)).toBe(1)
    expect((await twin.send(second, at('3'))).status).toBe(204)
    expect(await storedCount(twin)).toBe(2)
  })
})

describe('reading', () => {
  it('answers 304 to a reader who has it, and anew once there is more', async () => {
    const twin = await server.enrolled('have-it')
    await twin.send(twin.record(sensed('a', true)))
    const tag = (await twin.call(twin.streamUrl)).headers.get('etag') ?? ''
    const again = () => twin.call(twin.streamUrl, { headers: { 'if-none-match': tag } })
    expect((await again()).status).toBe(304)
    await twin.send(twin.record(sensed('a', false)))
    expect((await again()).status).toBe(200)
  })

  it('goes on waiting at the tail when a late message tells of what the reader has already', async () => {
    const twin = await server.enrolled('late-message')
    await twin.send(twin.record(sensed('a', true)))
    const waiting = twin.call(`${twin.streamUrl}?offset=now&live=long-poll`)
    for (let late = 0; late < 5; late += 1) {
      await server.pool.query(`SELECT pg_notify('gatehouse_ledger', 'late-message/1')`)
      await twin.call(twin.streamUrl, { method: 'HEAD' })
    }
    const [second] = twin.record(sensed('a', false))
    await twin.send(second === undefined ? [] : [second])
    const answer = await waiting
    expect([answer.status, await answer.json()]).toEqual([200, [second?.entry]])
  })

  it('refuses two offsets at once', async () => {
    const twin = await server.enrolled('two-offsets')
    const answer = await twin.call(`${twin.streamUrl}?offset=-1&offset=now`)
    expect(await refusalOf(answer)).toEqual([400, 'offset'])
  })
})

describe('the token of a site', () => {
  it.each(['GET', 'HEAD', 'PUT', 'POST', 'DELETE'])(
    'does not reach another stream by %s, and that is raised',
    async (method) => {
      const [mine, theirs] = [
        await server.enrolled(`thief-${method}`),
        await server.enrolled(`owner-${method}`),
      ]
      const sent = theirs.record(sensed('a', true))
      const body = method === 'POST' ? `[${sent[0]?.text}]` : null
      const authorization = `Bearer ${await mine.token()}`
      const answer = await theirs.call(theirs.streamUrl, {
        method,
        headers: { ...json, authorization },
        body,
      })
      expect(answer.status).toBe(403)
      if (method !== 'HEAD') expect(await refusalOf(answer)).toEqual([403, 'other_site'])
      expect(await storedCount(theirs)).toBe(0)
      const { rows } = await server.pool.query(
        'SELECT site_id, about, detail FROM exceptions WHERE kind = $1 AND site_id = $2',
        ['foreign_call', mine.siteId],
      )
      const asked = `${theirs.siteId}/${theirs.incarnation}`
      expect(rows).toEqual([{ site_id: mine.siteId, about: 'stream', detail: { incarnation: 1, asked } }])
    },
  )

  it('does not reach another life of its own site', async () => {
    const twin = await server.enrolled('lives')
    const other = twin.streamUrl.replace(/1$/, '2')
    expect(await refusalOf(await twin.call(other))).toEqual([403, 'forbidden'])
  })
})
