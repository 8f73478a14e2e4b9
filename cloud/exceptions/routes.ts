import {
  type ExceptionDetail,
  exceptionDetailSchema,
  exceptionFixes,
  exceptionKinds,
  exceptionPageSchema,
} from '@gatehouse/shared/api/exception-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { recordExport } from '../audit/record-export.ts'
import { requestOrigin } from '../audit/request-origin.ts'
import type { Pool } from '../database/pool.ts'
import { accessRefusals, createApi } from '../http/api.ts'
import type { AppEnv } from '../http/app-context.ts'
import { csvAnswer } from '../http/csv-answer.ts'
import { problem, refusal } from '../http/problem.ts'
import { isStorable } from '../http/storable.ts'
import { requirePermission } from '../members/login.ts'
import { permittedSites } from '../members/permissions.ts'
import { actOnException } from './act.ts'
import type { Person, PersonCommand } from './decide.ts'
import type { SecondPersonRule } from './kinds.ts'
import {
  type ExceptionQuery,
  exceptionCursorPattern,
  readExceptionChoices,
  readExceptionCursor,
  readExceptionHistory,
  readExceptions,
  type VisibleSites,
  writeExceptionCursor,
} from './read.ts'
import { csvRow, exceptionView, personOf } from './render.ts'

const pageRowsMax = 200
const csvRowsMax = 10_000
const noteMax = 500

const handled = requirePermission('hq.exceptions')
const settled = requirePermission('hq.settle_exceptions')
const keyHeader = z.object({ 'idempotency-key': z.string().regex(/^[A-Za-z0-9._-]{8,64}$/) })
const byNumber = z.object({
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .transform(Number),
})
const note = z.string().trim().min(1).max(noteMax).refine(isStorable).optional()
const json = <S extends z.ZodType>(schema: S) => ({ 'application/json': { schema } })

const listRoute = createRoute({
  method: 'get',
  path: '/hq/exceptions',
  summary: 'What needs a person, worst and oldest first; settled cases last',
  middleware: handled,
  request: {
    query: z.object({
      format: z.enum(['json', 'csv']).default('json'),
      state: z.enum(['open', 'taken', 'proposed', 'settled', 'unsettled']).optional(),
      site: siteIdSchema.optional(),
      kind: z.enum(exceptionKinds).optional(),
      /** A user's id, `me`, or `nobody`. */
      owner: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,64}$/)
        .optional(),
      cursor: z.string().max(40).regex(exceptionCursorPattern).optional(),
      limit: z.coerce.number().int().min(1).max(pageRowsMax).default(50),
    }),
  },
  responses: {
    ...accessRefusals,
    404: { description: 'Not a site of yours' },
    200: { description: 'A page', content: json(exceptionPageSchema) },
  },
})

const detailRoute = createRoute({
  method: 'get',
  path: '/hq/exceptions/{id}',
  summary: 'One case with both sides and everything that became of it',
  middleware: handled,
  request: { params: byNumber },
  responses: {
    ...accessRefusals,
    404: { description: 'Unknown, or not at a site of yours' },
    200: { description: 'As of now', content: json(exceptionDetailSchema) },
  },
})

function verbRoute<V extends string, B extends z.ZodType>(
  verb: V,
  summary: string,
  { middleware, body, isRequired = false }: { middleware: typeof handled; body: B; isRequired?: boolean },
) {
  return createRoute({
    method: 'post',
    path: `/hq/exceptions/{id}/${verb}` as const,
    summary,
    middleware,
    request: { params: byNumber, headers: keyHeader, body: { required: isRequired, content: json(body) } },
    responses: {
      ...accessRefusals,
      404: { description: 'Unknown, or not at a site of yours' },
      409: { description: 'Somebody else has it, or it is not at that point' },
      410: { description: 'It is settled' },
      422: { description: 'A fix that does not fit the kind of case' },
      200: { description: 'Done', content: json(exceptionDetailSchema) },
    },
  })
}

const nothing = z.object({})
const takeRoute = verbRoute('take', 'Become its owner', { middleware: handled, body: nothing })
const releaseRoute = verbRoute('release', 'Give it back; HQ also for others', {
  middleware: handled,
  body: nothing,
})
const proposeRoute = verbRoute(
  'propose',
  'Say what was done; settles it at once for HQ when no second person is needed',
  { middleware: handled, body: z.object({ fix: z.enum(exceptionFixes), note }), isRequired: true },
)
const approveRoute = verbRoute('approve', 'Settle what another person proposed', {
  middleware: settled,
  body: nothing,
})
const rejectRoute = verbRoute('reject', 'Send a proposal back to its owner', {
  middleware: settled,
  body: z.object({ note }),
})

