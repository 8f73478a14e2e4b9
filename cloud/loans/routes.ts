import { authorityViewSchema } from '@gatehouse/shared/api/authority-view'
import { problemSchema } from '@gatehouse/shared/api/problem'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import type { SiteCatalogues } from '../bookings/site-catalogue.ts'
import type { Queryable } from '../database/pool.ts'
import { accessRefusals, createApi } from '../http/api.ts'
import { problem, refusal } from '../http/problem.ts'
import { requirePermission } from '../members/login.ts'
import { readAuthority } from './read-authority.ts'

const instant = z.coerce.number().int().min(0).max(253_402_300_799_999)
const dayMs = 24 * 3_600_000
const authorityMaxMs = 31 * dayMs
const problems = { 'application/problem+json': { schema: problemSchema } }

const authorityRoute = createRoute({
  method: 'get',
  path: '/sites/{id}/authority',
  summary:
    'Who may sell what until when: the site, the cloud inside a loan, or nobody (the next day by default)',
  middleware: requirePermission('sites.read'),
  request: {
    params: z.object({ id: siteIdSchema }),
    query: z.object({
      fromMs: instant.optional(),
      toMs: instant.optional(),
      spaceId: spaceIdSchema.optional(),
    }),
  },
  responses: {
    ...accessRefusals,
    200: {
      description: 'As the cloud knows it; the site may know more. At most 5,000 spaces',
      content: { 'application/json': { schema: authorityViewSchema } },
    },
    404: { description: 'Unknown site or space', content: problems },
    422: { description: 'Reversed, or longer than 31 days', content: problems },
  },
})

/** Who may sell what at a site, under `/api/v1`. */
export function authorityRoutes(parts: {
  readonly db: Queryable
  readonly clock: Clock
  readonly catalogues: SiteCatalogues
}) {
  const { db, clock, catalogues } = parts
  const api = createApi()
  api.openapi(authorityRoute, async (context) => {
    const catalogue = await catalogues.find(context.req.valid('param').id)
    if (catalogue === undefined) return problem(context, refusal('not_found'))
    const { spaceId, ...asked } = context.req.valid('query')
    if (spaceId !== undefined && !catalogue.spaces.has(spaceId))
      return problem(context, refusal('space_unknown'))
    const nowMs = clock.now().wallMs
    const fromMs = asked.fromMs ?? nowMs
    const toMs = asked.toMs ?? fromMs + dayMs
    if (toMs <= fromMs) return problem(context, refusal('reversed'))
    if (toMs - fromMs > authorityMaxMs) return problem(context, refusal('too_long'))
    return context.json(await readAuthority(db, catalogue, { fromMs, toMs, spaceId, nowMs }), 200)
  })
  return api
}
