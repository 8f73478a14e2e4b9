import { problemSchema } from '@gatehouse/shared/api/problem'
import { restoredLoansSchema } from '@gatehouse/shared/api/restored-loans-view'
import { statedReasonSchema } from '@gatehouse/shared/api/stated-reason'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import { requestOrigin } from '../../audit/request-origin.ts'
import { readRestoredLoans, releaseEarly } from '../../loans/release-early.ts'
import { endAllRestoredLoans } from '../../loans/restored-loans.ts'
import { requirePermission } from '../../members/login.ts'
import { mayAtSite } from '../../members/permissions.ts'
import { accessRefusals, createApi } from '../api.ts'
import { problem, refusal } from '../problem.ts'
import type { OverviewParts } from './overview.ts'

const params = z.object({ site: siteIdSchema })
const notFound = { 404: { description: 'Unknown, or not a site of yours' } } as const
const json = <S extends z.ZodType>(schema: S) => ({ 'application/json': { schema } })

const readRoute = createRoute({
  method: 'get',
  path: '/hq/sites/{site}/restored-loans',
  summary: 'What a site lent before the cloud was restored, and what its selling waits for',
  middleware: requirePermission('hq.site'),
  request: { params },
  responses: {
    ...accessRefusals,
    ...notFound,
    200: { description: 'Counts, and who released them early', content: json(restoredLoansSchema) },
  },
})

const releaseRoute = createRoute({
  method: 'post',
  path: '/hq/sites/{site}/restored-loans/release',
  summary:
    'Let the site sell again before older passes are over; states that a holder of such a pass may meet another one',
  middleware: requirePermission('loans.release'),
  request: {
    params,
    body: {
      required: true,
      content: json(z.object({ reason: statedReasonSchema, takesRisk: z.literal(true) })),
    },
  },
  responses: {
    ...accessRefusals,
    ...notFound,
    409: {
      description: 'Nothing of the site is suspended, or somebody released it already',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
    200: {
      description: 'On record; loans end as soon as the site has caught up',
      content: json(restoredLoansSchema),
    },
  },
})

/** What a restored cloud holds back at a site, under `/api/v1`: who manages the site sees it and may release it early. */
export function restoredLoansRoutes(parts: OverviewParts & { readonly passLifeMs: number }) {
  const { pool, clock, catalogues, passLifeMs } = parts
  const api = createApi()
  const view = (siteId: string, mayRelease: boolean) =>
    readRestoredLoans(pool, siteId, { passLifeMs, nowMs: clock.now().wallMs }).then((found) => ({
      ...found,
      mayRelease,
    }))
  api.openapi(readRoute, async (context) => {
    const { site } = context.req.valid('param')
    const login = context.get('login')
    if (!mayAtSite(login, 'hq.site', site) || !(await catalogues.find(site)))
      return problem(context, refusal('not_found'))
    return context.json(await view(site, mayAtSite(login, 'loans.release', site)), 200)
  })
  api.openapi(releaseRoute, async (context) => {
    const { site: siteId } = context.req.valid('param')
    if (!mayAtSite(context.get('login'), 'loans.release', siteId) || !(await catalogues.find(siteId)))
      return problem(context, refusal('not_found'))
    const { reason } = context.req.valid('json')
    const released = await releaseEarly(pool, { siteId, reason, by: requestOrigin(context, clock) })
    if (!released.ok) return problem(context, refusal(released.error))
    await endAllRestoredLoans({ pool, clock, passLifeMs })
    return context.json(await view(siteId, true), 200)
  })
  return api
}
