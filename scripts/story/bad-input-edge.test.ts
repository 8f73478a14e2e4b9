import { bookingViewSchema } from '@gatehouse/shared/api/views'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  type BadCall,
  callRaw,
  expectHealthy,
  expectProblem,
  expectRebuildEqual,
  siteRows,
} from './bad-calls.ts'
import { expectBearsBadSockets } from './bad-sockets.ts'
import { attempts, pathOf, postRoutes } from './fuzz-routes.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory } from './story-world.ts'

const fuzzRunsPerRoute = 60

let world: StoryWorld
let headers: Record<string, string>
let keys = 0

beforeAll(async () => {
  world = await startStory()
  headers = { authorization: `Bearer ${world.site.callers.kiosk}`, 'content-type': 'application/json' }
}, 60_000)

afterAll(async () => {
  await world?.stop()
})

function nextKey(): string {
  keys += 1
  return `bad-edge-${keys}`
}

function call(path: string, given: BadCall = {}): Promise<Answer> {
  return callRaw(`${world.edgeUrl}${path}`, { ...given, headers: { ...headers, ...given.headers } })
}

function post(path: string, body: unknown, key = nextKey()): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return call(`/api/v1${path}`, { method: 'POST', body: text, headers: { 'idempotency-key': key } })
}

/** Runs refused calls and proves that the site holds exactly what it held before, and lives. */
async function leavingNothing(run: () => Promise<void>): Promise<void> {
  const before = siteRows(world)
  await run()
  expect(siteRows(world)).toEqual(before)
  await expectHealthy(world.edgeUrl)
}

describe('ids that nobody gave', () => {
  test('answer 404 in every path and body', () =>
    leavingNothing(async () => {
      const when = anHourAhead(2)
      const hold = { spaceId: 'no-such-desk', ...when, guestName: 'Demo' }
      expectProblem(await post('/bookings', hold), 404, 'unknown_space')
      for (const verb of ['confirm', 'cancel', 'check-in']) {
        const body = verb === 'confirm' ? { method: 'cash', tenderedMinor: 100 } : {}
        expectProblem(
          await post(`/bookings/bk_0000000000000000000000000/${verb}`, body),
          404,
          'unknown_booking',
        )
      }
      const session = '/sessions/ps_0000000000000000000000000'
      expectProblem(await post(`${session}/quote`, {}), 404, 'unknown_session')
      const payment = { quoteId: 'q-1', method: 'cash', tenderedMinor: 100 }
      const paid = await post(`${session}/payments`, payment)
      expectProblem(paid, 404, 'unknown_session')
      expectProblem(await call('/api/v1/spaces/nowhere/day?date=2026-11-20'), 404, 'unknown_space')
      expectProblem(await call('/api/v1/nothing-here'), 404, 'not_found')
      expectProblem(await call('/nothing/here'), 404, 'not_found')
    }))

  test('that are no ids at all are refused as well', () =>
    leavingNothing(async () => {
      for (const id of ['%00', '..%2F..%2Fetc', '%E0%A4%A', 'x'.repeat(300), "'--"]) {
        for (const verb of ['confirm', 'cancel', 'check-in']) {
          const answer = await post(`/bookings/${id}/${verb}`, { method: 'cash' })
          expect([404, 422], answer.text).toContain(answer.status)
          expect(answer.type).toBe('application/problem+json')
        }
      }
    }))
})

test('a PIN that nobody has is refused, and counted against guessing', async () => {
  const before = siteRows(world)
  expectProblem(await post('/identify', { pin: '99999999' }), 404, 'member_unknown')
  expect(siteRows(world)).toEqual({ ...before, pin_guards: 1 })
})

