import { createHmac, generateKeyPairSync } from 'node:crypto'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { CompactSign, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RefusedCalls } from './refused-calls.ts'
import type { SiteTwin } from './testing/site-twin.ts'
import { SyncServer, startMs } from './testing/sync-server.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

const issuedS = Math.floor(startMs / 1000)
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claimsOf = (twin: SiteTwin) => ({
  incarnation: twin.incarnation,
  aud: 'gatehouse-cloud',
  iat: issuedS,
  exp: issuedS + 60,
})

/** A token signed by HMAC with something everybody may know: the public key in one of its written forms. */
function hmacToken(twin: SiteTwin, secret: Buffer | string): string {
  const text = `${encode({ alg: 'HS256', kid: twin.siteId })}.${encode(claimsOf(twin))}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

function spkiOf(twin: SiteTwin): string {
  // RFC 8410: the fixed head of an Ed25519 SubjectPublicKeyInfo.
  const der = Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(twin.publicKey, 'base64url'),
  ])
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`
}

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('ed25519')

const forgeries: Record<string, (twin: SiteTwin) => string | Promise<string>> = {
  'no signature (none)': (twin) => new UnsecuredJWT(claimsOf(twin)).encode(),
  'none, naming the site': (twin) =>
    `${encode({ alg: 'none', kid: twin.siteId })}.${encode(claimsOf(twin))}.`,
  'none in other letters': (twin) =>
    `${encode({ alg: 'nOnE', kid: twin.siteId })}.${encode(claimsOf(twin))}.`,
  'HS256 with the raw public key': (twin) => hmacToken(twin, Buffer.from(twin.publicKey, 'base64url')),
  'HS256 with the public key as text': (twin) => hmacToken(twin, twin.publicKey),
  'HS256 with the public key as PEM': (twin) => hmacToken(twin, spkiOf(twin)),
  'HS256 with nothing': (twin) => hmacToken(twin, ''),
  ES256: (twin) =>
    new SignJWT(claimsOf(twin)).setProtectedHeader({ alg: 'ES256', kid: twin.siteId }).sign(ec.privateKey),
  RS256: (twin) =>
    new SignJWT(claimsOf(twin)).setProtectedHeader({ alg: 'RS256', kid: twin.siteId }).sign(rsa.privateKey),
  'EdDSA of another key that it brings along': (twin) =>
    new SignJWT(claimsOf(twin))
      .setProtectedHeader({
        alg: 'EdDSA',
        kid: twin.siteId,
        jwk: stranger.publicKey.export({ format: 'jwk' }) as { kty: string },
      })
      .sign(stranger.privateKey),
  'claims that are no object': (twin) =>
    new CompactSign(Buffer.from('[]'))
      .setProtectedHeader({ alg: 'EdDSA', kid: twin.siteId })
      .sign(stranger.privateKey),
  'a good signature over other claims': async (twin) => {
    const [header, , signature] = (await twin.token()).split('.')
    return `${header}.${encode({ ...claimsOf(twin), incarnation: 1, exp: issuedS + 59 })}.${signature}`
  },
  'a good signature under another algorithm': async (twin) => {
    const [, claims, signature] = (await twin.token()).split('.')
    return `${encode({ alg: 'HS256', kid: twin.siteId })}.${claims}.${signature}`
  },
  'a truncated token': async (twin) => (await twin.token()).slice(0, -8),
  'no kid': async (twin) =>
    `${encode({ alg: 'EdDSA' })}.${(await twin.token()).split('.').slice(1).join('.')}`,
  nothing: () => '',
}

describe('a token of', () => {
  it.each(Object.keys(forgeries))('%s opens neither stream nor shape nor heartbeat', async (name) => {
    const twin = await server.enrolled(`forged-${Object.keys(forgeries).indexOf(name)}`)
    const authorization = `Bearer ${await forgeries[name]?.(twin)}`
    const calls = [
      twin.call(twin.streamUrl, { headers: { authorization } }),
      twin.call(twin.streamUrl, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: '[{}]',
      }),
      twin.call(`/sync/v1/shape?table=site_directory&where=site_id='${twin.siteId}'&offset=-1`, {
        headers: { authorization },
      }),
      twin.call('/sync/v1/heartbeat', { method: 'POST', headers: { authorization }, body: '{}' }),
    ]
    for (const answer of await Promise.all(calls)) {
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'site_token'])
    }
    expect((await twin.call(twin.streamUrl)).status).toBe(200)
    // Where no site is named there is nobody to tell.
    const isNamed = !['no signature (none)', 'no kid', 'nothing'].includes(name)
    expect(await casesOf(twin)).toEqual(isNamed ? ['forged_token token'] : [])
  })
})

async function casesOf(twin: SiteTwin): Promise<string[]> {
  const { rows } = await server.pool.query<{ found: string }>(
    `SELECT kind || ' ' || about AS found FROM exceptions WHERE site_id = $1 AND state = 'open' ORDER BY 1`,
    [twin.siteId],
  )
  return rows.map(({ found }) => found)
}

async function countedOf(twin: SiteTwin): Promise<[kind: string, calls: number][]> {
  const { rows } = await server.pool.query<{ kind: string; calls: number }>(
    'SELECT kind, calls FROM refused_calls WHERE site_id = $1 ORDER BY kind, day_ms',
    [twin.siteId],
  )
  return rows.map(({ kind, calls }) => [kind, calls])
}

