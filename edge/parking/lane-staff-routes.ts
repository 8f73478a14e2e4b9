import { laneReasonSchema } from '@gatehouse/shared/wire/v1/lane-acts'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { body, json, problem } from '../http/described-answers.ts'
import { idempotencyKeyParameter, requireIdempotencyKey } from '../http/idempotency-key.ts'
import { refuse } from '../http/problem.ts'
import { edgeRouter } from '../http/router.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { requireStaff } from '../staff/require-staff.ts'
import type { StaffSessions } from '../staff/staff-sessions.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { holdMsMax } from './lane-holds.ts'
import { laneViews } from './lane-view.ts'
import type { LaneWatch } from './lane-watch.ts'
import { laneViewSchema } from './route-schemas.ts'

export interface LaneStaffRoutesOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly lanes: LaneWatch
  readonly sessions: Pick<StaffSessions, 'find'>
}

const tags = ['admin']
const refusals = {
  401: problem('Nobody is logged in'),
  403: problem('Nobody is let in during a lockdown'),
  404: problem('There is no such lane'),
  409: problem('Not in this state'),
  422: problem('It can never be right'),
}
const laneId = z.object({ id: z.string().max(64) })
const parameters = [idempotencyKeyParameter]

const lanesRoute = createRoute({
  method: 'get',
  path: '/admin/lanes',
  tags,
  summary: 'All lanes: what stands there, what is wrong, who keeps a boom up',
  responses: { 200: json(z.object({ items: z.array(laneViewSchema) }), 'Lanes'), 401: refusals[401] },
})

const openRoute = createRoute({
  method: 'post',
  path: '/admin/lanes/{id}/openings',
  tags,
  summary: 'Let one vehicle through by hand; who did it and why is an entry, and it is counted',
  parameters,
  request: { params: laneId, body: body(z.strictObject({ reason: laneReasonSchema })) },
  responses: {
    200: json(z.object({ effectId: z.string(), sessionId: z.string().optional() }), 'Opened'),
    ...refusals,
  },
})

const holdRoute = createRoute({
  method: 'post',
  path: '/admin/lanes/{id}/hold',
  tags,
  summary: 'Keep the boom up until a time; who passes is counted',
  parameters,
  request: {
    params: laneId,
    body: body(z.strictObject({ reason: laneReasonSchema, forMs: z.int().min(60_000).max(holdMsMax) })),
  },
  responses: { 200: json(z.object({ untilMs: z.int() }), 'Held'), ...refusals },
})

const releaseRoute = createRoute({
  method: 'post',
  path: '/admin/lanes/{id}/release',
  tags,
  summary: 'Let the boom go; its own controller closes it',
  parameters,
  request: { params: laneId },
  responses: { 200: json(z.object({ ended: z.boolean() }), 'Let go'), ...refusals },
})

const fireRoute = createRoute({
  method: 'post',
  path: '/admin/lanes/{id}/fire-over',
  tags,
  summary: 'Say that the fire is over: the booms that its contact keeps up are let go',
  parameters,
  request: { params: laneId },
  responses: { 200: json(z.object({ ended: z.boolean() }), 'Let go'), ...refusals },
})

/** What staff of the site see and do at lanes, for who is logged in to its admin. */
export function laneStaffRoutes({ kernel, directory, lanes, sessions }: LaneStaffRoutesOptions): OpenAPIHono {
  const app = edgeRouter()
  app.use('/admin/lanes', requireStaff(sessions))
  app.use('/admin/lanes/*', requireStaff(sessions), requireIdempotencyKey)
  const act = async (c: Context, kind: string, asked: object): Promise<never> => {
    const { staffId } = c.get('staff')
    const from = { caller: `staff:${staffId}`, key: c.get('idempotencyKey') }
    const input = { ...asked, laneId: c.req.param('id'), by: staffId }
    const outcome = await kernel.submit({ kind, ...from, input })
    return (outcome.ok ? c.json(outcome.value as object, 200) : refuse(c, outcome.refusal)) as never
  }
  app.openapi(lanesRoute, (c) => c.json({ items: laneViews(kernel.db, directory, lanes) }, 200))
  app.openapi(openRoute, (c) => act(c, 'openLaneByHand', c.req.valid('json')))
  app.openapi(holdRoute, (c) => act(c, 'startLaneHold', c.req.valid('json')))
  app.openapi(fireRoute, (c) => act(c, 'endLaneFire', {}))
  app.openapi(releaseRoute, (c) => act(c, 'endLaneHold', {}))
  return app
}