describe('times that cannot be', () => {
  test('reversed, empty, past, far ahead and overlapping holds are refused', () =>
    leavingNothing(async () => {
      const { fromMs, toMs } = anHourAhead(3)
      const spaceId = await freeDesk(world, { fromMs, toMs })
      const hold = (from: number, to: number) =>
        post('/bookings', { spaceId, fromMs: from, toMs: to, guestName: 'Demo' })
      expectProblem(await hold(toMs, fromMs), 422, 'reversed')
      expectProblem(await hold(fromMs, fromMs), 422, 'reversed')
      const day = 86_400_000
      expectProblem(await hold(fromMs - 30 * day, toMs - 30 * day), 422, 'in_the_past')
      expectProblem(await hold(1, 2), 422, 'in_the_past')
      expectProblem(await hold(fromMs + 5_000 * day, toMs + 5_000 * day), 422, 'too_far_ahead')
      expectProblem(await hold(fromMs, toMs + 5_000 * day), 422, 'too_long')
    }))

  test('an overlapping hold is refused with alternatives that can be booked', async () => {
    const when = anHourAhead(4)
    const spaceId = await freeDesk(world, when)
    const held = await post('/bookings', { spaceId, ...when, guestName: 'Demo' })
    expect(held.status).toBe(201)
    const before = siteRows(world)
    for (const shift of [-1_800_000, 0, 1_800_000]) {
      const body = { spaceId, fromMs: when.fromMs + shift, toMs: when.toMs + shift, guestName: 'Demo' }
      const taken = await post('/bookings', body)
      expectProblem(taken, 409, 'space_taken')
      const { alternatives } = JSON.parse(taken.text) as { alternatives?: unknown[] }
      expect(alternatives?.length).toBeGreaterThan(0)
    }
    expect(siteRows(world)).toEqual(before)
  })

  test('plans and days of any interval are answered or refused at once', () =>
    leavingNothing(async () => {
      const most = Number.MAX_SAFE_INTEGER
      const intervals = [
        `fromMs=${most - 1}&toMs=${most}`,
        `fromMs=${-most}&toMs=${most}`,
        `fromMs=0&toMs=${most}`,
        'fromMs=0&toMs=8640000000000001',
        'fromMs=1e400&toMs=5',
        'fromMs=abc&toMs=5',
        'fromMs=5&toMs=5',
        'fromMs=9&toMs=5',
        'fromMs=0.5&toMs=5',
        'fromMs=&toMs=',
        '',
      ]
      for (const interval of intervals) {
        const answer = await call(`/api/v1/plan?${interval}`)
        expect(answer.status, interval).toBeGreaterThanOrEqual(400)
        expect(answer.status, `${interval} ${answer.text}`).toBeLessThan(500)
        expect(answer.type).toBe('application/problem+json')
      }
      const space = await freeDesk(world, anHourAhead(2))
      for (const date of ['2026-02-30', '0000-00-00', '999999-01-01', 'tomorrow', '', '-000001-01-01']) {
        const answer = await call(`/api/v1/spaces/${space}/day?date=${date}`)
        expect([answer.status, date], answer.text).toEqual([422, date])
      }
    }))
})

describe('bodies that are wrong', () => {
  test('wrong types are refused with the name of the field', () =>
    leavingNothing(async () => {
      const when = anHourAhead(2)
      const right = { spaceId: await freeDesk(world, when), ...when, guestName: 'Demo' }
      const wrong: [string, unknown][] = [
        ['spaceId', 7],
        ['spaceId', null],
        ['spaceId', 'x'.repeat(65)],
        ['fromMs', String(when.fromMs)],
        ['fromMs', when.fromMs + 0.5],
        ['fromMs', -1],
        ['toMs', 1e300],
        ['toMs', {}],
        ['guestName', ''],
        ['guestName', 'x'.repeat(81)],
        ['guestName', ['Demo']],
      ]
      for (const [field, value] of wrong) {
        const refused = await post('/bookings', { ...right, [field]: value })
        expectProblem(refused, 422, 'invalid_input')
        const { issues } = JSON.parse(refused.text) as { issues: { path: string }[] }
        expect(issues.map(({ path }) => path)).toContain(field)
      }
      const both = { ...right, memberToken: 'some-token' }
      expectProblem(await post('/bookings', both), 422, 'invalid_input')
      const { guestName, ...forMember } = right
      const stale = { ...forMember, memberToken: `${guestName}-token` }
      expectProblem(await post('/bookings', stale), 401, 'member_token_expired')
      for (const body of [null, [], 7, 'text', {}, [[[]]]]) {
        expectProblem(await post('/bookings', JSON.stringify(body)), 422, 'invalid_input')
      }
    }))

  test('broken JSON answers 400 on every route that reads a body', () =>
    leavingNothing(async () => {
      const broken = ['', '{', '{"pin":', '{"a":1}}', "{'a':1}", '\u0000', 'NaN', '[1,]', '\ufeff{']
      const paths = ['/bookings', '/bookings/bk_1/confirm', '/identify', '/sessions/find', '/device-login']
      for (const path of paths) {
        for (const body of broken) expectProblem(await post(path, body), 400, 'invalid_json')
      }
      const bytes = await call('/api/v1/bookings', {
        method: 'POST',
        body: Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d]),
        headers: { 'idempotency-key': nextKey() },
      })
      expectProblem(bytes, 400, 'invalid_json')
    }))

  test('another media type is no JSON, and is refused', () =>
    leavingNothing(async () => {
      for (const type of ['text/plain', 'application/xml', 'multipart/form-data', '']) {
        const answer = await call('/api/v1/bookings', {
          method: 'POST',
          body: JSON.stringify({ spaceId: 'x' }),
          headers: { 'content-type': type, 'idempotency-key': nextKey() },
        })
        expect([400, 415, 422], `${type} ${answer.text}`).toContain(answer.status)
        expect(answer.type).toBe('application/problem+json')
      }
    }))

  test('oversized bodies answer 413, with a length and without one', () =>
    leavingNothing(async () => {
      const body = JSON.stringify({ guestName: 'x'.repeat(70 * 1024) })
      for (const path of ['/bookings', '/identify', '/sessions/find', '/device-login']) {
        for (const chunked of [false, true]) {
          const given = { method: 'POST', body, chunked, headers: { 'idempotency-key': nextKey() } }
          expectProblem(await call(`/api/v1${path}`, given), 413, 'body_too_large')
        }
      }
    }))

  test('deeply nested JSON is refused without harm', () =>
    leavingNothing(async () => {
      const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
      expectProblem(await post('/bookings', deep), 422, 'invalid_input')
      expectProblem(await post('/bookings', `{"guestName":${deep}}`), 422, 'invalid_input')
    }))
})

