import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { inTransaction } from '@gatehouse/cloud/database/pool'
import { putRows } from '@gatehouse/cloud/directory/put-rows'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  callRaw,
  expectHealthy,
  expectProblem,
  expectRebuildEqual,
  leavingNothingInCloud,
} from './bad-calls.ts'
import { CloudBrowser } from './cloud-browser.ts'
import { attempts } from './fuzz-routes.ts'
import type { Member } from './member.ts'
import { SiteCaller } from './site-caller.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory, untilLive } from './story-world.ts'

const fuzzRunsPerRoute = 40
const clock = new SystemClock()
const book = '/api/v1/sites/harbour-house/bookings'

let world: StoryWorld
let member: Member
let browser: CloudBrowser

beforeAll(async () => {
  world = await startStory()
  member = await world.logIn('member@demo.example')
  browser = new CloudBrowser(world, member)
  await untilLive(member)
}, 60_000)

afterAll(async () => {
  await world?.stop()
})

const leavingNothing = (run: () => Promise<void>) => leavingNothingInCloud(world, run)

describe('sites that may not', () => {
  let own: SiteCaller
  let other: SiteCaller

  beforeAll(async () => {
    const { pool, url } = world.cloud
    const siteId = siteIdSchema.parse('quay-street')
    const { code } = await createEnrolmentCode(pool, systemRandom, {
      siteId,
      by: commandOrigin('test', clock.now().wallMs),
    })
    other = await SiteCaller.enrol(url, code)
    own = SiteCaller.of(url, world.edgeConfig.dataFolder)
  })

  test('a code is good once, and no other is good at all', () =>
    leavingNothing(async () => {
      const publicKey = 'A'.repeat(43)
      for (const code of ['ABCDEFGH', 'x'.repeat(64), '      ']) {
        const refused = await browser.post('/sync/v1/enrol', { code, publicKey, machine: 'm' })
        expectProblem(refused, 403, 'code_unknown')
      }
      const used = { code: world.edgeConfig.cloud.enrolmentCode, publicKey, machine: 'm' }
      expectProblem(await browser.post('/sync/v1/enrol', used), 409, 'code_used')
      for (const body of [
        {},
        { code: 1 },
        { code: 'ABC\u0000EFGH', publicKey, machine: 'm' },
        { code: 'ABCDEFGH', publicKey: 'short', machine: 'm' },
        [],
        null,
      ]) {
        expectProblem(await browser.post('/sync/v1/enrol', body), 422, 'invalid_request')
      }
    }))

  test('no token, garbage and a token under another name open nothing', () =>
    leavingNothing(async () => {
      const { url } = world.cloud
      const shape = "/shape?table=site_directory&where=site_id='harbour-house'&offset=-1"
      for (const authorization of [
        '',
        'Bearer',
        'Bearer x.y.z',
        `Bearer ${'A'.repeat(5_000)}`,
        'Basic eDp5',
      ]) {
        for (const [method, path] of [
          ['POST', '/handshake'],
          ['POST', '/heartbeat'],
          ['POST', own.stream],
          ['GET', own.stream],
          ['PUT', own.stream],
          ['GET', shape],
        ] as const) {
          const headers = { authorization, 'content-type': 'application/json' }
          const body = method === 'POST' ? { body: '{}' } : {}
          const answer = await callRaw(`${url}/sync/v1${path}`, { method, headers, ...body })
          expectProblem(answer, 401, 'site_token')
        }
      }
    }))

  test('the token of another site reads and writes nothing of this one, and is raised once for each flow', async () => {
    const shape = "/shape?table=site_directory&where=site_id='harbour-house'&offset=-1"
    const reach = async () => {
      for (const method of ['GET', 'PUT', 'POST']) {
        const body = method === 'POST' ? { body: '[]' } : {}
        expectProblem(await other.call(own.stream, { method, ...body }), 403, 'other_site')
      }
      expectProblem(await other.call(shape), 403, 'other_site')
    }
    await reach()
    const raised = await world.cloud.pool.query<{ about: string }>(
      `SELECT about FROM exceptions WHERE site_id = 'quay-street' AND kind = 'foreign_call' ORDER BY about`,
    )
    expect(raised.rows.map(({ about }) => about)).toEqual(['shape', 'stream'])
    await leavingNothing(async () => {
      await reach()
      const next = own.stream.replace(/\d+$/, (life) => String(Number(life) + 1))
      expectProblem(await own.call(next), 403, 'forbidden')
      for (const bad of [
        '',
        '?table=login_user',
        '?table=site_directory&where=1=1&offset=-1',
        `${shape}0x`,
      ]) {
        expectProblem(await own.call(bad.startsWith('/') ? bad : `/shape${bad}`), 400, 'shape_request')
      }
      const head = { seq: 0, hash: '0'.repeat(64) }
      const hands = { incarnation: 7, head, epoch: 1, rev: 0, version: 'x' }
      expectProblem(await other.post('/handshake', hands), 403, 'forbidden')
    })
  })

  test('entries of another site or life are refused and raised once', async () => {
    const bodies = [{ site: 'harbour-house' }, { incarnation: 9 }].map((change) => ({
      ...entry(other, 1),
      ...change,
    }))
    const send = async () => {
      for (const body of bodies) expectProblem(await other.post(other.stream, body), 400, 'wrong_stream')
    }
    await send()
    const raised = await world.cloud.pool.query(
      `SELECT FROM exceptions WHERE site_id = 'quay-street' AND kind = 'foreign_call' AND about = 'entries'`,
    )
    expect(raised.rowCount).toBe(1)
    await leavingNothing(send)
  })

  test('entries that are none are refused and the chain stays as it was', () =>
    leavingNothing(async () => {
      const bodies: [string, string][] = [
        ['{', 'malformed_json'],
        ['', 'empty'],
        ['[]', 'empty'],
        ['null', 'not_an_entry'],
        ['[1]', 'not_an_entry'],
        ['{"seq":1}', 'not_an_entry'],
        [JSON.stringify({ ...entry(other, 1), seq: 1e300 }), 'not_an_entry'],
      ]
      for (const [body, code] of bodies) expectProblem(await other.post(other.stream, body), 400, code)
      expectProblem(await other.post(other.stream, entry(other, 5)), 409, 'chain_gap')
      const type = { 'content-type': 'text/plain' }
      const plain = await other.call(other.stream, { method: 'POST', body: '[]', headers: type })
      expectProblem(plain, 409, 'content_type')
      const headers = { 'producer-id': 'p', 'producer-epoch': 'x', 'producer-seq': '-1' }
      const producer = await other.call(other.stream, { method: 'POST', body: '[]', headers })
      expectProblem(producer, 400, 'producer_headers')
      for (const query of ['?offset=x', '?offset=-5', '?live=sse&offset=-1', '?live=long-poll']) {
        expect((await other.call(`${other.stream}${query}`)).status, query).toBe(400)
      }
    }))

  test('entries with bytes and depths that no store likes break nothing', async () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown
    const nasty = [{ note: '\u0000' }, { note: '\ud800' }, { '\u0000': 1 }, { note: 1e308 }, { deep }]
    for (const body of nasty) {
      const text = `{"v":1,"site":"quay-street","incarnation":${other.identity.incarnation},"seq":1,"prev":"${'0'.repeat(
        64,
      )}","type":"x.y\\u0000","body":${'deep' in body ? `${'['.repeat(50_000)}${']'.repeat(50_000)}` : JSON.stringify(body)}}`
      const answer = await other.post(other.stream, text)
      expect(answer.status, answer.text.slice(0, 300)).toBeLessThan(500)
    }
    const incarnation = other.identity.incarnation
    const head = { seq: 0, hash: '0'.repeat(64) }
    const sums = {
      head,
      entries: 0,
      bookings: { '\u0000': 1 },
      takings: [],
      sessions: { open: 0, departed: 0, voided: 0 },
    }
    const health = {
      bootId: '\u0000',
      monotonicMs: 1e308,
      wallMs: 1,
      clockQuality: 'trusted',
      waiting: 2 ** 53 - 1,
    }
    const beat = {
      incarnation,
      version: '\ud800',
      ...health,
      devicesDown: ['\u0000'],
      selling: 'all',
      directory: { epoch: 1, rev: 0 },
      sums,
    }
    const answer = await other.post('/heartbeat', beat)
    expect(answer.status, answer.text).toBeLessThan(500)
    const hq = await world.logIn('hq@demo.example')
    for (const path of [
      '/hq/overview',
      '/hq/reconciliation',
      '/hq/sites/quay-street',
      '/hq/sites/quay-street/ledger',
    ]) {
      expect((await browser.call(`/api/v1${path}`, {}, hq.cookie)).status, path).toBe(200)
    }
    await expectHealthy(world.cloud.url)
  })

  test('anything at all sent to the doors of sites never breaks the cloud', async () => {
    const fields = [
      'incarnation',
      'head',
      'epoch',
      'rev',
      'version',
      'code',
      'publicKey',
      'machine',
      'sums',
      'seq',
    ]
    const paths = ['/enrol', '/handshake', '/heartbeat', other.stream]
    const known = ['quay-street', 'trusted', 'all', 1, 0]
    for (const path of paths) {
      const property = fc.asyncProperty(attempts({ path, fields }, known), async ({ body }) => {
        const answer = await other.post(path, JSON.stringify(body))
        expect(answer.status, answer.text).toBeLessThan(500)
        if (answer.status >= 400) expect(answer.type).toBe('application/problem+json')
      })
      await fc.assert(property, { numRuns: fuzzRunsPerRoute })
    }
    await expectHealthy(world.cloud.url)
  }, 60_000)

  function entry({ identity }: SiteCaller, seq: number) {
    const at = { wallMs: 1, bootId: 'b', monotonicMs: 1, quality: 'trusted' }
    const { siteId: site, incarnation } = identity
    const body = { version: 'x', incarnation: 1 }
    return {
      v: 1,
      site,
      incarnation,
      seq,
      prev: '0'.repeat(64),
      at,
      type: 'site.started',
      commandId: 'c',
      body,
    }
  }
})

