import {
  accessPageSchema,
  type Choices,
  incidentPageSchema,
  incidentRowSchema,
} from '@gatehouse/shared/api/access-view'
import { doorIdSchema, memberIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { acknowledgeIncident } from '../../access/acknowledge-incident.ts'
import { recordExport } from '../../audit/record-export.ts'
import { requestOrigin } from '../../audit/request-origin.ts'
import type { SiteCatalogues } from '../../bookings/site-catalogue.ts'
import type { Queryable } from '../../database/pool.ts'
import { requirePermission } from '../../members/login.ts'
import { permittedSites } from '../../members/permissions.ts'
import { accessRefusals, createApi } from '../api.ts'
import type { AppEnv } from '../app-context.ts'
import { csvAnswer } from '../csv-answer.ts'
import { problem, refusal } from '../problem.ts'
import { readAccess } from './access-log.ts'
import { countOpenIncidents, readIncidents } from './incident-list.ts'
import type { OverviewParts, Visible } from './overview.ts'
import { cursorPattern, readCursor, writeCursor } from './row-cursor.ts'

/** Rows in one answer at most; a table holds more, since it is read at once. */
const pageRowsMax = 200
const csvRowsMax = 10_000
const choicesMax = 2_000

const instant = z.coerce.number().int().min(0).max(253_402_300_799_999)
// Words of sites: reasons and kinds.
const word = z.string().regex(/^[a-z0-9_]{1,60}$/)
const filters = {
  format: z.enum(['json', 'csv']).default('json'),
  site: siteIdSchema.optional(),
  door: doorIdSchema.optional(),
  fromMs: instant.optional(),
  toMs: instant.optional(),
  cursor: z.string().max(120).regex(cursorPattern).optional(),
  limit: z.coerce.number().int().min(1).max(pageRowsMax).default(50),
}
const notFound = { 404: { description: 'Not a site of yours' } } as const

const accessRoute = createRoute({
  method: 'get',
  path: '/hq/access',
  summary: 'Who was let in or refused, newest first; each row names its ledger entry and hash',
  middleware: requirePermission('hq.access'),
  request: {
    query: z.object({
      ...filters,
      result: z.enum(['granted', 'refused']).optional(),
      reason: word.optional(),
      member: memberIdSchema.optional(),
      name: z
        .string()
        .trim()
        .min(1)
        .max(80)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL cannot store or compare a NUL.
        .regex(/^[^\u0000]*$/)
        .optional(),
    }),
  },
  responses: {
    ...accessRefusals,
    ...notFound,
    200: { description: 'A page', content: { 'application/json': { schema: accessPageSchema } } },
  },
})

const incidentsRoute = createRoute({
  method: 'get',
  path: '/hq/incidents',
  summary: 'What happened at sites, open ones first; each row names its ledger entry and hash',
  middleware: requirePermission('hq.access'),
  request: {
    query: z.object({
      ...filters,
      kind: word.optional(),
      state: z.enum(['open', 'ended', 'moment']).optional(),
    }),
  },
  responses: {
    ...accessRefusals,
    ...notFound,
    200: { description: 'A page', content: { 'application/json': { schema: incidentPageSchema } } },
  },
})

const acknowledgeRoute = createRoute({
  method: 'post',
  path: '/hq/sites/{site}/incidents/{incident}/acknowledge',
  summary: 'Say that you see to an incident that only a person ends; a second time changes nothing',
  middleware: requirePermission('hq.access'),
  request: {
    params: z.object({ site: siteIdSchema, incident: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
    headers: z.object({ 'idempotency-key': z.string().regex(/^[A-Za-z0-9._-]{8,64}$/) }),
    body: { required: false, content: { 'application/json': { schema: z.object({}) } } },
  },
  responses: {
    ...accessRefusals,
    404: { description: 'Unknown, or not at a site of yours' },
    409: { description: 'What happens at the site ends it' },
    200: {
      description: 'It is ended; by whom and when',
      content: { 'application/json': { schema: incidentRowSchema } },
    },
  },
})

export interface AccessRouteParts extends OverviewParts {
  /** Days for which projected rows are kept. */
  readonly keptDays: number
}

/** Access decisions and incidents under `/api/v1`: site managers see their own sites, HQ all, members nothing. */
export function accessRoutes(parts: AccessRouteParts) {
  const { pool, clock, catalogues, keptDays } = parts
  const api = createApi()

  api.openapi(accessRoute, async (context) => {
    const { format, cursor, limit, ...filter } = context.req.valid('query')
    const visible = visibleSites(context, filter.site)
    if (visible === undefined) return problem(context, refusal('not_found'))
    const after = cursor === undefined ? undefined : readCursor(cursor, false)
    if (cursor !== undefined && after === undefined) return problem(context, refusal('invalid_request'))
    const asked = { ...filter, visible, after }
    if (format === 'csv') {
      const rows = await exported(context, parts, { name: 'access', filter }, (db) =>
        readAccess(db, { ...asked, limit: csvRowsMax }),
      )
      return csvAnswer(context, 'access', (await named(catalogues, rows)).map(withInstant))
    }
    const found = await readAccess(pool, { ...asked, limit: limit + 1 })
    const items = await named(catalogues, found.slice(0, limit))
    const last = found.length > limit ? items.at(-1) : undefined
    const next = last && { nextCursor: writeCursor(last) }
    const choices = await readChoices(parts, visible, filter.site)
    return context.json({ asOfMs: clock.now().wallMs, keptDays, items, choices, ...next }, 200)
  })

  api.openapi(incidentsRoute, async (context) => {
    const { format, cursor, limit, ...filter } = context.req.valid('query')
    const visible = visibleSites(context, filter.site)
    if (visible === undefined) return problem(context, refusal('not_found'))
    const after = cursor === undefined ? undefined : readCursor(cursor, true)
    if (cursor !== undefined && after === undefined) return problem(context, refusal('invalid_request'))
    const asked = { ...filter, visible, after }
    if (format === 'csv') {
      const rows = await exported(context, parts, { name: 'incidents', filter }, (db) =>
        readIncidents(db, { ...asked, limit: csvRowsMax }),
      )
      const dated = (await named(catalogues, rows)).map((row) => withInstant({ ...row, atMs: row.sinceMs }))
      return csvAnswer(context, 'incidents', dated)
    }
    const found = await readIncidents(pool, { ...asked, limit: limit + 1 })
    const items = await named(catalogues, found.slice(0, limit))
    const last = found.length > limit ? items.at(-1) : undefined
    const next = last && {
      nextCursor: writeCursor({ ...last, isOpen: last.state === 'open', atMs: last.sinceMs }),
    }
    const [choices, openCount] = await Promise.all([
      readChoices(parts, visible, filter.site),
      countOpenIncidents(pool, visible, filter.site),
    ])
    return context.json({ asOfMs: clock.now().wallMs, keptDays, openCount, items, choices, ...next }, 200)
  })
  api.openapi(acknowledgeRoute, async (context) => {
    const { site: siteId, incident: incidentId } = context.req.valid('param')
    const visible = visibleSites(context, siteId)
    if (visible === undefined) return problem(context, refusal('not_found'))
    const done = await acknowledgeIncident(pool, requestOrigin(context, clock), { siteId, incidentId })
    if (!done.ok) return problem(context, refusal(done.error))
    const [row] = await named(
      catalogues,
      await readIncidents(pool, { visible: [siteId], incidentId, limit: 1 }),
    )
    return row === undefined ? problem(context, refusal('not_found')) : context.json(row, 200)
  })
  return api
}

/** The sites somebody may see; `undefined` when a site is asked for that is not theirs. */
function visibleSites(context: Context<AppEnv>, site: string | undefined): Visible | undefined {
  const visible = permittedSites(context.get('login'), 'hq.access') ?? []
  return visible === 'all' || site === undefined || visible.includes(site) ? visible : undefined
}

/** Reads what leaves as a file; that it left is recorded. */
function exported<T>(
  context: Context<AppEnv>,
  { pool, clock }: OverviewParts,
  { name, filter }: { readonly name: string; readonly filter: { readonly site?: string | undefined } },
  read: (db: Queryable) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const { site: siteId, ...others } = filter
  const about = { name, siteId, filter: others }
  return recordExport(pool, requestOrigin(context, clock), about, read, ({ length }) => length)
}

/** For people who read the file: the instant as text, beside the number. */
function withInstant<T extends { readonly atMs: number }>(row: T) {
  return { at: new Date(row.atMs).toISOString(), ...row }
}

async function named<T extends { readonly siteId: string }>(
  catalogues: SiteCatalogues,
  rows: readonly T[],
): Promise<(T & { siteName: string; timeZone: string })[]> {
  const siteIds = [...new Set(rows.map(({ siteId }) => siteId))]
  const found = await Promise.all(siteIds.map((siteId) => catalogues.find(siteId)))
  const sites = new Map(siteIds.map((siteId, at) => [siteId, found[at]?.site]))
  return rows.map((row) => {
    const site = sites.get(row.siteId)
    return { ...row, siteName: site?.name ?? row.siteId, timeZone: site?.timeZone ?? 'UTC' }
  })
}

async function readChoices(
  { pool, catalogues }: OverviewParts,
  visible: Visible,
  site: string | undefined,
): Promise<Choices> {
  const siteIds = (visible === 'all' ? await catalogues.siteIds() : visible).slice(0, choicesMax)
  const [names, places] = await Promise.all([
    pool.query<Choices['sites'][number]>(
      `SELECT site_id AS "siteId", body->>'name' AS name FROM site_directory
       WHERE kind = 'site' AND body IS NOT NULL AND site_id = ANY ($1) ORDER BY name, site_id`,
      [siteIds],
    ),
    pool.query<Choices['places'][number]>(
      `SELECT key AS id, coalesce(body->>'name', key) AS name FROM site_directory
       WHERE site_id = $1 AND kind IN ('door', 'lane') AND body IS NOT NULL ORDER BY name, key LIMIT $2`,
      [site ?? null, choicesMax],
    ),
  ])
  return { sites: names.rows, places: places.rows }
}