describe('replays', () => {
  test('one key answers the same, refuses another body, and remembers over a restart', async () => {
    const when = anHourAhead(5)
    const body = { spaceId: await freeDesk(world, when), ...when, guestName: 'Demo' }
    const key = nextKey()
    const first = await post('/bookings', body, key)
    expect(first.status).toBe(201)
    const before = siteRows(world)
    expect((await post('/bookings', body, key)).text).toBe(first.text)
    expectProblem(await post('/bookings', { ...body, guestName: 'Other' }, key), 422, 'key_reused')
    const { bookingId } = bookingViewSchema.parse(JSON.parse(first.text))
    expectProblem(await post(`/bookings/${bookingId}/cancel`, {}, key), 422, 'key_reused')
    expect(siteRows(world)).toEqual(before)
    const lengthBefore = before.entries ?? 0
    await world.restartEdge()
    // A start is an entry of its own.
    expect(siteRows(world)).toMatchObject({ ...before, entries: lengthBefore + 1 })
    expect((await post('/bookings', body, key)).text).toBe(first.text)
    expectProblem(await post('/bookings', { ...body, guestName: 'Other' }, key), 422, 'key_reused')
    expect(siteRows(world)).toMatchObject({ ...before, entries: lengthBefore + 1 })
    const paying = nextKey()
    const cash = { method: 'cash', tenderedMinor: 100_000 }
    const paid = await post(`/bookings/${bookingId}/confirm`, cash, paying)
    expect(paid.status).toBe(200)
    const held = siteRows(world)
    expect((await post(`/bookings/${bookingId}/confirm`, cash, paying)).text).toBe(paid.text)
    const other = { ...cash, tenderedMinor: 90_000 }
    expectProblem(await post(`/bookings/${bookingId}/confirm`, other, paying), 422, 'key_reused')
    expectProblem(await post(`/bookings/${bookingId}/confirm`, cash), 409, 'already_confirmed')
    expect(siteRows(world)).toEqual(held)
  })

  test('a missing or unusable key is refused', () =>
    leavingNothing(async () => {
      const when = anHourAhead(2)
      const body = JSON.stringify({ spaceId: 'desk', ...when, guestName: 'Demo' })
      expectProblem(await call('/api/v1/bookings', { method: 'POST', body }), 400, 'key_missing')
      for (const key of ['short', 'x'.repeat(65), 'has a space', 'ümläute-key']) {
        expectProblem(await post('/bookings', body, Buffer.from(key).toString('latin1')), 400, 'key_missing')
      }
    }))
})