describe('a token in time', () => {
  const ask = async (twin: SiteTwin, change: { issuedMs?: number; lifeS?: number }) => {
    const headers = { authorization: `Bearer ${await twin.token(change)}` }
    return (await twin.call(twin.streamUrl, { headers })).status
  }

  it('counts up to ten seconds ahead of the cloud and is refused beyond, over or not, without a case', async () => {
    const twin = await server.enrolled('in-time')
    const nowMs = server.clock.now().wallMs
    expect(await ask(twin, { issuedMs: nowMs + 10_000 })).toBe(200)
    expect(await ask(twin, { issuedMs: nowMs + 11_000 })).toBe(401)
    expect(await ask(twin, { issuedMs: nowMs - 71_000 })).toBe(401)
    expect(await casesOf(twin)).toEqual([])
  })

  it('that lives longer than any of ours is raised', async () => {
    const twin = await server.enrolled('long-lived')
    expect(await ask(twin, { lifeS: 61 })).toBe(401)
    expect(await casesOf(twin)).toEqual(['forged_token token'])
  })
})

describe('refused calls', () => {
  const forge = (twin: SiteTwin, change: { kid?: string; incarnation?: number } = {}) =>
    twin
      .token({ incarnation: 99, ...change })
      .then((token) => twin.call(twin.streamUrl, { headers: { authorization: `Bearer ${token}` } }))

  it('are counted by site and day, written once a minute, and leave one case that tells how many', async () => {
    const twin = await server.enrolled('counted')
    for (let calls = 0; calls < 5; calls += 1) expect((await forge(twin)).status).toBe(401)
    expect(await countedOf(twin)).toEqual([['forged_token', 1]])
    server.clock.advance(60_000)
    // Each call writes a few counts at most, and other sites were called for before.
    for (let calls = 0; calls < 3; calls += 1) expect((await twin.call(twin.streamUrl)).status).toBe(200)
    expect(await countedOf(twin)).toEqual([['forged_token', 5]])
    const { rows } = await server.pool.query('SELECT sides FROM exceptions WHERE site_id = $1', [twin.siteId])
    expect(rows).toMatchObject([{ sides: [{ what: 'refused_calls', site: 'nothing', cloud: 5 }] }])
    server.clock.advance(24 * 3_600_000)
    await forge(twin)
    expect(await countedOf(twin)).toEqual([
      ['forged_token', 5],
      ['forged_token', 1],
    ])
    expect(await casesOf(twin)).toEqual(['forged_token token'])
    server.clock.advance(36 * 24 * 3_600_000)
    await forge(twin)
    expect(await countedOf(twin)).toEqual([['forged_token', 1]])
  })

  it('of several sites that are due at once are each written once, however many calls come meanwhile', async () => {
    const twins = await Promise.all(['due-a', 'due-b', 'due-c'].map((name) => server.enrolled(name)))
    const refused = new RefusedCalls(server.pool, server.clock)
    for (let calls = 0; calls < 2; calls += 1)
      for (const { siteId } of twins) await refused.note(siteIdSchema.parse(siteId), 'forged_token')
    server.clock.advance(60_000)
    await Promise.all([refused.writeDue(), refused.writeDue(), refused.writeDue()])
    for (const twin of twins) expect(await countedOf(twin)).toEqual([['forged_token', 2]])
  })

  it('are not forgotten when they cannot be written: the next minute writes them all', async () => {
    const twin = await server.enrolled('kept-counts')
    const siteId = siteIdSchema.parse(twin.siteId)
    const refused = new RefusedCalls(server.pool, server.clock)
    await server.pool.query('ALTER TABLE refused_calls RENAME TO refused_calls_away')
    try {
      await expect(refused.note(siteId, 'forged_token')).rejects.toMatchObject({ code: '42P01' })
      // Nothing is tried again before its time.
      for (let calls = 0; calls < 3; calls += 1) await refused.note(siteId, 'forged_token')
      server.clock.advance(60_000)
      await expect(refused.writeDue()).rejects.toMatchObject({ code: '42P01' })
    } finally {
      await server.pool.query('ALTER TABLE refused_calls_away RENAME TO refused_calls')
    }
    server.clock.advance(60_000)
    await refused.writeDue()
    expect(await countedOf(twin)).toEqual([['forged_token', 4]])
  })

  it('under names of no site leave no row', async () => {
    const twin = await server.enrolled('honest')
    const rows = () => server.pool.query('SELECT FROM refused_calls').then(({ rowCount }) => rowCount)
    const before = await rows()
    for (let name = 0; name < 50; name += 1) {
      expect((await forge(twin, { kid: `nowhere-${name}` })).status).toBe(401)
    }
    expect(await rows()).toBe(before)
    expect(await casesOf(twin)).toEqual([])
  })

  it('with entries of another site or life are raised as that', async () => {
    const twin = await server.enrolled('wrong-stream')
    for (const change of [{ site: 'honest' }, { incarnation: 9 }]) {
      const entry = {
        site: twin.siteId,
        incarnation: twin.incarnation,
        seq: 1,
        prev: '0'.repeat(64),
        ...change,
      }
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(entry),
      }
      expect((await twin.call(twin.streamUrl, init)).status).toBe(400)
    }
    expect(await casesOf(twin)).toEqual(['foreign_call entries'])
    expect(await countedOf(twin)).toEqual([['wrong_stream', 1]])
  })
})
