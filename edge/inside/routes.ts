import { insideViewSchema } from '@gatehouse/shared/api/inside-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { json, problem } from '../http/described-answers.ts'
import { edgeRouter } from '../http/router.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { requireStaff } from '../staff/require-staff.ts'
import type { StaffSessions } from '../staff/staff-sessions.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { listInside } from './inside-list.ts'

export interface InsideRoutesOptions {
  readonly kernel: Pick<Kernel, 'db'>
  readonly directory: DirectoryReader
  readonly clock: Clock
  readonly sessions: StaffSessions
}

const insideRoute = createRoute({
  method: 'get',
  path: '/inside',
  tags: ['admin'],
  summary: 'Who is inside as far as the site knows, for an evacuation; works offline',
  responses: { 200: json(insideViewSchema, 'People and vehicles'), 401: problem('Nobody is logged in') },
})

/** `GET /inside`, for who is logged in to the site's admin. */
export function insideRoutes({ kernel, directory, clock, sessions }: InsideRoutesOptions): OpenAPIHono {
  const app = edgeRouter()
  app.use('/inside', requireStaff(sessions))
  app.openapi(insideRoute, (c) => c.json(listInside(kernel.db, directory, clock.now().wallMs), 200))
  return app
}
