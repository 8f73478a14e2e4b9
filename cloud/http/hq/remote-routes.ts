import { doorsViewSchema, remoteOutcomeSchema } from '@gatehouse/shared/api/doors-view'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { remoteCommandSchema } from '@gatehouse/shared/wire/v1/remote-commands'
import { createRoute, z } from '@hono/zod-openapi'
import { commandFromAfar, type RemoteParts, readDoors } from '../../access/remote-command.ts'
import { requestOrigin } from '../../audit/request-origin.ts'
import { actionIds } from '../../bookings/action-ids.ts'
import { requirePermission } from '../../members/login.ts'
import { mayAtSite } from '../../members/permissions.ts'
import { isSiteOnline } from '../../sites/site-health.ts'
import { accessRefusals, createApi } from '../api.ts'
import { problem, refusal, siteRefusal } from '../problem.ts'
import type { OverviewParts } from './overview.ts'

const params = z.object({ site: siteIdSchema })
const notFound = { 404: { description: 'Not a site of yours, or no such door' } } as const

const doorsRoute = createRoute({
  method: 'get',
  path: '/hq/sites/{site}/doors',
  summary: 'The doors of a site as it told them last, and whether it is locked down',
  middleware: requirePermission('hq.access'),
  request: { params },
  responses: {
    ...accessRefusals,
    ...notFound,
    200: { description: 'Doors', content: { 'application/json': { schema: doorsViewSchema } } },
  },
})

const commandRoute = createRoute({
  method: 'post',
  path: '/hq/sites/{site}/remote-commands',
  summary: 'Unlock a door once, begin or end a lockdown, or forget who is in which zone, from afar',
  middleware: requirePermission('doors.command'),
  request: {
    params,
    headers: z.object({ 'idempotency-key': z.string().regex(/^[A-Za-z0-9._-]{8,64}$/) }),
    body: {
      required: true,
      content: { 'application/json': { schema: remoteCommandSchema.pick({ act: true }) } },
    },
  },
  responses: {
    ...accessRefusals,
    ...notFound,
    200: { description: 'Done', content: { 'application/json': { schema: remoteOutcomeSchema } } },
    202: {
      description: 'Not answered yet',
      content: { 'application/json': { schema: remoteOutcomeSchema } },
    },
    409: { description: 'The site is locked down, or started anew meanwhile' },
    410: { description: 'It reached the site too late' },
    503: { description: 'The site cannot be reached; nothing was asked' },
  },
})

/** Doors from afar under `/api/v1`: site managers command their own sites, HQ all. */
export function remoteRoutes(parts: OverviewParts & RemoteParts) {
  const { pool, clock, catalogues } = parts
  const api = createApi()
  api.openapi(doorsRoute, async (context) => {
    const { site } = context.req.valid('param')
    const isKnown = mayAtSite(context.get('login'), 'hq.access', site) && (await catalogues.find(site))
    if (!isKnown) return problem(context, refusal('not_found'))
    const asOfMs = clock.now().wallMs
    const { doors, ...more } = await readDoors(pool, site)
    return context.json(
      { asOfMs, online: await isSiteOnline(pool, site, asOfMs), doors: [...doors], ...more },
      200,
    )
  })
  api.openapi(commandRoute, async (context) => {
    const { site: siteId } = context.req.valid('param')
    const { act } = context.req.valid('json')
    const login = context.get('login')
    if (!mayAtSite(login, 'doors.command', siteId)) return problem(context, refusal('not_found'))
    const { requestId } = actionIds(login.userId, context.req.valid('header')['idempotency-key'])
    const done = await commandFromAfar(parts, requestOrigin(context, clock), { siteId, requestId, act })
    if (!done.ok) return problem(context, siteRefusal(done.error))
    return context.json({ requestId, outcome: done.value }, done.value === 'done' ? 200 : 202)
  })
  return api
}
