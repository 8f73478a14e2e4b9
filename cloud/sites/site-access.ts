import type { Clock } from '@gatehouse/shared/clock/clock'
import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { MiddlewareHandler } from 'hono'
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Queryable } from '../database/pool.ts'
import { problemResponse } from '../http/problem.ts'
import { clockToleranceSeconds, tokenMaxSeconds } from './call-delay.ts'
import { sitePublicKey } from './site-store.ts'

/** Who calls: one life of one site, proven by a token signed with the key it enrolled with. */
export interface SiteCaller {
  readonly siteId: SiteId
  readonly incarnation: number
}

/** What the routes of a site find in their context. */
export interface SiteEnv {
  Variables: {
    site: SiteCaller
    /** Where the request belongs and comes from; absent where the sync routes are served alone. */
    traceId?: string
    address?: string
  }
}

/** Answer header with the cloud's wall time, so that a site whose clock is wrong can date its tokens. */
export const timeHeader = 'Gatehouse-Time'

const keysMax = 10_000
const claims = z.object({ incarnation: z.int().min(1), iat: z.int(), exp: z.int() })

type VerificationKey = Awaited<ReturnType<typeof importJWK>>

/**
 * Lets only sites pass: `Authorization: Bearer` with an EdDSA token (kid = site, audience `gatehouse-cloud`,
 * at most 60 s of life). Every answer names the cloud's time. Refuses with 401 `site_token`.
 */
export function requireSite(db: Queryable, clock: Clock): MiddlewareHandler<SiteEnv> {
  const keys = new Map<string, VerificationKey>()
  return async (context, next) => {
    const { wallMs } = clock.now()
    const token = /^Bearer (\S+)$/.exec(context.req.header('authorization') ?? '')?.[1]
    const site = token === undefined ? undefined : await verify(db, keys, token, wallMs)
    if (site === undefined) return unauthorised(wallMs)
    context.set('site', site)
    await next()
    context.res.headers.set(timeHeader, String(clock.now().wallMs))
    return undefined
  }
}

async function verify(
  db: Queryable,
  keys: Map<string, VerificationKey>,
  token: string,
  wallMs: number,
): Promise<SiteCaller | undefined> {
  const named = readUnverified(token)
  if (named === undefined) return undefined
  const key = await verificationKey(db, keys, named)
  if (key === undefined) return undefined
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      audience: 'gatehouse-cloud',
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(wallMs),
    })
    const { iat, exp } = claims.parse(payload)
    return exp - iat <= tokenMaxSeconds ? named : undefined
  } catch {
    return undefined
  }
}

/** Which key to look for; nothing is believed before the signature was checked with it. */
function readUnverified(token: string): SiteCaller | undefined {
  try {
    const siteId = siteIdSchema.parse(decodeProtectedHeader(token).kid)
    const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
    return { siteId, incarnation: claims.parse(JSON.parse(text)).incarnation }
  } catch {
    return undefined
  }
}

// A life of a site never changes its key, so a key once read stays right.
async function verificationKey(
  db: Queryable,
  keys: Map<string, VerificationKey>,
  { siteId, incarnation }: SiteCaller,
): Promise<VerificationKey | undefined> {
  const name = `${siteId}/${incarnation}`
  const known = keys.get(name)
  if (known !== undefined) return known
  const publicKey = await sitePublicKey(db, siteId, incarnation)
  if (publicKey === undefined) return undefined
  const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: publicKey }, 'EdDSA')
  if (keys.size >= keysMax) keys.clear()
  keys.set(name, key)
  return key
}

function unauthorised(wallMs: number): Response {
  return problemResponse(
    {
      status: 401,
      code: 'site_token',
      title: 'The token of this site is missing, wrong or out of date.',
      hint: 'Sign a new token with the key of the enrolment, dated by the Gatehouse-Time header; else enrol again.',
    },
    undefined,
    { [timeHeader]: String(wallMs), 'www-authenticate': 'Bearer' },
  )
}
