import { problemSchema } from '@gatehouse/shared/api/problem'
import { siteSettingsSchema, siteSettingsViewSchema } from '@gatehouse/shared/api/site-settings-view'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import { requestOrigin } from '../../audit/request-origin.ts'
import { requirePermission } from '../../members/login.ts'
import { mayAtSite } from '../../members/permissions.ts'
import { changeSettings, readSiteRow, settingsOf } from '../../sites/change-settings.ts'
import { canLend, lendable } from '../../sites/decide-lending.ts'
import { accessRefusals, createApi } from '../api.ts'
import { problem, refusal } from '../problem.ts'
import type { OverviewParts } from './overview.ts'

const params = z.object({ site: siteIdSchema })
const notFound = { 404: { description: 'Unknown, or not a site of yours' } } as const
const json = <S extends z.ZodType>(schema: S) => ({ 'application/json': { schema } })

const readRoute = createRoute({
  method: 'get',
  path: '/hq/sites/{site}/settings',
  summary: 'Whether a site is in business, how it gives bays, and what it lends to the cloud',
  middleware: requirePermission('hq.site'),
  request: { params },
  responses: {
    ...accessRefusals,
    ...notFound,
    200: { description: 'As its row says', content: json(siteSettingsViewSchema) },
  },
})

const changeRoute = createRoute({
  method: 'post',
  path: '/hq/sites/{site}/settings',
  summary: 'Change them; the site learns of it at once, or when it is heard again',
  middleware: requirePermission('sites.settings'),
  request: {
    params,
    body: {
      required: true,
      content: json(z.strictObject({ rev: z.int().min(0), settings: siteSettingsSchema })),
    },
  },
  responses: {
    ...accessRefusals,
    ...notFound,
    409: {
      description: 'Somebody changed the site since it was read',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
    422: {
      description: 'A pool of spaces that the site cannot lend, or one twice',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
    200: { description: 'As it is now', content: json(siteSettingsViewSchema) },
  },
})

/** The settings of sites under `/api/v1`: who manages a site sees and changes them. */
export function settingsRoutes({ pool, clock, catalogues }: OverviewParts) {
  const api = createApi()
  const view = async (siteId: string, mayChange: boolean) => {
    const [row, catalogue] = await Promise.all([readSiteRow(pool, siteId), catalogues.find(siteId)])
    if (row === undefined || catalogue === undefined) return undefined
    const { rev, body } = row
    return { name: body.name, rev, settings: settingsOf(body), ...lendable(catalogue), mayChange }
  }
  api.openapi(readRoute, async (context) => {
    const { site } = context.req.valid('param')
    const login = context.get('login')
    const found = mayAtSite(login, 'hq.site', site)
      ? await view(site, mayAtSite(login, 'sites.settings', site))
      : undefined
    return found ? context.json(found, 200) : problem(context, refusal('not_found'))
  })
  api.openapi(changeRoute, async (context) => {
    const { site: siteId } = context.req.valid('param')
    const catalogue = await catalogues.find(siteId)
    if (!mayAtSite(context.get('login'), 'sites.settings', siteId) || catalogue === undefined)
      return problem(context, refusal('not_found'))
    const { rev, settings } = context.req.valid('json')
    if (!canLend(catalogue, settings.lending)) return problem(context, refusal('invalid_request'))
    const changed = await changeSettings(pool, { siteId, rev, settings, by: requestOrigin(context, clock) })
    if (!changed.ok) return problem(context, refusal(changed.error))
    const now = await view(siteId, true)
    return now ? context.json(now, 200) : problem(context, refusal('not_found'))
  })
  return api
}
