import type { Clock } from '@gatehouse/shared/clock/clock'
import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { MiddlewareHandler } from 'hono'
import { decodeProtectedHeader, errors, importJWK, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Pool, Queryable } from '../database/pool.ts'
import { problemResponse } from '../http/problem.ts'
import { clockToleranceSeconds, tokenMaxSeconds } from './call-delay.ts'
import { RefusedCalls } from './refused-calls.ts'
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
/** A life of a site never changes its key, so a key once read stays right for whoever asks the same database. */
const keysRead = new WeakMap<Pool, Map<string, VerificationKey>>()
const claims = z.object({ incarnation: z.int().min(1), iat: z.int(), exp: z.int() })

type VerificationKey = Awaited<ReturnType<typeof importJWK>>

/** What a token turned out to be; `misdated` was signed by the site, and is over or from the future. */
type Judged =
  | { readonly kind: 'genuine'; readonly site: SiteCaller }
  | { readonly kind: 'misdated' | 'nobodys' }
  | { readonly kind: 'forged'; readonly siteId: SiteId }

/**
 * Lets only sites pass: `Authorization: Bearer` with an EdDSA token (kid = site, audience `gatehouse-cloud`,
 * at most 60 s of life, begun). Every answer names the cloud's time. Refuses with 401 `site_token`; a token in the name of
 * a site that its key did not sign is counted and raised.
 */
export function requireSite(
  pool: Pool,
  clock: Clock,
  refused = new RefusedCalls(pool, clock),
): MiddlewareHandler<SiteEnv> {
  const keys = keysRead.get(pool) ?? new Map<string, VerificationKey>()
  keysRead.set(pool, keys)
  return async (context, next) => {
    const { wallMs } = clock.now()
    const token = /^Bearer (\S+)$/.exec(context.req.header('authorization') ?? '')?.[1]
    const judged = token === undefined ? nobodys : await judge(pool, keys, token, wallMs)
    if (judged.kind === 'forged') await refused.note(judged.siteId, 'forged_token')
    else await refused.writeDue()
    if (judged.kind !== 'genuine') return unauthorised(wallMs)
    context.set('site', judged.site)
    await next()
    context.res.headers.set(timeHeader, String(clock.now().wallMs))
    return undefined
  }
}

const nobodys: Judged = { kind: 'nobodys' }

async function judge(
  db: Queryable,
  keys: Map<string, VerificationKey>,
  token: string,
  wallMs: number,
): Promise<Judged> {
  const siteId = siteNamedBy(token)
  if (siteId === undefined) return nobodys
  const forged: Judged = { kind: 'forged', siteId }
  const incarnation = lifeNamedBy(token)
  const site = incarnation === undefined ? undefined : { siteId, incarnation }
  const key = site && (await verificationKey(db, keys, site))
  if (site === undefined || key === undefined) return forged
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      audience: 'gatehouse-cloud',
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(wallMs),
    })
    const { iat, exp } = claims.parse(payload)
    if (iat > wallMs / 1000 + clockToleranceSeconds) return { kind: 'misdated' }
    return exp - iat <= tokenMaxSeconds ? { kind: 'genuine', site } : forged
  } catch (error) {
    return error instanceof errors.JWTExpired ? { kind: 'misdated' } : forged
  }
}

/** Whose token it says it is; nothing is believed before the signature was checked. */
function siteNamedBy(token: string): SiteId | undefined {
  try {
    return siteIdSchema.parse(decodeProtectedHeader(token).kid)
  } catch {
    return undefined
  }
}

/** Which key to look for. */
function lifeNamedBy(token: string): number | undefined {
  try {
    const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
    return claims.parse(JSON.parse(text)).incarnation
  } catch {
    return undefined
  }
}

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