describe('sites that cannot be reached', () => {
  test('a site known to be offline answers 503 before anything is written', async () => {
    const row = await world.cloud.pool.query<{ key: string }>(
      `SELECT key FROM site_directory WHERE site_id = 'quay-street' AND kind = 'space' ORDER BY key LIMIT 1`,
    )
    const spaceId = row.rows[0]?.key ?? ''
    await world.cloud.pool.query(`DELETE FROM site_health WHERE site_id = 'quay-street'`)
    await leavingNothing(async () => {
      const asked = { spaceId, ...anHourAhead(2) }
      const key = { 'idempotency-key': browser.nextKey() }
      expectProblem(
        await browser.post('/api/v1/sites/quay-street/bookings', asked, key),
        503,
        'site_unreachable',
      )
      // The key was not spent: nothing was decided.
      expectProblem(
        await browser.post('/api/v1/sites/quay-street/bookings', asked, key),
        503,
        'site_unreachable',
      )
    })
    const kept = await world.cloud.pool.query(
      'SELECT 1 FROM idempotency_key WHERE status >= 500 OR status IS NULL',
    )
    expect(kept.rowCount).toBe(0)
  })

  test('a hold that was written and not answered is pending, and settles by itself', async () => {
    const when = anHourAhead(8)
    const spaceId = await freeDesk(world, when)
    await world.network.cut()
    const key = { 'idempotency-key': browser.nextKey() }
    const pending = await browser.post(book, { spaceId, ...when }, key)
    expect(pending.status, pending.text).toBe(202)
    const { bookingId, status } = bookingViewSchema.parse(JSON.parse(pending.text))
    expect(status).toBe('pending')
    expect((await browser.post(book, { spaceId, ...when }, key)).text).toBe(pending.text)
    expectProblem(
      await browser.post(`/api/v1/bookings/${bookingId}/confirm`, { method: 'card' }),
      409,
      'still_pending',
    )
    await world.network.restore()
    await vi.waitFor(
      async () => {
        const found = bookingViewSchema.parse(
          JSON.parse((await browser.call(`/api/v1/bookings/${bookingId}`)).text),
        )
        expect(found.status).toBe('held')
      },
      { timeout: 20_000, interval: 200 },
    )
    const requests = await world.cloud.pool.query('SELECT 1 FROM booking_request WHERE booking_id = $1', [
      bookingId,
    ])
    expect(requests.rowCount).toBe(1)
    expect((await browser.post(`/api/v1/bookings/${bookingId}/cancel`, {})).status).toBe(200)
  }, 40_000)
})

