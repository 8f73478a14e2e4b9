import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { ensureUser } from '@gatehouse/cloud/members/users'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPassword } from '../demo/world/people.ts'
import {
  callRaw,
  expectHealthy,
  expectProblem,
  expectRebuildEqual,
  leavingNothingInCloud,
} from './bad-calls.ts'
import { expectBearsBadSockets } from './bad-sockets.ts'
import { CloudBrowser } from './cloud-browser.ts'
import { attempts, pathOf, postRoutes } from './fuzz-routes.ts'
import type { Member } from './member.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory, untilLive } from './story-world.ts'

const fuzzRunsPerRoute = 40
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
  await ensureUser({ pool, auth, random: systemRandom }, user, commandOrigin('test', 0))
  return world.logIn(email)
}

describe('ids and times', () => {
  test('ids that nobody gave answer 404', () =>
    leavingNothing(async () => {
      const when = anHourAhead(2)
      expectProblem(
        await browser.post('/api/v1/sites/nowhere/bookings', { spaceId: 'x', ...when }),
        404,
        'not_found',
      )
      expectProblem(await browser.post(book, { spaceId: 'no-such-desk', ...when }), 404, 'space_unknown')
      for (const [verb, body] of [
        ['confirm', { method: 'card' }],
        ['cancel', {}],
      ] as const) {
        const unknown = await browser.post(`/api/v1/bookings/bk_0000000000000000000000000/${verb}`, body)
        expectProblem(unknown, 404, 'unknown_booking')
      }
      const paths = ['/sites/nowhere', '/sites/nowhere/plan', '/nothing', '/sites/%00', '/sites/%E0%A4%A']
      for (const path of [...paths, `/sites/${'x'.repeat(300)}`, "/sites/'--"]) {
        expectProblem(await browser.call(`/api/v1${path}`), 404, 'not_found')
      }
      const spaces = '/api/v1/sites/harbour-house/spaces'
      expect((await browser.call(`${spaces}/nowhere/day?date=2026-11-20`)).status).toBe(404)
      expect((await browser.call('/api/v1/bookings/bk_0000000000000000000000000')).status).toBe(404)
    }))

  test('reversed, empty, past, far ahead and overlong holds are refused before anything is written', () =>
    leavingNothing(async () => {
      const { fromMs, toMs } = anHourAhead(3)
      const spaceId = await freeDesk(world, { fromMs, toMs })
      const hold = (from: number, to: number) => browser.post(book, { spaceId, fromMs: from, toMs: to })
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
        const answer = await browser.call(`/api/v1/${query}`, {}, hq.cookie)
        expect([400, 404, 422], `${query} ${answer.text}`).toContain(answer.status)
        expect(answer.type).toBe('application/problem+json')
      }
      expect((await browser.call('/api/v1/sites?text=%00%27', {}, hq.cookie)).status).toBe(200)
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
        const refused = await browser.post(book, { ...right, [field]: value })
        expectProblem(refused, 422, 'invalid_request')
        const { issues } = JSON.parse(refused.text) as { issues: { path: string }[] }
        expect(issues.map(({ path }) => path)).toContain(field)
      }
      for (const body of [null, [], 7, 'text', {}]) {
        expectProblem(await browser.post(book, JSON.stringify(body)), 422, 'invalid_request')
      }
    }))

  test('broken JSON and other media types are refused', () =>
    leavingNothing(async () => {
      for (const body of ['', '{', '{"a":1}}', '\u0000', 'NaN', '[1,]']) {
        expectProblem(await browser.post(book, body), 400, 'malformed_json')
        for (const path of ['/sync/v1/enrol', '/api/auth/sign-in/email']) {
          const answer = await browser.post(path, body)
          expect([400, 415, 422], `${path} ${answer.text}`).toContain(answer.status)
          expect(answer.type).toBe('application/problem+json')
        }
      }
      for (const type of ['text/plain', 'application/xml', 'multipart/form-data']) {
        for (const path of [book, '/api/auth/sign-in/email']) {
          expectProblem(
            await browser.post(path, '{"spaceId":"x"}', { 'content-type': type }),
            415,
            'not_json',
          )
        }
      }
    }))

  test('oversized bodies answer 413, with a length and without one', () =>
    leavingNothing(async () => {
      const body = JSON.stringify({ email: 'x'.repeat(5_000_000), password: 'x' })
      for (const path of [book, '/api/auth/sign-in/email', '/sync/v1/enrol', '/sync/v1/heartbeat']) {
        for (const chunked of [false, true]) {
          const given = { method: 'POST', body, chunked }
          expectProblem(await browser.call(path, given), 413, 'too_large')
        }
      }
    }))

  test('deeply nested JSON is refused without harm', () =>
    leavingNothing(async () => {
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
      expectProblem(await browser.post(book, deep), 422, 'invalid_request')
      expectProblem(await browser.post(book, `{"spaceId":${deep}}`), 422, 'invalid_request')
    }))
})