describe('callers who may not', () => {
  const paths = ['/site', '/plan?fromMs=1&toMs=2', '/bookings?reference=X', '/board', '/doors', '/lanes']
  const staff = ['/ledger', '/devices']

  test('no credential, a foreign one and a broken one answer 401', () =>
    leavingNothing(async () => {
      const other = world.sites.find(({ siteId }) => siteId !== world.site.siteId)
      for (const path of [...paths, ...staff, '/live']) {
        const url = `${world.edgeUrl}/api/v1${path}`
        expectProblem(await callRaw(url), 401, 'credential_missing')
        for (const secret of [other?.callers.kiosk, 'x'.repeat(20), 'short', 'x'.repeat(5_000), '']) {
          const bearer = { authorization: `Bearer ${secret}` }
          expectProblem(await callRaw(url, { headers: bearer }), 401, 'credential_wrong')
          const cookie = { cookie: `gatehouse_device=${secret}` }
          expectProblem(await callRaw(url, { headers: cookie }), 401, 'credential_wrong')
        }
      }
      const foreign = { authorization: `Bearer ${other?.callers.kiosk}`, 'idempotency-key': nextKey() }
      const hold = { method: 'POST', body: '{}', headers: foreign }
      expectProblem(await call('/api/v1/bookings', hold), 401, 'credential_wrong')
      expectProblem(await post('/device-login', { secret: other?.callers.kiosk }), 401, 'credential_wrong')
      expectProblem(await call('/api/v1/local/copy', { method: 'POST' }), 401, 'credential_wrong')
    }))

  test('a device may do only what it is for', () =>
    leavingNothing(async () => {
      const as = (secret: string) => ({ authorization: `Bearer ${secret}`, 'idempotency-key': nextKey() })
      const { board, panel } = world.site.callers
      for (const path of staff) expectProblem(await call(`/api/v1${path}`), 403, 'scope_missing')
      for (const path of ['/bookings', '/identify', '/bookings/bk_1/confirm', '/sessions/find']) {
        const given = { method: 'POST', body: '{}', headers: as(board) }
        expectProblem(await call(`/api/v1${path}`, given), 403, 'scope_missing')
      }
      const identify = { method: 'POST', body: '{"pin":"4037"}', headers: as(panel) }
      expectProblem(await call('/api/v1/identify', identify), 403, 'scope_missing')
      const camera = '/api/v1/cameras/lane-in-1-camera/plate-recognizer'
      expectProblem(await call(camera, { method: 'POST', body: '{}' }), 403, 'scope_missing')
    }))

  test('another website, an opaque origin and a foreign host are refused', () =>
    leavingNothing(async () => {
      for (const origin of ['http://evil.example', 'null', 'garbage', 'file://', 'http://127.0.0.1:1']) {
        const given = { method: 'POST', body: '{}', headers: { origin, 'idempotency-key': nextKey() } }
        expectProblem(await call('/api/v1/bookings', given), 403, 'origin_not_allowed')
        expectProblem(await call('/api/v1/live', { headers: { origin } }), 403, 'origin_not_allowed')
      }
      for (const host of ['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:8101']) {
        expectProblem(await call('/api/v1/site', { headers: { host } }), 421, 'host_not_allowed')
      }
    }))
})

test('screens that say nonsense, too much or nothing disturb nobody', () =>
  leavingNothing(() =>
    expectBearsBadSockets(`${world.edgeUrl}/api/v1/live`, {
      authorization: `Bearer ${world.site.callers.kiosk}`,
    }),
  ))

describe('anything at all', () => {
  test('sent to any POST route never breaks the site', async () => {
    const when = anHourAhead(6)
    const spaceId = await freeDesk(world, when)
    const held = await post('/bookings', { spaceId, ...when, guestName: 'Demo' })
    const { bookingId } = bookingViewSchema.parse(JSON.parse(held.text))
    const known = [bookingId, spaceId, await freeDesk(world, when), when.fromMs, when.toMs]
    const routes = await postRoutes(world.edgeUrl)
    expect(routes.length).toBeGreaterThanOrEqual(10)
    for (const route of routes) {
      const property = fc.asyncProperty(attempts(route, known), async (attempt) => {
        const path = pathOf(route, attempt).replace('/api/v1', '')
        const answer = await post(path, JSON.stringify(attempt.body))
        expect(answer.status, `${path} ${answer.text}`).toBeLessThan(500)
        if (answer.status >= 400) expect(answer.type, answer.text).toBe('application/problem+json')
      })
      await fc.assert(property, { numRuns: fuzzRunsPerRoute })
    }
    await expectHealthy(world.edgeUrl)
  }, 60_000)
})

describe('floods', () => {
  test('answer 429 with Retry-After to the one who floods; others are served', async () => {
    await world.restartEdge({ requestsPerSecondMax: 5 })
    const panel = { authorization: `Bearer ${world.site.callers.panel}` }
    const flood = await Promise.all(Array.from({ length: 60 }, () => call('/api/v1/site')))
    const refused = flood.filter(({ status }) => status !== 200)
    expect(refused.length).toBeGreaterThan(20)
    for (const answer of refused) expectProblem(answer, 429, 'too_many_requests')
    expect((await callRaw(`${world.edgeUrl}/api/v1/site`, { headers: panel })).status).toBe(200)
  })

  test('with a new made-up credential each time are one caller', async () => {
    const guess = (n: number) =>
      callRaw(`${world.edgeUrl}/api/v1/site`, { headers: { authorization: `Bearer made-up-secret-${n}` } })
    const guesses = await Promise.all(Array.from({ length: 60 }, (_, n) => guess(n)))
    expect(guesses.filter(({ status }) => status === 429).length).toBeGreaterThan(20)
    const panel = { authorization: `Bearer ${world.site.callers.panel}` }
    expect((await callRaw(`${world.edgeUrl}/api/v1/site`, { headers: panel })).status).toBe(200)
  })
})

test('after all of it the books are as a replay of the ledger makes them', async () => {
  await world.restartEdge()
  await expectRebuildEqual(world)
  await expectHealthy(world.edgeUrl)
})