describe('rows of a directory', () => {
  type Rows = Parameters<typeof putRows>[2]
  const siteId = siteIdSchema.parse('harbour-house')
  const member = (key: string, body: object | null) => [{ kind: 'member', key, body }] as unknown as Rows
  const put = (rows: Rows) => inTransaction(world.cloud.pool, (tx) => putRows(tx, siteId, rows))

  async function withSiteKey(key: string, run: () => Promise<unknown>): Promise<void> {
    const swap = (next: string) =>
      world.cloud.pool.query<{ before: string }>(
        `UPDATE site_secrets s SET site_key = $2 FROM site_secrets b
         WHERE s.site_id = $1 AND b.site_id = s.site_id RETURNING b.site_key AS before`,
        [siteId, next],
      )
    const { rows } = await swap(key)
    await run()
    await swap(rows[0]?.before ?? '')
  }

  async function reported(): Promise<{
    refused: number
    refusedRows: readonly object[]
    unreadable: readonly string[]
  }> {
    const hq = await world.logIn('hq@demo.example')
    const answer = await browser.call(`/api/v1/hq/sites/${siteId}/lives`, {}, hq.cookie)
    return JSON.parse(answer.text).directory
  }

  test('of an unknown kind or with a wrong digest are reported to HQ, and the ones behind them arrive', async () => {
    const before = (await reported()).refused
    const unknown = [{ kind: 'hologram', key: 'x', body: { beam: true } }] as unknown as Rows
    await put(unknown)
    const body = { displayName: 'Forged (demo)', vehicles: [] }
    await withSiteKey(Buffer.alloc(32, 9).toString('base64url'), () => put(member('m-forged', body)))
    await put(member('m-behind', { displayName: 'Behind (demo)', vehicles: [] }))
    const { directory } = world.edge().site ?? expect.fail('the site is not open')
    await vi.waitFor(() => expect(directory.get('member', 'm-behind')).toBeDefined(), 10_000)
    expect(directory.get('member', 'm-forged')).toBeUndefined()
    await vi.waitFor(
      async () => {
        const { refused, refusedRows, unreadable } = await reported()
        expect(unreadable).toEqual(['hologram/x'])
        expect(refusedRows).toEqual([{ row: 'member/m-forged', code: 'wrong_digest' }])
        expect(refused).toBeGreaterThan(before)
      },
      { timeout: 25_000, interval: 500 },
    )
    // Written with the true key it arrives.
    await put(member('m-forged', body))
    await vi.waitFor(() => expect(directory.get('member', 'm-forged')).toBeDefined(), 10_000)
    await put([
      ...member('m-forged', null),
      ...member('m-behind', null),
      { ...unknown[0], body: null } as never,
    ])
  }, 60_000)
})