describe('replays', () => {
  test('one key answers the same, refuses another body, and remembers in another process', async () => {
    const when = anHourAhead(5)
    const body = { spaceId: await freeDesk(world, when), ...when }
    const key = { 'idempotency-key': browser.nextKey() }
    const first = await browser.post(book, body, key)
    expect(first.status).toBe(201)
    const { bookingId } = bookingViewSchema.parse(JSON.parse(first.text))
    await leavingNothing(async () => {
      expect((await browser.post(book, body, key)).text).toBe(first.text)
      expectProblem(await browser.post(book, { ...body, toMs: body.toMs + 1 }, key), 422, 'key_reused')
      expectProblem(await browser.post(`/api/v1/bookings/${bookingId}/cancel`, {}, key), 422, 'key_reused')
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
        expectProblem(await browser.post(book, body, { 'idempotency-key': wrong }), 400, 'key_required')
      }
    })
    expect((await browser.post(`/api/v1/bookings/${bookingId}/cancel`, {})).status).toBe(200)
  })
})

describe('people who may not', () => {
  const everything = ['/me', '/sites', '/sites/harbour-house', '/bookings', '/live', '/hq/overview']

  test('without a login, or with a made-up one, are asked to log in', () =>
    leavingNothing(async () => {
      const made = member.cookie.replace(/=.{10}/, '=AAAAAAAAAA')
      for (const cookie of ['', 'gatehouse.session_token=x', made, member.cookie.slice(0, -5)]) {
        for (const path of everything) {
          expectProblem(await browser.call(`/api/v1${path}`, {}, cookie), 401, 'unauthenticated')
        }
        const hold = { method: 'POST', body: '{}' }
        expectProblem(await browser.call(book, hold, cookie), 401, 'unauthenticated')
      }
      const wrong = await browser.post('/api/auth/sign-in/email', {
        email: 'member@demo.example',
        password: 'wrong-one-1',
      })
      expectProblem(wrong, 401, 'wrong_login')
      const nobody = await browser.post('/api/auth/sign-in/email', {
        email: 'no\u0000body@x.y',
        password: 'wrong-one-1',
      })
      expectProblem(nobody, 422, 'invalid_request')
      const email = 'eve@demo.example'
      const eve = await browser.post('/api/auth/sign-up/email', {
        email,
        password: 'long-enough-1',
        name: 'Eve',
      })
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
        expectProblem(await browser.call(`/api/v1${path}`), 403, 'forbidden')
      }
      for (const path of one)
        expectProblem(await browser.call(`/api/v1${path}`, {}, manager.cookie), 404, 'not_found')
      const seen = await browser.call('/api/v1/hq/reconciliation', {}, manager.cookie)
      expect(seen.text).not.toContain('harbour-house')
      expect((await browser.call('/api/v1/hq/overview', {}, manager.cookie)).text).not.toContain(
        'harbour-house',
      )
      const hold = { method: 'POST', body: JSON.stringify({ spaceId: 'desk-01', ...anHourAhead(2) }) }
      expectProblem(await browser.call(book, hold, manager.cookie), 403, 'not_a_member')
    }))

  test('another member cannot touch a booking', async () => {
    const other = await logInAnother()
    const when = anHourAhead(6)
    const held = await browser.post(book, { spaceId: await freeDesk(world, when), ...when })
    const { bookingId } = bookingViewSchema.parse(JSON.parse(held.text))
    await leavingNothing(async () => {
      for (const verb of ['confirm', 'cancel']) {
        const given = { method: 'POST', body: '{"method":"card"}' }
        const refused = await browser.call(`/api/v1/bookings/${bookingId}/${verb}`, given, other.cookie)
        expectProblem(refused, 404, 'unknown_booking')
      }
      expect((await browser.call(`/api/v1/bookings/${bookingId}`, {}, other.cookie)).status).toBe(404)
    })
    expect((await browser.post(`/api/v1/bookings/${bookingId}/cancel`, {})).status).toBe(200)
  })

  test('another website, an opaque origin and a foreign host are refused', () =>
    leavingNothing(async () => {
      for (const origin of ['http://evil.example', 'null', 'garbage', 'http://127.0.0.1:1']) {
        expectProblem(await browser.post(book, {}, { origin }), 403, 'wrong_origin')
        const socket = { origin, upgrade: 'websocket', connection: 'Upgrade' }
        expect((await browser.call('/api/v1/live', { headers: socket })).status).toBe(403)
        expectProblem(await browser.post('/api/auth/sign-in/email', {}, { origin }), 403, 'wrong_origin')
        expectProblem(await browser.post('/api/auth/sign-out', {}, { origin }), 403, 'wrong_origin')
      }
      for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1']) {
        expectProblem(await browser.call('/api/v1/me', { headers: { host } }), 421, 'wrong_host')
      }
    }))
})

test('screens that say nonsense, too much or nothing disturb nobody', () =>
  leavingNothing(() => {
    const { url } = world.cloud
    return expectBearsBadSockets(`${url}/api/v1/live`, { cookie: member.cookie, origin: url })
  }))

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
      // One of the routes logs out.
      const own = new CloudBrowser(world, await world.logIn('member@demo.example'))
      const property = fc.asyncProperty(attempts(route, known), async (attempt) => {
        const path = pathOf(route, attempt)
        const answer = await own.post(path, JSON.stringify(attempt.body))
        expect(answer.status, `${path} ${answer.text}`).toBeLessThan(500)
        if (answer.status >= 400) expect(answer.type, answer.text).toBe('application/problem+json')
      })
      await fc.assert(property, { numRuns: fuzzRunsPerRoute })
    }
    await expectHealthy(world.cloud.url)
  }, 120_000)
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

test('after all of it the site that went on beside has equal books', async () => {
  await expectRebuildEqual(world)
  await expectHealthy(world.edgeUrl)
  await expectHealthy(world.cloud.url)
})
