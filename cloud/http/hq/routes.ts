import {
  hourViewSchema,
  ledgerPageSchema,
  overviewSchema,
  reconciliationSchema,
  siteDetailSchema,
} from '@gatehouse/shared/api/hq-views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { recordExport } from '../../audit/record-export.ts'
import { requestOrigin } from '../../audit/request-origin.ts'
import { requirePermission } from '../../members/login.ts'
import { mayAtSite, type Permission, permittedSites } from '../../members/permissions.ts'
import { accessRefusals, createApi } from '../api.ts'
import type { AppEnv } from '../app-context.ts'
import { csvAnswer } from '../csv-answer.ts'
import { problem, refusal } from '../problem.ts'
import { hoursMax, readHours } from './hours.ts'
import { readLedgerPage } from './ledger-page.ts'
import {
  type OverviewParts,
  readOverview,
  readReconciliation,
  readSiteDetail,
  readSummaries,
  type Visible,
} from './overview.ts'

const byId = z.object({ id: siteIdSchema })
const format = z.enum(['json', 'csv']).default('json')
const seq = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const instant = z.coerce.number().int().min(0).max(253_402_300_799_999)
const formatQuery = z.object({ format })
const notFound = { 404: { description: 'Unknown, or not a site of yours' } } as const
const ledgerLimitMax = 500

function json<S extends z.ZodType>(schema: S) {
  return { 'application/json': { schema } }
}

const overviewRoute = createRoute({
  method: 'get',
  path: '/hq/overview',
  summary: 'Every site you run: link, head, lag, takings, occupancy, books',
  middleware: requirePermission('hq.overview'),
  request: { query: formatQuery },
  responses: { ...accessRefusals, 200: { description: 'As of now', content: json(overviewSchema) } },
})

const siteRoute = createRoute({
  method: 'get',
  path: '/hq/sites/{id}',
  summary: 'One site in detail',
  middleware: requirePermission('hq.site'),
  request: { params: byId },
  responses: {
    ...accessRefusals,
    ...notFound,
    200: { description: 'As of now', content: json(siteDetailSchema) },
  },
})

const ledgerRoute = createRoute({
  method: 'get',
  path: '/hq/sites/{id}/ledger',
  summary: 'Entries of a site, newest first; by type or family of types',
  middleware: requirePermission('hq.ledger'),
  request: {
    params: byId,
    query: z.object({
      format,
      beforeSeq: seq.optional(),
      incarnation: seq.optional(),
      limit: z.coerce.number().int().min(1).max(ledgerLimitMax).default(50),
      type: z
        .string()
        .max(60)
        .regex(/^[a-z_]+(\.[a-z_]+)?$/)
        .optional(),
    }),
  },
  responses: {
    ...accessRefusals,
    ...notFound,
    200: { description: 'A page', content: json(ledgerPageSchema) },
  },
})

const hoursRoute = createRoute({
  method: 'get',
  path: '/hq/sites/{id}/hours',
  summary: 'Occupancy and takings of a site by hour',
  middleware: requirePermission('hq.hours'),
  request: {
    params: byId,
    query: z.object({
      format,
      toMs: instant.optional(),
      hours: z.coerce.number().int().min(1).max(hoursMax).default(24),
    }),
  },
  responses: {
    ...accessRefusals,
    ...notFound,
    200: { description: 'Oldest first', content: json(z.object({ items: z.array(hourViewSchema) })) },
  },
})

const reconciliationRoute = createRoute({
  method: 'get',
  path: '/hq/reconciliation',
  summary: 'What sites report against what the cloud has projected, computed now',
  middleware: requirePermission('hq.reconciliation'),
  request: { query: formatQuery },
  responses: { ...accessRefusals, 200: { description: 'As of now', content: json(reconciliationSchema) } },
})

/** The HQ API, under `/api/v1`: site managers see their own sites, HQ all. */
export function hqRoutes(parts: OverviewParts) {
  const { pool, clock, catalogues } = parts
  const api = createApi()

  api.openapi(overviewRoute, async (context) => {
    const overview = await readOverview(parts, visibleSites(context, 'hq.overview'))
    if (context.req.valid('query').format === 'csv') return csvAnswer(context, 'sites', overview.sites)
    return context.json(overview, 200)
  })

  api.openapi(siteRoute, async (context) => {
    const { id } = context.req.valid('param')
    const detail = mayAtSite(context.get('login'), 'hq.site', id)
      ? await readSiteDetail(parts, id)
      : undefined
    return detail === undefined ? problem(context, refusal('not_found')) : context.json(detail, 200)
  })

  api.openapi(ledgerRoute, async (context) => {
    const { id: siteId } = context.req.valid('param')
    const isKnown = mayAtSite(context.get('login'), 'hq.ledger', siteId) && (await catalogues.find(siteId))
    if (!isKnown) return problem(context, refusal('not_found'))
    const { format: as, ...query } = context.req.valid('query')
    if (as === 'json') return context.json(await readLedgerPage(pool, { siteId, ...query }), 200)
    const { limit: _, ...filter } = query
    const page = await recordExport(
      pool,
      requestOrigin(context, clock),
      { name: 'ledger', siteId, filter },
      (db) => readLedgerPage(db, { siteId, ...query }),
      ({ items }) => items.length,
    )
    return csvAnswer(
      context,
      `ledger-${siteId}`,
      page.items.map((line) => ({ ...line, body: JSON.stringify(line.body) })),
    )
  })

  api.openapi(hoursRoute, async (context) => {
    const { id: siteId } = context.req.valid('param')
    const nowMs = clock.now().wallMs
    const [site] = mayAtSite(context.get('login'), 'hq.hours', siteId)
      ? await readSummaries(parts, [siteId], nowMs)
      : []
    if (site === undefined) return problem(context, refusal('not_found'))
    const { format: as, toMs = nowMs, hours } = context.req.valid('query')
    const items = await readHours(pool, { siteIds: [siteId], capacity: site.capacity, toMs, hours, nowMs })
    if (as === 'csv') return csvAnswer(context, `hours-${siteId}`, items)
    return context.json({ items: [...items] }, 200)
  })

  api.openapi(reconciliationRoute, async (context) => {
    const visible = visibleSites(context, 'hq.reconciliation')
    const nowMs = clock.now().wallMs
    const items = await readReconciliation(parts, visible, nowMs)
    if (context.req.valid('query').format === 'csv') {
      const rows = items.flatMap(({ siteId, name, incarnation, state, lines }) =>
        lines.map((line) => ({ siteId, name, incarnation, state, ...line })),
      )
      return csvAnswer(context, 'reconciliation', rows)
    }
    return context.json({ asOfMs: nowMs, items: [...items] }, 200)
  })
  return api
}

function visibleSites(context: Context<AppEnv>, permission: Permission): Visible {
  return permittedSites(context.get('login'), permission) ?? []
}
