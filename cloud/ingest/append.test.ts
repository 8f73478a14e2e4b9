import { DurableStream, IdempotentProducer } from '@durable-streams/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { confirmed, held, sensed } from '../sites/testing/events.ts'
import { producer } from '../sites/testing/site-twin.ts'
import { SyncServer } from '../sites/testing/sync-server.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

const headOf = (answer: Response) => answer.headers.get('gatehouse-head')

async function storedSeqs(siteId: string): Promise<number[]> {
  const { rows } = await server.pool.query<{ seq: number }>(
    'SELECT seq FROM ledger_entries WHERE site_id = $1 ORDER BY seq',
    [siteId],
  )
  return rows.map(({ seq }) => seq)
}

const siteOf = (name: string) => `bad-${name.replaceAll(/\W/g, '-')}`
/** An entry, but for what is wrong with it. */
const linked = (name: string, rest: string) =>
  `[{"site":"${siteOf(name)}","incarnation":1,"prev":"${'0'.repeat(64)}",${rest}}]`

describe('append', () => {
  it('stores the original bytes and acknowledges with the head', async () => {
    const twin = await server.enrolled('bytes')
    const sent = twin.record(held('bk_1', 'sp_1', 1, 2), confirmed('bk_1'))
    const answer = await twin.send(sent, producer(0, 0))
    expect(answer.status).toBe(200)
    expect(headOf(answer)).toBe(`2:${twin.head.hash}`)
    const { rows } = await server.pool.query(
      `SELECT entry, hash FROM ledger_entries WHERE site_id = 'bytes' ORDER BY seq`,
    )
    expect(rows).toEqual(sent.map(({ text, hash }) => ({ entry: text, hash })))
  })

  it('takes a repeated request once, by producer and by entry', async () => {
    const twin = await server.enrolled('repeat')
    const first = twin.record(sensed('sp_1', true))
    await twin.send(first, producer(0, 0))
    const again = await twin.send(first, producer(0, 0))
    expect([again.status, headOf(again)]).toEqual([204, `1:${twin.head.hash}`])
    const overlapping = [...first, ...twin.record(sensed('sp_1', false))]
    const newRun = await twin.send(overlapping, producer(1, 0))
    expect([newRun.status, headOf(newRun)]).toEqual([200, `2:${twin.head.hash}`])
    expect(await storedSeqs('repeat')).toEqual([1, 2])
  })

  it('keeps one chain when many senders race with the same entries', async () => {
    const twin = await server.enrolled('race')
    const sent = twin.record(...Array.from({ length: 50 }, (_, at) => sensed('sp_1', at % 2 === 0)))
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, at) => twin.send(sent, producer(0, 0, `uploader-${at}`))),
    )
    expect(new Set(answers.map(headOf))).toEqual(new Set([`50:${twin.head.hash}`]))
    expect(await storedSeqs('race')).toHaveLength(50)
  })

  it('refuses a gap with the head and stores nothing of the request', async () => {
    const twin = await server.enrolled('gap')
    const [first, , third] = twin.record(sensed('a', true), sensed('b', true), sensed('c', true))
    const answer = await twin.send([first!, third!])
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'chain_gap' })
    expect(headOf(answer)).toMatch(/^0:/)
    expect(await storedSeqs('gap')).toEqual([])
  })

  it('sets a contradicting history aside and raises it', async () => {
    const twin = await server.enrolled('fork')
    await twin.send(twin.record(sensed('a', true), sensed('a', false)))
    const first = twin.sealAfter({ seq: 0, hash: '0'.repeat(64) }, 'space.sensed', {
      spaceId: 'z',
      occupied: true,
    })
    const answer = await twin.send([first])
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'chain_fork' })
    const wrongPrev = twin.sealAfter({ seq: 2, hash: 'f'.repeat(64) }, 'space.sensed', {
      spaceId: 'z',
      occupied: true,
    })
    expect(await (await twin.send([wrongPrev])).json()).toMatchObject({ code: 'chain_fork' })
    const aside = await server.pool.query(
      `SELECT seq, reason FROM quarantine WHERE site_id = 'fork' ORDER BY seq`,
    )
    expect(aside.rows).toEqual([
      { seq: 1, reason: 'fork' },
      { seq: 3, reason: 'fork' },
    ])
    expect(await storedSeqs('fork')).toEqual([1, 2])
    const next = await twin.send(twin.record(sensed('a', true)))
    expect(headOf(next)).toBe(`3:${twin.head.hash}`)
  })

  it('takes nothing of a chain that was tampered with, raises it, and goes on with the true one', async () => {
    const twin = await server.enrolled('tampered')
    await twin.send(twin.record(sensed('a', true)))
    const before = twin.head
    const [second, third] = twin.record(sensed('a', false), sensed('b', true))
    const altered = twin.sealAfter(before, 'space.sensed', { spaceId: 'a', occupied: true })
    const answer = await twin.send([altered, third!])
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'chain_fork' })
    expect(await storedSeqs('tampered')).toEqual([1])
    const { rows } = await server.pool.query(
      `SELECT kind, seq, state FROM exceptions WHERE site_id = 'tampered'`,
    )
    expect(rows).toEqual([{ kind: 'chain_fork', seq: 3, state: 'open' }])
    expect(headOf(await twin.send([second!, third!]))).toBe(`3:${twin.head.hash}`)
  })

  it('takes no entries of a life that its site never had', async () => {
    const twin = await server.enrolled('unlived')
    twin.incarnation = 2
    const [foreign] = twin.record(sensed('a', true))
    twin.incarnation = 1
    const answer = await twin.send([foreign!])
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'wrong_stream' }])
    expect(await storedSeqs('unlived')).toEqual([])
    twin.head = { seq: 0, hash: '0'.repeat(64) }
    expect((await twin.send(twin.record(sensed('a', true)))).status).toBe(204)
  })

  it('fences an older run of a producer and asks for skipped requests', async () => {
    const twin = await server.enrolled('runs')
    await twin.send(twin.record(sensed('a', true)), producer(3, 0))
    const stale = await twin.send(twin.record(sensed('a', false)), producer(2, 0))
    expect([stale.status, stale.headers.get('producer-epoch')]).toEqual([403, '3'])
    const skipped = await twin.send([], producer(3, 5))
    expect(skipped.status).toBe(400)
    const gap = await twin.send(twin.record(sensed('a', true)), producer(3, 5))
    expect([gap.status, gap.headers.get('producer-expected-seq')]).toEqual([409, '1'])
  })

  it.each([
    ['broken JSON', '[{', 400],
    ['an empty array', '[]', 400],
    ['something that is no entry', '[{"hello":1}]', 400],
    ['a number', '7', 400],
    ['a position in words', linked('a position in words', '"seq":"1"'), 400],
    ['a number beyond all bounds', linked('a number beyond all bounds', '"seq":1,"body":{"n":1e400}'), 400],
    ['too many bytes', `["${'x'.repeat(5 * 1024 * 1024)}"]`, 413],
  ])('refuses %s', async (name, body, status) => {
    const twin = await server.enrolled(siteOf(name))
    const answer = await twin.call(twin.streamUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  it('refuses entries of another site', async () => {
    const [twin, other] = [await server.enrolled('mine'), await server.enrolled('theirs')]
    const answer = await twin.send(other.record(sensed('a', true)))
    expect(await answer.json()).toMatchObject({ code: 'wrong_stream' })
  })
})

describe('reading a stream', () => {
  it('serves the stock client: append, read from the start, long-poll', async () => {
    const twin = await server.enrolled('stock')
    const stream = new DurableStream({
      url: twin.streamUrl,
      contentType: 'application/json',
      headers: { authorization: async () => `Bearer ${await twin.token()}` },
    })
    const uploader = new IdempotentProducer(stream, 'stock-uploader')
    const sent = twin.record(sensed('a', true), sensed('a', false))
    for (const { text } of sent) uploader.append(text)
    await uploader.flush()
    expect(await stream.head()).toMatchObject({ exists: true, offset: '0000000000000002' })
    const response = await stream.stream<object>({ live: false })
    expect(await response.json()).toEqual(sent.map(({ entry }) => entry))
    const waiting = twin.call(`${twin.streamUrl}?offset=${response.offset}&live=long-poll`)
    const [third] = twin.record(sensed('a', true))
    await twin.send([third!])
    const live = await waiting
    expect(live.headers.get('stream-up-to-date')).toBe('true')
    expect(await live.json()).toEqual([third!.entry])
  })

  it('refuses a malformed offset and creates idempotently', async () => {
    const twin = await server.enrolled('offsets')
    expect((await twin.call(`${twin.streamUrl}?offset=abc`)).status).toBe(400)
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' } }
    expect((await twin.call(twin.streamUrl, put)).status).toBe(200)
  })
})
