import { createRoute, z } from '@hono/zod-openapi'
import { accessRefusals, createApi } from '../http/api.ts'
import { roles } from './permissions.ts'

/** Who is logged in: `GET /api/v1/me`. `siteIds` are the sites they run (site manager) or may see (others: all). */
export const meSchema = z.object({
  userId: z.string(),
  memberId: z.string().optional(),
  displayName: z.string(),
  email: z.string(),
  role: z.enum(roles),
  siteIds: z.array(z.string()),
})

const meRoute = createRoute({
  method: 'get',
  path: '/me',
  summary: 'Who is logged in',
  responses: {
    ...accessRefusals,
    200: { description: 'You', content: { 'application/json': { schema: meSchema } } },
  },
})

/** The routes about oneself, under `/api/v1`. `allSiteIds` lists every site in order. */
export function memberRoutes(allSiteIds: () => Promise<readonly string[]>) {
  const api = createApi()
  api.openapi(meRoute, async (context) => {
    const { userId, memberId, displayName, email, role, managedSiteIds } = context.get('login')
    const siteIds = role === 'site_manager' ? managedSiteIds : await allSiteIds()
    return context.json(
      {
        userId,
        ...(memberId === undefined ? {} : { memberId }),
        displayName,
        email,
        role,
        siteIds: [...siteIds],
      },
      200,
    )
  })
  return api
}
