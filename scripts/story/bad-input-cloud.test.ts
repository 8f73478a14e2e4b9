import { ensureUser } from '@gatehouse/cloud/members/users'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { demoPassword } from '../demo/world/people.ts'
import {
  type Answer,
  type BadCall,
  callRaw,
  cloudRows,
  expectHealthy,
  expectProblem,
  expectRebuildEqual,
} from './bad-calls.ts'
import { attempts, pathOf, postRoutes } from './fuzz-routes.ts'
import type { Member } from './member.ts'
import { SiteCaller } from './site-caller.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory } from './story-world.ts'

const fuzzRunsPerRoute = 60
const clock = new SystemClock()
const book = '/api/v1/sites/harbour-house/bookings'

let world: StoryWorld
let member: Member
let keys = 0

beforeAll(async () => {
  world = await startStory()
  member = await world.logIn('member@demo.example')
  await vi.waitFor(async () => expect(await linkState()).toBe('live'), 15_000)
}, 60_000)

afterAll(async () => {
  await world?.stop()
})

async function linkState(): Promise<string> {
  const site = (await (await member.get('/sites/harbour-house')).json()) as { link: { state: string } }
  return site.link.state
}

function nextKey(): string {
  keys += 1
  return `bad-cloud-${keys}`
}

/** Calls the cloud as the member's browser does. */
function call(path: string, given: BadCall = {}, cookie = member.cookie): Promise<Answer> {
  const origin = world.cloud.url
  const headers = { cookie, origin, 'content-type': 'application/json', 'idempotency-key': nextKey() }
  return callRaw(`${world.cloud.url}${path}`, { ...given, headers: { ...headers, ...given.headers } })
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return call(path, { method: 'POST', body: text, headers })
}

/** Runs refused calls and proves that the cloud holds exactly what it held before, and lives. */
async function leavingNothing(run: () => Promise<void>): Promise<void> {
  const before = await cloudRows(world)
  await run()
  expect(await cloudRows(world)).toEqual(before)
  await expectHealthy(world.cloud.url)
}

/** A second member who may log in. */
async function logInAnother(): Promise<Member> {
  const email = 'bo@demo.example'
  const { pool, auth } = world.cloud
  const user = {
    email,
    password: demoPassword,
    role: 'member',
    displayName: 'Bo (demo)',
    memberId: 'm-02',
  } as const
  await ensureUser({ pool, auth, random: systemRandom }, user)
  return world.logIn(email)
}

