import {
  type ActView,
  actPageSchema,
  auditSummarySchema,
  type ChainView,
} from '@gatehouse/shared/api/audit-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Pool } from '../database/pool.ts'
import { accessRefusals, createApi } from '../http/api.ts'
import type { AppEnv } from '../http/app-context.ts'
import { csv } from '../http/csv.ts'
import { csvFile } from '../http/csv-answer.ts'
import { problem, refusal } from '../http/problem.ts'
import { requirePermission } from '../members/login.ts'
import { permittedSites } from '../members/permissions.ts'
import { actCodes } from './act.ts'
import { checkActChain, type ReadableActs, readActFilters, readActs } from './read-acts.ts'
import { recordExport } from './record-export.ts'
import { requestOrigin } from './request-origin.ts'

const pageMax = 500
const instant = z.coerce.number().int().min(0).max(253_402_300_799_999)

const auditRoute = createRoute({
  method: 'get',
  path: '/hq/audit',
  summary: 'Administrative acts, newest first; HQ reads all, a site manager those at their sites',
  middleware: requirePermission('hq.audit'),
  request: {
    query: z.object({
      format: z.enum(['json', 'csv']).default('json'),
      act: z.enum(actCodes).optional(),
      /** A user id, the name of a command or of a machine, or `cloud`. */
      actor: z
        .string()
        .regex(/^[\w][\w .:@-]{0,127}$/)
        .optional(),
      site: siteIdSchema.optional(),
      fromMs: instant.optional(),
      /** Exclusive. */
      toMs: instant.optional(),
      beforeSeq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
      limit: z.coerce.number().int().min(1).max(pageMax).default(50),
    }),
  },
  responses: {
    ...accessRefusals,
    422: { description: 'A filter that cannot be right, or an end before its start' },
    200: { description: 'A page', content: { 'application/json': { schema: actPageSchema } } },
  },
})

const summaryRoute = createRoute({
  method: 'get',
  path: '/hq/audit/summary',
  summary: 'Whether the chain of administrative acts is intact, and what they can be filtered by',
  middleware: requirePermission('hq.audit'),
  responses: {
    ...accessRefusals,
    200: { description: 'As of now', content: { 'application/json': { schema: auditSummarySchema } } },
  },
})

/** The audit of administrative acts, under `/api/v1`. Taking it away as a file is an act itself. */
export function auditRoutes(parts: { readonly pool: Pool; readonly clock: Clock }) {
  const { pool, clock } = parts
  const api = createApi()
  const chain = oneAtATime(() => checkActChain(pool))

  api.openapi(auditRoute, async (context) => {
    const { format, ...asked } = context.req.valid('query')
    if (asked.fromMs !== undefined && asked.toMs !== undefined && asked.toMs <= asked.fromMs) {
      return problem(context, refusal('reversed'))
    }
    const query = { ...asked, readable: readableActs(context) }
    if (format === 'json') return context.json(await readActs(pool, query), 200)
    const { beforeSeq: _, limit: __, ...filter } = asked
    const page = await recordExport(
      pool,
      requestOrigin(context, clock),
      { name: 'audit', filter },
      (db) => readActs(db, query),
      ({ items }) => items.length,
    )
    return csvFile(context, 'audit', csv(columns, page.items.map(line)))
  })

  api.openapi(summaryRoute, async (context) => {
    const filters = await readActFilters(pool, readableActs(context))
    return context.json({ asOfMs: clock.now().wallMs, chain: await chain(), ...filters }, 200)
  })
  return api
}

/** Runs a costly question once for everybody who asks while it runs. */
function oneAtATime(ask: () => Promise<ChainView>): () => Promise<ChainView> {
  let running: Promise<ChainView> | undefined
  return () => {
    running ??= ask().finally(() => {
      running = undefined
    })
    return running
  }
}

function readableActs(context: Context<AppEnv>): ReadableActs {
  return permittedSites(context.get('login'), 'hq.audit') ?? []
}

const columns = [
  ...['seq', 'occurredMs', 'act', 'actorKind', 'actorId', 'actorName', 'actorRole', 'operatorId', 'siteId'],
  ...['subjectKind', 'subjectId', 'before', 'after', 'traceId', 'address', 'prev', 'hash'],
]

function line(view: ActView) {
  const { actor, subject, before, after } = view
  const json = (detail: object | undefined) => (detail === undefined ? null : JSON.stringify(detail))
  return [
    ...[view.seq, view.occurredMs, view.act, actor.kind, actor.id, view.actorName, actor.role],
    ...[view.operatorId, view.siteId, subject.kind, subject.id, json(before), json(after)],
    ...[view.traceId, view.address, view.prev, view.hash],
  ]
}
