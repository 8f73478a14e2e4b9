import { problemSchema } from '@gatehouse/shared/api/problem'
import { createRoute, z } from '@hono/zod-openapi'
import type { Queryable } from '../database/pool.ts'
import { accessRefusals, createApi } from '../http/api.ts'
import { problem, refusal } from '../http/problem.ts'
import { requirePermission } from '../members/login.ts'
import { findPhoto } from './photo-store.ts'

const picture = { schema: z.string().meta({ format: 'binary' }) }

const photoRoute = createRoute({
  method: 'get',
  path: '/photos/{sha256}',
  summary: 'A picture of a site, named by the SHA-256 of its bytes; it never changes',
  middleware: requirePermission('sites.read'),
  request: { params: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }) },
  responses: {
    ...accessRefusals,
    200: {
      description: 'The picture',
      content: { 'image/png': picture, 'image/jpeg': picture, 'image/webp': picture },
    },
    404: { description: 'Unknown', content: { 'application/problem+json': { schema: problemSchema } } },
  },
})

/** Pictures of sites, under `/api/v1`. */
export function photoRoutes(db: Queryable) {
  const api = createApi()
  api.openapi(photoRoute, async (context) => {
    const photo = await findPhoto(db, context.req.valid('param').sha256)
    if (photo === undefined) return problem(context, refusal('not_found'))
    const cache = 'private, max-age=31536000, immutable'
    const headers = { 'content-type': photo.mediaType, 'cache-control': cache }
    return context.body(new Uint8Array(photo.bytes), 200, headers) as never
  })
  return api
}