describe('ids and times', () => {
  test('ids that nobody gave answer 404', () =>
    leavingNothing(async () => {
      const when = anHourAhead(2)
      expectProblem(await post('/api/v1/sites/nowhere/bookings', { spaceId: 'x', ...when }), 404, 'not_found')
      expectProblem(await post(book, { spaceId: 'no-such-desk', ...when }), 404, 'space_unknown')
      for (const [verb, body] of [
        ['confirm', { method: 'card' }],
        ['cancel', {}],
      ] as const) {
        const unknown = await post(`/api/v1/bookings/bk_0000000000000000000000000/${verb}`, body)
        expectProblem(unknown, 404, 'unknown_booking')
      }
      const paths = ['/sites/nowhere', '/sites/nowhere/plan', '/nothing', '/sites/%00', '/sites/%E0%A4%A']
      for (const path of [...paths, `/sites/${'x'.repeat(300)}`, "/sites/'--"]) {
        expectProblem(await call(`/api/v1${path}`), 404, 'not_found')
      }
      const spaces = '/api/v1/sites/harbour-house/spaces'
      expect((await call(`${spaces}/nowhere/day?date=2026-11-20`)).status).toBe(404)
      expect((await call('/api/v1/bookings/bk_0000000000000000000000000')).status).toBe(404)
    }))

  test('reversed, empty, past, far ahead and overlong holds are refused before anything is written', () =>
    leavingNothing(async () => {
      const { fromMs, toMs } = anHourAhead(3)
      const spaceId = await freeDesk(world, { fromMs, toMs })
      const hold = (from: number, to: number) => post(book, { spaceId, fromMs: from, toMs: to })
      const day = 86_400_000
      expectProblem(await hold(toMs, fromMs), 422, 'reversed')
      expectProblem(await hold(fromMs, fromMs), 422, 'reversed')
      expectProblem(await hold(fromMs - 30 * day, toMs - 30 * day), 422, 'in_the_past')
      expectProblem(await hold(fromMs + 5_000 * day, toMs + 5_000 * day), 422, 'too_far_ahead')
      expectProblem(await hold(fromMs, toMs + 5_000 * day), 422, 'too_long')
    }))

  test('plans, days, ledgers and hours of any interval are answered or refused at once', () =>
    leavingNothing(async () => {
      const hq = await world.logIn('hq@demo.example')
      const most = Number.MAX_SAFE_INTEGER
      const queries = [
        ...[
          `fromMs=0&toMs=${most}`,
          'fromMs=5&toMs=5',
          'fromMs=9&toMs=5',
          'fromMs=a',
          'toMs=',
          'fromMs=-1',
        ].map((query) => `sites/harbour-house/plan?${query}`),
        ...['0000-00-00', '2026-02-30', 'x', '', '999999-01-01'].map(
          (date) => `sites/harbour-house/spaces/desk-01/day?date=${date}`,
        ),
        ...['beforeSeq=0', 'beforeSeq=1e99', 'limit=0', 'limit=501', "type='", 'type=%00', 'format=xml'].map(
          (query) => `hq/sites/harbour-house/ledger?${query}`,
        ),
        ...['hours=0', 'hours=1e9', 'toMs=-1', 'toMs=1e300'].map(
          (query) => `hq/sites/harbour-house/hours?${query}`,
        ),
        `sites?text=${'x'.repeat(101)}`,
      ]
      for (const query of queries) {
        const answer = await call(`/api/v1/${query}`, {}, hq.cookie)
        expect([400, 404, 422], `${query} ${answer.text}`).toContain(answer.status)
        expect(answer.type).toBe('application/problem+json')
      }
      expect((await call('/api/v1/sites?text=%00%27', {}, hq.cookie)).status).toBe(200)
    }))
})

describe('bodies that are wrong', () => {
  test('wrong types are refused with the name of the field', () =>
    leavingNothing(async () => {
      const when = anHourAhead(2)
      const right = { spaceId: await freeDesk(world, when), ...when }
      const wrong: [string, unknown][] = [
        ['spaceId', 7],
        ['spaceId', 'has a space'],
        ['spaceId', '\u0000'],
        ['fromMs', String(when.fromMs)],
        ['fromMs', 0.5],
        ['toMs', 1e300],
        ['toMs', null],
      ]
      for (const [field, value] of wrong) {
        const refused = await post(book, { ...right, [field]: value })
        expectProblem(refused, 422, 'invalid_request')
        const { issues } = JSON.parse(refused.text) as { issues: { path: string }[] }
        expect(issues.map(({ path }) => path)).toContain(field)
      }
      for (const body of [null, [], 7, 'text', {}]) {
        expectProblem(await post(book, JSON.stringify(body)), 422, 'invalid_request')
      }
    }))

  test('broken JSON and other media types are refused', () =>
    leavingNothing(async () => {
      for (const body of ['', '{', '{"a":1}}', '\u0000', 'NaN', '[1,]']) {
        expectProblem(await post(book, body), 400, 'malformed_json')
        for (const path of ['/sync/v1/enrol', '/api/auth/sign-in/email']) {
          const answer = await post(path, body)
          expect([400, 415, 422], `${path} ${answer.text}`).toContain(answer.status)
          expect(answer.type).toBe('application/problem+json')
        }
      }
      for (const type of ['text/plain', 'application/xml', 'multipart/form-data']) {
        for (const path of [book, '/api/auth/sign-in/email']) {
          expectProblem(await post(path, '{"spaceId":"x"}', { 'content-type': type }), 415, 'not_json')
        }
      }
    }))

  test('oversized bodies answer 413, with a length and without one', () =>
    leavingNothing(async () => {
      const body = JSON.stringify({ email: 'x'.repeat(5_000_000), password: 'x' })
      for (const path of [book, '/api/auth/sign-in/email', '/sync/v1/enrol', '/sync/v1/heartbeat']) {
        for (const chunked of [false, true]) {
          const given = { method: 'POST', body, chunked }
          expectProblem(await call(path, given), 413, 'too_large')
        }
      }
    }))

  test('deeply nested JSON is refused without harm', () =>
    leavingNothing(async () => {
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
      expectProblem(await post(book, deep), 422, 'invalid_request')
      expectProblem(await post(book, `{"spaceId":${deep}}`), 422, 'invalid_request')
    }))
})

