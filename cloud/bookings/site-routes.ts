import { problemSchema } from '@gatehouse/shared/api/problem'
import { dayViewSchema, planViewSchema, siteViewSchema } from '@gatehouse/shared/api/views'
import { dayNumber } from '@gatehouse/shared/calendar/civil'
import { dayBounds } from '@gatehouse/shared/calendar/wall-time'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import { accessRefusals, createApi } from '../http/api.ts'
import { problem, refusal } from '../http/problem.ts'
import { requirePermission } from '../members/login.ts'
import type { SiteCatalogue, SiteCatalogues } from './site-catalogue.ts'
import type { SiteReader } from './site-reader.ts'
import { dayView, planView, siteView } from './site-view.ts'

const problems = { 'application/problem+json': { schema: problemSchema } }
const byId = z.object({ id: siteIdSchema })
const instant = z.coerce.number().int().min(0).max(253_402_300_799_999)
const hourMs = 3_600_000
// A booking around the interval may begin long before it: the longest is 31 days.
const planMaxMs = 31 * 24 * hourMs
const readSites = requirePermission('sites.read')

const listRoute = createRoute({
  method: 'get',
  path: '/sites',
  summary: 'Sites, found by text in name, address, description or amenities',
  middleware: readSites,
  request: { query: z.object({ text: z.string().max(100).optional() }) },
  responses: {
    ...accessRefusals,
    200: {
      description: 'In order of name',
      content: { 'application/json': { schema: z.object({ items: z.array(siteViewSchema) }) } },
    },
  },
})

const findRoute = createRoute({
  method: 'get',
  path: '/sites/{id}',
  summary: 'One site',
  middleware: readSites,
  request: { params: byId },
  responses: {
    ...accessRefusals,
    200: { description: 'As it stands', content: { 'application/json': { schema: siteViewSchema } } },
    404: { description: 'Unknown', content: problems },
  },
})

const planRoute = createRoute({
  method: 'get',
  path: '/sites/{id}/plan',
  summary: 'Levels and spaces with status and price for an interval (now and one hour by default)',
  middleware: readSites,
  request: {
    params: byId,
    query: z.object({ fromMs: instant.optional(), toMs: instant.optional() }),
  },
  responses: {
    ...accessRefusals,
    200: { description: 'The floor plan', content: { 'application/json': { schema: planViewSchema } } },
    404: { description: 'Unknown', content: problems },
    422: { description: 'Reversed or too long', content: problems },
  },
})

const dayRoute = createRoute({
  method: 'get',
  path: '/sites/{id}/spaces/{spaceId}/day',
  summary: 'Half-hour slots of a day of the site',
  middleware: readSites,
  request: {
    params: byId.extend({ spaceId: spaceIdSchema }),
    query: z.object({ date: z.iso.date() }),
  },
  responses: {
    ...accessRefusals,
    200: { description: 'The day', content: { 'application/json': { schema: dayViewSchema } } },
    404: { description: 'Unknown site or space', content: problems },
  },
})

export interface SiteRoutesParts {
  readonly catalogues: SiteCatalogues
  readonly reader: SiteReader
  readonly clock: Clock
}

/** Sites, floor plans and days, under `/api/v1`. */
export function siteViewRoutes(parts: SiteRoutesParts) {
  const { catalogues, reader, clock } = parts
  const api = createApi()
  const view = async (catalogue: SiteCatalogue) => {
    const nowMs = clock.now().wallMs
    return siteView(await reader.context(catalogue, { fromMs: nowMs, toMs: nowMs + hourMs }))
  }

  api.openapi(listRoute, async (context) => {
    const { text } = context.req.valid('query')
    const found = await Promise.all((await catalogues.siteIds()).map((siteId) => catalogues.find(siteId)))
    const matching = found.filter((one) => one !== undefined).filter((one) => matches(one, text ?? ''))
    const items = await Promise.all(matching.map(view))
    return context.json({ items: items.sort((a, b) => a.name.localeCompare(b.name)) }, 200)
  })

  api.openapi(findRoute, async (context) => {
    const catalogue = await catalogues.find(context.req.valid('param').id)
    if (catalogue === undefined) return problem(context, refusal('not_found'))
    return context.json(await view(catalogue), 200)
  })

  api.openapi(planRoute, async (context) => {
    const catalogue = await catalogues.find(context.req.valid('param').id)
    if (catalogue === undefined) return problem(context, refusal('not_found'))
    const query = context.req.valid('query')
    const fromMs = query.fromMs ?? clock.now().wallMs
    const toMs = query.toMs ?? fromMs + hourMs
    if (toMs <= fromMs) return problem(context, refusal('reversed'))
    if (toMs - fromMs > planMaxMs) return problem(context, refusal('too_long'))
    const interval = { fromMs, toMs }
    const { memberId } = context.get('login')
    // A day beyond the interval, to say until when a space is free.
    const around = { fromMs, toMs: toMs + 24 * hourMs }
    const [found, doors] = await Promise.all([
      reader.context(catalogue, around, memberId),
      reader.doorStates(catalogue.siteId),
    ])
    return context.json(planView(found, interval, doors), 200)
  })

  api.openapi(dayRoute, async (context) => {
    const { id, spaceId } = context.req.valid('param')
    const catalogue = await catalogues.find(id)
    const space = catalogue?.spaces.get(spaceId)
    if (catalogue === undefined || space === undefined) return problem(context, refusal('space_unknown'))
    const { date } = context.req.valid('query')
    const day = dayNumber(date)
    if (day === undefined) return problem(context, refusal('invalid_request'))
    const bounds = dayBounds(catalogue.site.timeZone, day)
    // A slot at the end of the day needs its gap free on the next.
    const found = await reader.context(catalogue, { ...bounds, toMs: bounds.toMs + space.gapMs })
    return context.json(dayView(found, { spaceId, space, day, date }), 200)
  })
  return api
}

function matches(catalogue: SiteCatalogue, text: string): boolean {
  const { name, address, description, descriptionIn = {}, amenities } = catalogue.site
  const words = [name, address, description, ...Object.values(descriptionIn), ...amenities]
    .join(' ')
    .toLocaleLowerCase()
  return text
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => words.includes(word))
}
