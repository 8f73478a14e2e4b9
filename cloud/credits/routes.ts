import {
  type CreditsView,
  creditReasons,
  creditsSchema,
  myCreditsAnswerSchema,
} from '@gatehouse/shared/api/credits-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { CloudAllowanceCommand } from '@gatehouse/shared/credits/cloud-allowance'
import { creditBucketIdSchema, memberIdSchema, newId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { recordExport } from '../audit/record-export.ts'
import { requestOrigin } from '../audit/request-origin.ts'
import type { Pool } from '../database/pool.ts'
import { accessRefusals, createApi } from '../http/api.ts'
import type { AppEnv } from '../http/app-context.ts'
import { csvAnswer } from '../http/csv-answer.ts'
import { problem, refusal } from '../http/problem.ts'
import { requirePermission } from '../members/login.ts'
import { permittedSites } from '../members/permissions.ts'
import { bucketCursorPattern, readBucketCursor } from './bucket-store.ts'
import { fundBucket } from './fund-bucket.ts'
import { moveCredits } from './move-credits.ts'
import { type CreditsAsked, readCredits, readMyCredits } from './read-credits.ts'

const amountMax = 1_000_000_000
const pageRows = 50
const pageRowsMax = 200
const csvRowsMax = 10_000
const instant = z.int().min(0).max(253_402_300_799_999)
const amount = z.int().min(1).max(amountMax)
const moves = requirePermission('hq.move_credits')
const keyHeader = z.object({ 'idempotency-key': z.string().regex(/^[A-Za-z0-9._-]{8,64}$/) })
const json = <S extends z.ZodType>(schema: S) => ({ 'application/json': { schema } })
const done = {
  200: { description: 'Done; the first page of credits as they are now', content: json(creditsSchema) },
}

const listRoute = createRoute({
  method: 'get',
  path: '/hq/credits',
  summary: 'Members’ credits: given, in the cloud, at which sites, and what is risked there',
  middleware: requirePermission('hq.credits'),
  request: {
    query: z.object({
      format: z.enum(['json', 'csv']).default('json'),
      member: memberIdSchema.optional(),
      cursor: z.string().max(100).regex(bucketCursorPattern).optional(),
      limit: z.coerce.number().int().min(1).max(pageRowsMax).default(pageRows),
    }),
  },
  responses: {
    ...accessRefusals,
    200: { description: 'A page as of now', content: json(creditsSchema) },
  },
})

const fundRoute = createRoute({
  method: 'post',
  path: '/hq/credits',
  summary: 'Give a member credits; all of it is in the cloud at first',
  middleware: moves,
  request: {
    headers: keyHeader,
    body: {
      required: true,
      content: json(
        z.object({
          memberId: memberIdSchema,
          operatorId: z.string().min(1).max(64),
          currency: z.string().regex(/^[A-Z]{3}$/),
          amountMinor: amount,
          promotional: z.boolean().default(false),
          fromMs: instant,
          /** Exclusive. */
          expiresMs: instant,
          reason: z.enum(creditReasons).exclude(['told_by_site', 'reissue']),
        }),
      ),
    },
  },
  responses: {
    ...accessRefusals,
    404: { description: 'Unknown member or operator' },
    410: { description: 'Over before it begins' },
    422: { description: 'Reversed' },
    ...done,
  },
})

function verbRoute<V extends string, B extends z.ZodType>(verb: V, summary: string, body: B) {
  return createRoute({
    method: 'post',
    path: `/hq/credits/{id}/${verb}` as const,
    summary,
    middleware: moves,
    request: {
      params: z.object({ id: creditBucketIdSchema }),
      headers: keyHeader,
      body: { required: true, content: json(body) },
    },
    responses: {
      ...accessRefusals,
      404: { description: 'Unknown' },
      409: { description: 'There is not so much, or nobody runs the site yet' },
      410: { description: 'The credits are over' },
      422: { description: 'A site of another operator' },
      503: { description: 'After a restore: not every site has told what it keeps' },
      ...done,
    },
  })
}

const amountAtSite = z.object({ siteId: siteIdSchema, amountMinor: amount })
const moveRoute = verbRoute(
  'move',
  'Move a share to a site, which spends it alone, also offline',
  amountAtSite,
)
const askBackRoute = verbRoute(
  'ask-back',
  'Ask a site for what it still has; it is in the cloud once the site says so',
  amountAtSite,
)
const overdraftRoute = verbRoute(
  'overdraft',
  'How far a site may go below what it has of a member’s credits',
  z.object({ siteId: siteIdSchema, overdraftMinor: z.int().min(0).max(amountMax) }),
)

const myRoute = createRoute({
  method: 'get',
  path: '/me/credits',
  summary: 'Your credits, and what of them each site takes also while it is offline',
  responses: {
    ...accessRefusals,
    200: { description: 'By currency', content: json(myCreditsAnswerSchema) },
  },
})

export interface CreditRouteParts {
  readonly pool: Pool
  readonly clock: Clock
  readonly random: Random
}

/** Members' credits under `/api/v1`: HQ gives and moves them, site managers see their sites, members their own. */
export function creditRoutes(parts: CreditRouteParts) {
  const { pool, clock } = parts
  const api = createApi()

  api.openapi(listRoute, async (context) => {
    const { format, member: memberId, cursor, limit } = context.req.valid('query')
    if (format === 'csv') return exported(context, parts, memberId)
    const after = cursor === undefined ? undefined : readBucketCursor(cursor)
    return context.json(await present(context, parts, { memberId, after, limit }), 200)
  })

  api.openapi(fundRoute, async (context) => {
    const bucketId = newId(creditBucketIdSchema, 'cb', parts.random)
    const funding = { bucketId, ...context.req.valid('json') }
    const funded = await fundBucket(pool, funding, requestOrigin(context, clock))
    return funded.ok
      ? context.json(await present(context, parts), 200)
      : problem(context, refusal(funded.error))
  })

  const move = async (
    context: Context<AppEnv>,
    bucketId: string,
    siteId: z.infer<typeof siteIdSchema>,
    command: CloudAllowanceCommand,
  ) => {
    const by = requestOrigin(context, clock)
    const moved = await moveCredits(pool, { bucketId, siteId, command, by, nowMs: by.nowMs })
    return moved.ok
      ? context.json(await present(context, parts), 200)
      : problem(context, refusal(moved.error))
  }
  for (const [route, kind] of [
    [moveRoute, 'move'],
    [askBackRoute, 'askBack'],
  ] as const) {
    api.openapi(route, (context) => {
      const { siteId, amountMinor } = context.req.valid('json')
      return move(context, context.req.valid('param').id, siteId, { kind, amountMinor })
    })
  }
  api.openapi(overdraftRoute, (context) => {
    const { siteId, overdraftMinor } = context.req.valid('json')
    return move(context, context.req.valid('param').id, siteId, { kind: 'setOverdraft', overdraftMinor })
  })

  api.openapi(myRoute, async (context) => {
    const { memberId } = context.get('login')
    const items = memberId === undefined ? [] : await readMyCredits(pool, memberId, clock.now().wallMs)
    return context.json({ items: [...items] }, 200)
  })
  return api
}

function asked(context: Context<AppEnv>, { clock }: CreditRouteParts) {
  const login = context.get('login')
  return {
    visible: permittedSites(login, 'hq.credits') ?? [],
    mayMove: permittedSites(login, 'hq.move_credits') !== undefined,
    nowMs: clock.now().wallMs,
  }
}

function present(
  context: Context<AppEnv>,
  parts: CreditRouteParts,
  page: Pick<CreditsAsked, 'memberId' | 'after' | 'limit'> = { limit: pageRows },
): Promise<CreditsView> {
  return readCredits(parts.pool, { ...asked(context, parts), ...page })
}

/** A line for each bucket and each of its shares; that it left is recorded. */
async function exported(
  context: Context<AppEnv>,
  parts: CreditRouteParts,
  memberId: string | undefined,
): Promise<Response> {
  const page = { ...asked(context, parts), memberId, limit: csvRowsMax }
  const rows = await recordExport(
    parts.pool,
    requestOrigin(context, parts.clock),
    { name: 'credits', filter: { member: memberId } },
    async (db) => (await readCredits(db, page)).items.flatMap(csvRows),
    ({ length }) => length,
  )
  return csvAnswer(context, 'credits', rows)
}

function csvRows({ sites, memberName: _, ...bucket }: CreditsView['items'][number]): readonly object[] {
  return sites.length === 0 ? [bucket] : sites.map((share) => ({ ...bucket, ...share }))
}
