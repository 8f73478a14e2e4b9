import { idleConnectionMs } from '@gatehouse/shared/api/idle-connection'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hourMs, startMs, startTestCloud, type TestCloud } from './testing/test-cloud.ts'

let world: TestCloud
beforeAll(async () => {
  world = await startTestCloud()
})
afterAll(() => world?.close())

const apiPaths = [
  '/api/v1/me',
  '/api/v1/sites',
  '/api/v1/sites/north',
  '/api/v1/sites/north/plan',
  '/api/v1/sites/north/spaces/desk-1/day?date=2026-11-20',
  '/api/v1/bookings',
  '/api/v1/bookings/bk_1',
  '/api/v1/live',
]
const hqPaths = [
  '/api/v1/hq/overview',
  '/api/v1/hq/sites/north',
  '/api/v1/hq/sites/north/ledger',
  '/api/v1/hq/sites/north/hours',
  '/api/v1/hq/reconciliation',
]

describe('who may call', () => {
  it.each([...apiPaths, ...hqPaths])('asks a stranger to log in at %s', async (path) => {
    const answer = await world.stranger().get(path)
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated'])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  it('asks a stranger to log in at everything the API documents', async () => {
    const document = await world.stranger().get('/openapi.json')
    const paths = Object.entries(document.body.paths as Record<string, Record<string, { security?: [] }>>)
    expect(paths.length).toBeGreaterThan(20)
    for (const [path, methods] of paths) {
      for (const [method, { security }] of Object.entries(methods)) {
        // An empty list says that the route is open: health, log-in, enrolment.
        if (security?.length === 0) continue
        const address = path.replaceAll(/\{\w+\}/g, 'north')
        const answer = await world.stranger().send(method.toUpperCase(), address, undefined, {})
        expect([method, path, answer.status]).toEqual([method, path, 401])
      }
    }
  })

  it('asks a stranger to log in before booking, and writes nothing', async () => {
    const body = { spaceId: 'desk-1', fromMs: startMs, toMs: startMs + hourMs }
    const answer = await world.stranger().post('/api/v1/sites/north/bookings', body, 'key-stranger')
    expect(answer.status).toBe(401)
    const { rows } = await world.cloud.pool.query('SELECT count(*) FROM idempotency_key')
    expect(rows[0]).toEqual({ count: 0 })
  })

  it.each(hqPaths)('refuses a member at %s', async (path) => {
    const anna = await world.as('anna')
    expect((await anna.get(path)).status).toBe(403)
  })

  it('shows a site manager their own site and no other', async () => {
    const mia = await world.as('mia')
    expect((await mia.get('/api/v1/hq/sites/north')).status).toBe(200)
    for (const path of ['', '/ledger', '/hours']) {
      expect((await mia.get(`/api/v1/hq/sites/south${path}`)).status).toBe(404)
    }
    const overview = await mia.get('/api/v1/hq/overview')
    expect((overview.body.sites as { siteId: string }[]).map((site) => site.siteId)).toEqual(['north'])
    const books = await mia.get('/api/v1/hq/reconciliation')
    expect((books.body.items as { siteId: string }[]).map((site) => site.siteId)).toEqual(['north'])
  })

  it('tells people who they are', async () => {
    const anna = await world.as('anna')
    expect((await anna.get('/api/v1/me')).body).toMatchObject({
      memberId: 'mb-anna',
      role: 'member',
      siteIds: ['north', 'south'],
    })
    const mia = await world.as('mia')
    expect((await mia.get('/api/v1/me')).body).toMatchObject({ role: 'site_manager', siteIds: ['north'] })
  })

  it('refuses a wrong password and a session that was signed out', async () => {
    const wrong = world.stranger()
    expect((await wrong.logIn('anna@example.org', 'not the password')).status).toBe(401)
    const anna = await world.as('anna')
    await anna.post('/api/auth/sign-out', {})
    expect((await anna.get('/api/v1/me')).status).toBe(401)
  })

  it('lets nobody register without mail, and nobody give themselves a role', async () => {
    const body = { email: 'eve@example.org', password: 'long enough password', name: 'Eve', role: 'hq' }
    expect((await world.stranger().post('/api/auth/sign-up/email', body)).status).toBeGreaterThanOrEqual(400)
    const anna = await world.as('anna')
    await anna.post('/api/auth/update-user', { name: 'Anna', role: 'hq', memberId: 'mb-ben' })
    expect((await anna.get('/api/v1/me')).body).toMatchObject({ role: 'member', memberId: 'mb-anna' })
  })
})