export interface ExceptionRouteParts {
  readonly pool: Pool
  readonly clock: Clock
  readonly secondPerson: SecondPersonRule
}

/** The exception queue under `/api/v1`: site managers see and work on their own sites' cases, HQ settles. */
export function exceptionRoutes(parts: ExceptionRouteParts) {
  const { pool, clock, secondPerson } = parts
  const api = createApi()

  api.openapi(listRoute, async (context) => {
    const { format, cursor, limit, owner, ...filter } = context.req.valid('query')
    const visible = visibleSites(context)
    if (filter.site !== undefined && visible !== 'all' && !visible.includes(filter.site)) {
      return problem(context, refusal('not_found'))
    }
    const { userId } = context.get('login')
    const asked = { ...filter, visible, owner: owner === 'me' ? userId : owner }
    if (format === 'csv') return exported(context, parts, asked)
    const after = cursor === undefined ? undefined : readExceptionCursor(cursor)
    const found = await readExceptions(pool, { ...asked, after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const last = found.length > limit ? page.at(-1) : undefined
    const items = page.map((row) => exceptionView(row, personOf(context.get('login')), secondPerson))
    const around = await readExceptionChoices(pool, asked)
    const next = last && { nextCursor: writeExceptionCursor(last) }
    return context.json({ asOfMs: clock.now().wallMs, ...around, items, ...next }, 200)
  })

  api.openapi(detailRoute, async (context) => {
    const detail = await readDetail(context, parts, context.req.valid('param').id)
    return detail === undefined ? problem(context, refusal('not_found')) : context.json(detail, 200)
  })

  const act = async (
    context: Context<AppEnv>,
    exceptionId: number,
    commandOf: (by: Person) => PersonCommand,
  ) => {
    const command = commandOf(personOf(context.get('login')))
    const asked = { exceptionId, visible: visibleSites(context), command, secondPerson }
    const outcome = await actOnException(pool, requestOrigin(context, clock), asked)
    if (!outcome.ok) return problem(context, refusal(outcome.error))
    const detail = await readDetail(context, parts, exceptionId)
    return detail === undefined ? problem(context, refusal('not_found')) : context.json(detail, 200)
  }
  for (const [route, kind] of [
    [takeRoute, 'take'],
    [releaseRoute, 'release'],
    [approveRoute, 'approve'],
  ] as const) {
    api.openapi(route, (context) => act(context, context.req.valid('param').id, (by) => ({ kind, by })))
  }
  api.openapi(proposeRoute, (context) => {
    const said = context.req.valid('json')
    return act(context, context.req.valid('param').id, (by) => ({ kind: 'propose', by, ...said }))
  })
  api.openapi(rejectRoute, (context) => {
    const said = context.req.valid('json')
    return act(context, context.req.valid('param').id, (by) => ({ kind: 'reject', by, ...said }))
  })
  return api
}

function visibleSites(context: Context<AppEnv>): VisibleSites {
  return permittedSites(context.get('login'), 'hq.exceptions') ?? []
}

async function readDetail(
  context: Context<AppEnv>,
  { pool, clock, secondPerson }: ExceptionRouteParts,
  exceptionId: number,
): Promise<ExceptionDetail | undefined> {
  const [row] = await readExceptions(pool, { visible: visibleSites(context), exceptionId, limit: 1 })
  if (row === undefined) return undefined
  const history = await readExceptionHistory(pool, exceptionId)
  const view = exceptionView(row, personOf(context.get('login')), secondPerson)
  return { ...view, asOfMs: clock.now().wallMs, history }
}

/** The cases as a file; that it left is recorded. */
async function exported(
  context: Context<AppEnv>,
  { pool, clock }: ExceptionRouteParts,
  asked: Omit<ExceptionQuery, 'limit'>,
): Promise<Response> {
  const { state, kind, owner, site: siteId } = asked
  const rows = await recordExport(
    pool,
    requestOrigin(context, clock),
    { name: 'exceptions', siteId, filter: { state, kind, owner } },
    (db) => readExceptions(db, { ...asked, limit: csvRowsMax }),
    ({ length }) => length,
  )
  return csvAnswer(context, 'exceptions', rows.map(csvRow))
}