describe('replays', () => {
  test('one key answers the same, refuses another body, and remembers in another process', async () => {
    const when = anHourAhead(5)
    const body = { spaceId: await freeDesk(world, when), ...when }
    const key = { 'idempotency-key': nextKey() }
    const first = await post(book, body, key)
    expect(first.status).toBe(201)
    const { bookingId } = bookingViewSchema.parse(JSON.parse(first.text))
    await leavingNothing(async () => {
      expect((await post(book, body, key)).text).toBe(first.text)
      expectProblem(await post(book, { ...body, toMs: body.toMs + 1 }, key), 422, 'key_reused')
      expectProblem(await post(`/api/v1/bookings/${bookingId}/cancel`, {}, key), 422, 'key_reused')
      const other = await world.startAnotherCloud({})
      try {
        const there = `${other.url}${book}`
        const headers = {
          cookie: member.cookie,
          origin: other.url,
          'content-type': 'application/json',
          ...key,
        }
        const again = await callRaw(there, { method: 'POST', headers, body: JSON.stringify(body) })
        expect([again.status, again.text]).toEqual([201, first.text])
        const changed = JSON.stringify({ ...body, toMs: body.toMs + 1 })
        expectProblem(await callRaw(there, { method: 'POST', headers, body: changed }), 422, 'key_reused')
      } finally {
        await other.stop()
      }
      for (const wrong of ['', 'short', 'x'.repeat(65), 'has a space']) {
        expectProblem(await post(book, body, { 'idempotency-key': wrong }), 400, 'key_required')
      }
    })
    expect((await post(`/api/v1/bookings/${bookingId}/cancel`, {})).status).toBe(200)
  })
})