describe('what protects every request', () => {
  it('refuses foreign hosts and pages of other websites', async () => {
    const anna = await world.as('anna')
    const origin = { origin: 'https://evil.example' }
    const body = { spaceId: 'desk-1', fromMs: startMs, toMs: startMs + hourMs }
    const foreign = await anna.post('/api/v1/sites/north/bookings', body, 'key-foreign', origin)
    expect([foreign.status, foreign.body.code]).toEqual([403, 'wrong_origin'])
    const logIn = { email: 'anna@example.org', password: 'correct horse battery' }
    expect((await world.stranger().post('/api/auth/sign-in/email', logIn, undefined, origin)).status).toBe(
      403,
    )
  })

  it('answers broken JSON with 400, large bodies with 413, wrong fields with 422', async () => {
    const anna = await world.as('anna')
    const headers = { 'content-type': 'application/json' }
    const path = '/api/v1/sites/north/bookings'
    const broken = await anna.send('POST', path, '{"spaceId":', {
      ...headers,
      'idempotency-key': 'key-broken',
    })
    expect([broken.status, broken.body.code]).toEqual([400, 'malformed_json'])
    const large = await anna.post(path, { spaceId: 'x'.repeat(20_000) }, 'key-large')
    expect([large.status, large.body.code]).toEqual([413, 'too_large'])
    const wrong = await anna.post(path, { spaceId: 7, fromMs: 'soon' }, 'key-wrong')
    expect([wrong.status, wrong.body.code]).toEqual([422, 'invalid_request'])
    expect((wrong.body.issues as { path: string }[]).map((issue) => issue.path)).toContain('fromMs')
  })

  it('names one trace from the browser on, and sends security headers everywhere', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    const answer = await world
      .stranger()
      .get('/api/v1/me', { traceparent: `00-${trace}-00f067aa0ba902b7-01` })
    expect(answer.headers.get('x-trace-id')).toBe(trace)
    expect(answer.body.traceId).toBe(trace)
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('keeps a connection for longer than whoever calls leaves it unused', async () => {
    const { headers } = await world.stranger().get('/healthz')
    expect(headers.get('keep-alive')).toBe(`timeout=${idleConnectionMs / 1_000}`)
  })

  it('describes itself', async () => {
    const document = await world.stranger().get('/openapi.json')
    expect(document.body.openapi).toBe('3.1.0')
    const paths = document.body.paths as Record<string, Record<string, { security?: [] }>>
    for (const path of ['/api/v1/sites/{id}/bookings', '/api/v1/live', '/sync/v1/shape', '/healthz']) {
      expect(Object.keys(paths)).toContain(path)
    }
    const open = Object.keys(paths).filter((path) =>
      Object.values(paths[path] ?? {}).some(({ security }) => security?.length === 0),
    )
    // Guests prove their right with the secret of their link.
    expect(open.filter((path) => path.startsWith('/api/v1/'))).toEqual([
      '/api/v1/guest/link',
      '/api/v1/guest/pass',
    ])
    expect((await world.stranger().get('/docs')).text).toContain('/api/v1/hq/overview')
  })
})

describe('rate limits', () => {
  it('asks a flooding user to wait, and leaves others alone', async () => {
    const strict = await startTestCloud({ perUser: { perSecond: 0.001, burst: 3 } })
    try {
      const anna = await strict.as('anna')
      const statuses = []
      for (let index = 0; index < 5; index += 1) statuses.push((await anna.get('/api/v1/me')).status)
      expect(statuses).toEqual([200, 200, 200, 429, 429])
      const refused = await anna.get('/api/v1/me')
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      const ben = await strict.as('ben')
      expect((await ben.get('/api/v1/me')).status).toBe(200)
    } finally {
      await strict.close()
    }
  })

  it('slows down guessing of passwords', async () => {
    const strict = await startTestCloud({ perLogIn: { perSecond: 0.001, burst: 2 } })
    try {
      const statuses = []
      for (let index = 0; index < 3; index += 1) {
        statuses.push((await strict.stranger().logIn('anna@example.org', `guess number ${index}`)).status)
      }
      expect(statuses).toEqual([401, 401, 429])
    } finally {
      await strict.close()
    }
  })
})
