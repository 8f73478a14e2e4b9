import { createHmac, generateKeyPairSync } from 'node:crypto'
import { CompactSign, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
  })
})