describe('people who may not', () => {
  const everything = ['/me', '/sites', '/sites/harbour-house', '/bookings', '/live', '/hq/overview']

  test('without a login, or with a made-up one, are asked to log in', () =>
    leavingNothing(async () => {
      const made = member.cookie.replace(/=.{10}/, '=AAAAAAAAAA')
      for (const cookie of ['', 'gatehouse.session_token=x', made, member.cookie.slice(0, -5)]) {
        for (const path of everything) {
          expectProblem(await call(`/api/v1${path}`, {}, cookie), 401, 'unauthenticated')
        }
        const hold = { method: 'POST', body: '{}' }
        expectProblem(await call(book, hold, cookie), 401, 'unauthenticated')
      }
      const wrong = await post('/api/auth/sign-in/email', {
        email: 'member@demo.example',
        password: 'wrong-one-1',
      })
      expectProblem(wrong, 401, 'wrong_login')
      const nobody = await post('/api/auth/sign-in/email', {
        email: 'no\u0000body@x.y',
        password: 'wrong-one-1',
      })
      expectProblem(nobody, 422, 'invalid_request')
      const email = 'eve@demo.example'
      const eve = await post('/api/auth/sign-up/email', { email, password: 'long-enough-1', name: 'Eve' })
      expect([400, 403, 404, 422], eve.text).toContain(eve.status)
      expect(eve.type).toBe('application/problem+json')
    }))

  test('a member sees nothing of HQ, a manager nothing of another site', () =>
    leavingNothing(async () => {
      const manager = await world.logIn('garage@demo.example')
      const one = [
        '/hq/sites/harbour-house',
        '/hq/sites/harbour-house/ledger',
        '/hq/sites/harbour-house/hours',
      ]
      for (const path of ['/hq/overview', '/hq/reconciliation', ...one]) {
        expectProblem(await call(`/api/v1${path}`), 403, 'forbidden')
      }
      for (const path of one)
        expectProblem(await call(`/api/v1${path}`, {}, manager.cookie), 404, 'not_found')
      const seen = await call('/api/v1/hq/reconciliation', {}, manager.cookie)
      expect(seen.text).not.toContain('harbour-house')
      expect((await call('/api/v1/hq/overview', {}, manager.cookie)).text).not.toContain('harbour-house')
      const hold = { method: 'POST', body: JSON.stringify({ spaceId: 'desk-01', ...anHourAhead(2) }) }
      expectProblem(await call(book, hold, manager.cookie), 403, 'not_a_member')
    }))

  test('another member cannot touch a booking', async () => {
    const other = await logInAnother()
    const when = anHourAhead(6)
    const held = await post(book, { spaceId: await freeDesk(world, when), ...when })
    const { bookingId } = bookingViewSchema.parse(JSON.parse(held.text))
    await leavingNothing(async () => {
      for (const verb of ['confirm', 'cancel']) {
        const given = { method: 'POST', body: '{"method":"card"}' }
        const refused = await call(`/api/v1/bookings/${bookingId}/${verb}`, given, other.cookie)
        expectProblem(refused, 404, 'unknown_booking')
      }
      expect((await call(`/api/v1/bookings/${bookingId}`, {}, other.cookie)).status).toBe(404)
    })
    expect((await post(`/api/v1/bookings/${bookingId}/cancel`, {})).status).toBe(200)
  })

  test('another website, an opaque origin and a foreign host are refused', () =>
    leavingNothing(async () => {
      for (const origin of ['http://evil.example', 'null', 'garbage', 'http://127.0.0.1:1']) {
        expectProblem(await post(book, {}, { origin }), 403, 'wrong_origin')
        const socket = { origin, upgrade: 'websocket', connection: 'Upgrade' }
        expect((await call('/api/v1/live', { headers: socket })).status).toBe(403)
        expectProblem(await post('/api/auth/sign-in/email', {}, { origin }), 403, 'wrong_origin')
        expectProblem(await post('/api/auth/sign-out', {}, { origin }), 403, 'wrong_origin')
      }
      for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1']) {
        expectProblem(await call('/api/v1/me', { headers: { host } }), 421, 'wrong_host')
      }
    }))
})

