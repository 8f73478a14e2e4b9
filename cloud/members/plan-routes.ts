import type { Clock } from '@gatehouse/shared/clock/clock'
import { planIdSchema } from '@gatehouse/shared/ids/ids'
import { directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import { createRoute, z } from '@hono/zod-openapi'
import type { SiteCatalogues } from '../bookings/site-catalogue.ts'
import type { Queryable } from '../database/pool.ts'
import { accessRefusals, createApi } from '../http/api.ts'

const planBody = directoryBodies.plan

/** The plan of the person who asks; times are epoch milliseconds, the price is in minor units with its tax. */
export const memberPlanSchema = planBody
  .pick({ name: true, monthlyMinor: true, discountPercent: true, covers: true, access: true })
  .extend({
    planId: planIdSchema,
    /** Of the sites; absent where they differ, since a plan is of all of them. */
    currency: z.string().optional(),
    state: z.enum(['coming', 'running', 'over']),
    fromMs: z.int().optional(),
    /** Exclusive; absent: until further notice. */
    toMs: z.int().optional(),
  })
/** `plan` is `null` for somebody without one. */
export const myPlanSchema = z.object({ plan: memberPlanSchema.nullable() })

const planRoute = createRoute({
  method: 'get',
  path: '/me/plan',
  summary: 'Your plan: price, what it covers, since when and until when',
  responses: {
    ...accessRefusals,
    200: { description: 'Your plan', content: { 'application/json': { schema: myPlanSchema } } },
  },
})

interface Row {
  readonly plan_id: string
  readonly body: unknown
  readonly plan_from_ms: number | null
  readonly plan_to_ms: number | null
}

/** `GET /api/v1/me/plan`: one's own plan and nobody else's. */
export function planRoutes(parts: {
  readonly db: Queryable
  readonly clock: Clock
  readonly catalogues: SiteCatalogues
}) {
  const api = createApi()
  api.openapi(planRoute, async (context) => {
    const { memberId } = context.get('login')
    const found = await parts.db.query<Row>(
      `SELECT plan_id, body, plan_from_ms, plan_to_ms FROM member JOIN plan USING (plan_id) WHERE member_id = $1`,
      [memberId ?? null],
    )
    const [row] = found.rows
    // A row that this version cannot read is as good as none; sites judge their own copy.
    const body = planBody.safeParse(row?.body)
    if (row === undefined || !body.success) return context.json({ plan: null }, 200)
    const currency = await commonCurrency(parts.catalogues)
    const plan = {
      ...body.data,
      planId: planIdSchema.parse(row.plan_id),
      ...(currency === undefined ? {} : { currency }),
      state: stateAt(row, parts.clock.now().wallMs),
      ...(row.plan_from_ms === null ? {} : { fromMs: row.plan_from_ms }),
      ...(row.plan_to_ms === null ? {} : { toMs: row.plan_to_ms }),
    }
    return context.json({ plan }, 200)
  })
  return api
}

function stateAt(row: Row, nowMs: number): 'coming' | 'running' | 'over' {
  if (row.plan_from_ms !== null && nowMs < row.plan_from_ms) return 'coming'
  return row.plan_to_ms !== null && row.plan_to_ms <= nowMs ? 'over' : 'running'
}

async function commonCurrency(catalogues: SiteCatalogues): Promise<string | undefined> {
  const found = await Promise.all((await catalogues.siteIds()).map((siteId) => catalogues.find(siteId)))
  const currencies = new Set(found.flatMap((catalogue) => catalogue?.site.currency ?? []))
  return currencies.size === 1 ? [...currencies][0] : undefined
}
