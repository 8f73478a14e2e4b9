import type { Clock } from '@gatehouse/shared/clock/clock'
import {
  enrolRequestSchema,
  type Heartbeat,
  type HeartbeatAnswer,
  handshakeRequestSchema,
  heartbeatSchema,
  recoverRequestSchema,
} from '@gatehouse/shared/wire/v1/sync'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import { cloudOrigin } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import { inTransaction, type Pool } from '../database/pool.ts'
import { openException } from '../exceptions/raise.ts'
import { problemResponse, refusal } from '../http/problem.ts'
import { isStorable } from '../http/storable.ts'
import type { CloudIdentity } from './cloud-identity.ts'
import { enrol } from './enrolment.ts'
import { raiseTwins, watchClock } from './findings.ts'
import { shakeHands } from './handshake.ts'
import { isGoingOn, recoverLife } from './recover.ts'
import { requireSite, type SiteCaller, type SiteEnv } from './site-access.ts'
import { storeHeartbeat } from './site-health.ts'
import { currentIncarnation } from './site-store.ts'

const bodyMaxBytes = 256 * 1024

export interface SiteRoutesOptions {
  readonly pool: Pool
  readonly clock: Clock
  readonly identity: CloudIdentity
  /** Called after each stored heartbeat; must not throw. */
  readonly onHeartbeat: (siteId: string) => void
}

/** `POST /enrol`, `/handshake`, `/recover` and `/heartbeat`, to be mounted under `/sync/v1`. */
export function siteRoutes(options: SiteRoutesOptions): Hono<SiteEnv> {
  const { pool, clock, identity, onHeartbeat } = options
  const routes = new Hono<SiteEnv>()
  const limit = bodyLimit({ maxSize: bodyMaxBytes, onError: () => refuse('too_large') })
  const site = requireSite(pool, clock)

  routes.post('/enrol', limit, async (context) => {
    const body = await readBody(context, enrolRequestSchema)
    if (body instanceof Response) return body
    const { wallMs } = clock.now()
    const [traceId, address] = [context.get('traceId'), context.get('address')]
    const request = { ...body, nowMs: wallMs, traceId, address }
    const answer = await enrol(pool, identity.publicKey, request)
    if (answer.ok) return context.json(answer.value)
    return problemResponse(enrolmentRefusals[answer.error], undefined)
  })

  routes.post('/handshake', limit, site, async (context) => {
    const body = await readBody(context, handshakeRequestSchema)
    if (body instanceof Response) return body
    const caller = context.get('site')
    if (body.incarnation !== caller.incarnation) return refuse('forbidden')
    return context.json(await shakeHands(pool, { caller, request: body, nowMs: clock.now().wallMs }))
  })

  routes.post('/recover', limit, site, async (context) => {
    const body = await readBody(context, recoverRequestSchema)
    if (body instanceof Response) return body
    const caller = context.get('site')
    if (body.incarnation !== caller.incarnation) return refuse('forbidden')
    const { publicKey: cloudPublicKey } = identity
    const nowMs = clock.now().wallMs
    return context.json(await recoverLife(pool, { caller, request: body, cloudPublicKey, nowMs }))
  })

  routes.post('/heartbeat', limit, site, async (context) => {
    const body = await readBody(context, heartbeatSchema)
    if (body instanceof Response) return body
    const caller = context.get('site')
    if (body.incarnation !== caller.incarnation) return refuse('forbidden')
    const isCurrent = await takeHeartbeat(pool, caller, body, clock.now().wallMs)
    if (isCurrent) onHeartbeat(caller.siteId)
    const answer: HeartbeatAnswer = { verdict: isCurrent ? 'continue' : 'fenced' }
    return context.json(answer)
  })
  return routes
}

const enrolmentRefusals = {
  code_unknown: {
    status: 403,
    code: 'code_unknown',
    title: 'This enrolment code is not known.',
    hint: 'Check the code, or make a new one with gatehouse-cloud enrolment-code.',
  },
  code_expired: {
    status: 410,
    code: 'code_expired',
    title: 'This enrolment code has expired.',
    hint: 'Codes are valid for 15 minutes. Make a new one with gatehouse-cloud enrolment-code.',
  },
  code_used: {
    status: 409,
    code: 'code_used',
    title: 'This enrolment code was used by another machine.',
    hint: 'Make a new code with gatehouse-cloud enrolment-code.',
  },
  code_other_site: {
    status: 409,
    code: 'code_other_site',
    title: 'This code belongs to another site.',
    hint: 'Name the site that the code was made for, or make a code for this one.',
  },
  history_incomplete: {
    status: 409,
    code: 'history_incomplete',
    title: 'The cloud lacks entries of this site, so that no box can take over its history from here.',
    hint: 'Restore the old box’s last backup on the new one (gatehouse-edge restore --from FOLDER), or enrol it with empty books.',
  },
  code_other_use: {
    status: 409,
    code: 'code_other_use',
    title: 'This code was made for another use.',
    hint: 'A box that takes over a site needs a code for that (HQ, or enrolment-code --adopts); a new one needs a plain code.',
  },
} as const

async function takeHeartbeat(
  pool: Pool,
  caller: SiteCaller,
  heartbeat: Heartbeat,
  nowMs: number,
): Promise<boolean> {
  const heard = await storeHeartbeat(pool, caller.siteId, heartbeat, nowMs)
  const { isCurrent, isLate, twins, hasClockCase } = heard
  if (twins) await raiseTwins(pool, caller, heartbeat, nowMs)
  if (isCurrent && !isLate) await watchClock(pool, caller, heartbeat, { nowMs, hasClockCase })
  if (isCurrent) return true
  // An older life that still talks is a clone or a machine that was replaced: people must know.
  if (!isLate && !(await isGoingOn(pool, caller))) await fence(pool, caller, heartbeat, nowMs)
  return false
}

async function fence(pool: Pool, caller: SiteCaller, heartbeat: Heartbeat, nowMs: number): Promise<void> {
  const { siteId, incarnation } = caller
  await inTransaction(pool, async (tx) => {
    const isNew = await openException(tx, {
      siteId,
      kind: 'clone',
      about: String(incarnation),
      sides: [
        { what: 'life', site: incarnation, cloud: await currentIncarnation(tx, siteId), unit: 'count' },
      ],
      detail: { bootId: heartbeat.bootId, version: heartbeat.version },
      nowMs,
    })
    const subject = { kind: 'site', id: siteId } as const
    const after = { incarnation, reason: 'older_incarnation_heard' }
    if (isNew) await recordActs(tx, cloudOrigin(nowMs), [{ act: 'site.fenced', subject, siteId, after }])
  })
}

async function readBody<S extends z.ZodType>(context: Context, schema: S): Promise<z.infer<S> | Response> {
  let value: unknown
  try {
    value = await context.req.json()
  } catch {
    return refuse('malformed_json')
  }
  const parsed = schema.safeParse(value)
  if (parsed.success && isStorable(parsed.data)) return parsed.data
  if (parsed.success) return refuse('invalid_request')
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  return problemResponse({ ...refusal('invalid_request'), issues }, undefined)
}

function refuse(code: 'too_large' | 'malformed_json' | 'invalid_request' | 'forbidden'): Response {
  return problemResponse(refusal(code), undefined)
}