describe('sites that may not', () => {
  let own: SiteCaller
  let other: SiteCaller

  beforeAll(async () => {
    const { pool, url } = world.cloud
    const siteId = siteIdSchema.parse('quay-street')
    const { code } = await createEnrolmentCode(pool, systemRandom, { siteId, nowMs: clock.now().wallMs })
    other = await SiteCaller.enrol(url, code)
    own = SiteCaller.of(url, world.edgeConfig.dataFolder)
  })

  test('a code is good once, and no other is good at all', () =>
    leavingNothing(async () => {
      const publicKey = 'A'.repeat(43)
      for (const code of ['ABCDEFGH', 'x'.repeat(64), '      ']) {
        const refused = await post('/sync/v1/enrol', { code, publicKey, machine: 'm' })
        expectProblem(refused, 403, 'code_unknown')
      }
      const used = { code: world.edgeConfig.cloud.enrolmentCode, publicKey, machine: 'm' }
      expectProblem(await post('/sync/v1/enrol', used), 409, 'code_used')
      for (const body of [
        {},
        { code: 1 },
        { code: 'ABC\u0000EFGH', publicKey, machine: 'm' },
        { code: 'ABCDEFGH', publicKey: 'short', machine: 'm' },
        [],
        null,
      ]) {
        expectProblem(await post('/sync/v1/enrol', body), 422, 'invalid_request')
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

  test('the token of another site reads and writes nothing of this one', () =>
    leavingNothing(async () => {
      for (const method of ['GET', 'PUT', 'POST']) {
        const body = method === 'POST' ? { body: '[]' } : {}
        expectProblem(await other.call(own.stream, { method, ...body }), 403, 'forbidden')
      }
      const next = own.stream.replace(/\d+$/, (life) => String(Number(life) + 1))
      expectProblem(await own.call(next), 403, 'forbidden')
      const shape = "/shape?table=site_directory&where=site_id='harbour-house'&offset=-1"
      expectProblem(await other.call(shape), 403, 'forbidden')
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
    }))

  test('entries that are none are refused and the chain stays as it was', () =>
    leavingNothing(async () => {
      const bodies: [string, string][] = [
        ['{', 'malformed_json'],
        ['', 'malformed_json'],
        ['[]', 'empty'],
        ['null', 'not_an_entry'],
        ['[1]', 'not_an_entry'],
        ['{"seq":1}', 'not_an_entry'],
        [JSON.stringify({ ...entry(other, 1), site: 'harbour-house' }), 'wrong_stream'],
        [JSON.stringify({ ...entry(other, 1), incarnation: 9 }), 'wrong_stream'],
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
    const nasty = [{ note: '\u0000' }, { note: '\ud800' }, { ['\u0000']: 1 }, { note: 1e308 }, { deep }]
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
      expect((await call(`/api/v1${path}`, {}, hq.cookie)).status, path).toBe(200)
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

describe('anything at all', () => {
  test('sent to any POST route, or to the log-in, never breaks the cloud', async () => {
    const when = anHourAhead(7)
    const known = [await freeDesk(world, when), 'harbour-house', when.fromMs, when.toMs]
    const routes = await postRoutes(world.cloud.url)
    expect(routes.length).toBeGreaterThanOrEqual(3)
    const logIn = {
      path: '/api/auth/sign-in/email',
      fields: ['email', 'password', 'rememberMe', 'callbackURL'],
    }
    const others = [
      '/api/auth/sign-up/email',
      '/api/auth/update-user',
      '/api/auth/change-password',
      '/api/auth/{id}',
    ]
    for (const route of [
      ...routes,
      logIn,
      ...others.map((path) => ({ path, fields: ['name', 'image', 'token'] })),
    ]) {
      const property = fc.asyncProperty(attempts(route, known), async (attempt) => {
        const path = pathOf(route, attempt)
        const answer = await post(path, JSON.stringify(attempt.body))
        expect(answer.status, `${path} ${answer.text}`).toBeLessThan(500)
        if (answer.status >= 400) expect(answer.type, answer.text).toBe('application/problem+json')
      })
      await fc.assert(property, { numRuns: fuzzRunsPerRoute })
    }
    await expectHealthy(world.cloud.url)
  }, 60_000)
})

describe('floods', () => {
  test('answer 429 with Retry-After to the one who floods; others are served', async () => {
    const manager = await world.logIn('garage@demo.example')
    const small = { perSecond: 0.5, burst: 20 }
    const other = await world.startAnotherCloud({ perUser: small, perLogIn: { perSecond: 0.01, burst: 3 } })
    const me = (cookie: string) => callRaw(`${other.url}/api/v1/me`, { headers: { cookie } })
    try {
      const flood = await Promise.all(Array.from({ length: 60 }, () => me(member.cookie)))
      const refused = flood.filter(({ status }) => status !== 200)
      expect(refused.length).toBeGreaterThan(20)
      for (const answer of refused) expectProblem(answer, 429, 'too_many_requests')
      expect((await me(manager.cookie)).status).toBe(200)
      const headers = { origin: other.url, 'content-type': 'application/json' }
      const body = JSON.stringify({ email: 'hq@demo.example', password: 'a-wrong-guess' })
      const guess = () => callRaw(`${other.url}/api/auth/sign-in/email`, { method: 'POST', headers, body })
      const guesses = [await guess(), await guess(), await guess(), await guess()]
      expect(guesses.map(({ status }) => status)).toEqual([401, 401, 401, 429])
      const publicKey = 'A'.repeat(43)
      const code = JSON.stringify({ code: 'GUESS-ME', publicKey, machine: 'm' })
      const enrol = () => callRaw(`${other.url}/sync/v1/enrol`, { method: 'POST', headers, body: code })
      const codes = await Promise.all(Array.from({ length: 10 }, enrol))
      expect(codes.filter(({ status }) => status === 429).length).toBeGreaterThan(5)
      expect((await me(manager.cookie)).status).toBe(200)
    } finally {
      await other.stop()
    }
  })

  test('from one address do not keep another address out', async () => {
    const other = await world.startAnotherCloud({ perAddress: { perSecond: 0.5, burst: 20 } })
    const from = (localAddress: string) => callRaw(`${other.url}/openapi.json`, { localAddress })
    try {
      const flood = await Promise.all(Array.from({ length: 40 }, () => from('127.0.0.1')))
      expect(flood.filter(({ status }) => status === 429).length).toBeGreaterThan(10)
      expect((await from('127.0.0.2')).status).toBe(200)
      await expectHealthy(other.url)
    } finally {
      await other.stop()
    }
  })
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
      const key = { 'idempotency-key': nextKey() }
      expectProblem(await post('/api/v1/sites/quay-street/bookings', asked, key), 503, 'site_unreachable')
      // The key was not spent: nothing was decided.
      expectProblem(await post('/api/v1/sites/quay-street/bookings', asked, key), 503, 'site_unreachable')
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
    const key = { 'idempotency-key': nextKey() }
    const pending = await post(book, { spaceId, ...when }, key)
    expect(pending.status, pending.text).toBe(202)
    const { bookingId, status } = bookingViewSchema.parse(JSON.parse(pending.text))
    expect(status).toBe('pending')
    expect((await post(book, { spaceId, ...when }, key)).text).toBe(pending.text)
    expectProblem(
      await post(`/api/v1/bookings/${bookingId}/confirm`, { method: 'card' }),
      409,
      'still_pending',
    )
    await world.network.restore()
    await vi.waitFor(
      async () => {
        const found = bookingViewSchema.parse(JSON.parse((await call(`/api/v1/bookings/${bookingId}`)).text))
        expect(found.status).toBe('held')
      },
      { timeout: 20_000, interval: 200 },
    )
    const requests = await world.cloud.pool.query('SELECT 1 FROM booking_request WHERE booking_id = $1', [
      bookingId,
    ])
    expect(requests.rowCount).toBe(1)
    expect((await post(`/api/v1/bookings/${bookingId}/cancel`, {})).status).toBe(200)
  }, 40_000)
})

describe('books that were tampered with', () => {
  interface Books {
    readonly state: string
    readonly lines: readonly { readonly what: string; readonly difference: number }[]
  }

  async function books(): Promise<Books> {
    const hq = await world.logIn('hq@demo.example')
    const answer = await call('/api/v1/hq/reconciliation', {}, hq.cookie)
    const { items } = JSON.parse(answer.text) as { items: (Books & { siteId: string })[] }
    const found = items.find(({ siteId }) => siteId === 'harbour-house')
    if (!found) throw new RangeError('HQ does not see Harbour House')
    return found
  }

  test('show the line that differs, and agree again when the row is put right', async () => {
    const when = anHourAhead(9)
    const spaceId = await freeDesk(world, when)
    const held = await world.kiosk('/bookings', nextKey(), { spaceId, ...when, guestName: 'Demo' })
    const booking = bookingViewSchema.parse(await held.json())
    const cash = { method: 'cash', tenderedMinor: booking.price.totalMinor }
    expect((await world.kiosk(`/bookings/${booking.bookingId}/confirm`, nextKey(), cash)).status).toBe(200)
    const soon = { timeout: 25_000, interval: 500 }
    const agree = () => vi.waitFor(async () => expect((await books()).state).toBe('equal'), soon)
    await agree()
    const alter = (byMinor: number) =>
      world.cloud.pool.query('UPDATE payments SET amount_minor = amount_minor + $2 WHERE booking_id = $1', [
        booking.bookingId,
        byMinor,
      ])
    expect((await alter(123)).rowCount).toBe(1)
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