describe('books that were tampered with', () => {
  interface Books {
    readonly state: string
    readonly lines: readonly { readonly what: string; readonly difference: number }[]
  }

  async function books(): Promise<Books> {
    const hq = await world.logIn('hq@demo.example')
    const answer = await browser.call('/api/v1/hq/reconciliation', {}, hq.cookie)
    const { items } = JSON.parse(answer.text) as { items: (Books & { siteId: string })[] }
    const found = items.find(({ siteId }) => siteId === 'harbour-house')
    if (!found) throw new RangeError('HQ does not see Harbour House')
    return found
  }

  test('show the line that differs, and agree again when the row is put right', async () => {
    const when = anHourAhead(9)
    const spaceId = await freeDesk(world, when)
    const held = await world.kiosk('/bookings', browser.nextKey(), { spaceId, ...when, guestName: 'Demo' })
    const booking = bookingViewSchema.parse(await held.json())
    const cash = { method: 'cash', tenderedMinor: booking.price.totalMinor }
    expect(
      (await world.kiosk(`/bookings/${booking.bookingId}/confirm`, browser.nextKey(), cash)).status,
    ).toBe(200)
    const soon = { timeout: 25_000, interval: 500 }
    const agree = () => vi.waitFor(async () => expect((await books()).state).toBe('equal'), soon)
    const alter = (byMinor: number) =>
      world.cloud.pool.query('UPDATE payments SET amount_minor = amount_minor + $2 WHERE booking_id = $1', [
        booking.bookingId,
        byMinor,
      ])
    // Before the payment has arrived the books agree as well.
    await vi.waitFor(async () => expect((await alter(0)).rowCount).toBe(1), soon)
    await agree()
    await alter(123)
    // Both sides are compared where they last stood at one entry: with the site's next report at the latest.
    await vi.waitFor(async () => expect((await books()).state).toBe('different'), soon)
    const wrong = (await books()).lines.filter(({ difference }) => difference !== 0)
    expect(wrong).toEqual([expect.objectContaining({ what: 'takings EUR cash', difference: 123 })])
    await alter(-123)
    await agree()
  }, 60_000)
})

test('after all of it the site that went on beside has equal books', async () => {
  await expectRebuildEqual(world)
  await expectHealthy(world.edgeUrl)
  await expectHealthy(world.cloud.url)
})
