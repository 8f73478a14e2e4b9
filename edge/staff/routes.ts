import { staffViewSchema } from '@gatehouse/shared/api/staff-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { body, json, problem } from '../http/described-answers.ts'
import { refuse } from '../http/problem.ts'
import { edgeRouter } from '../http/router.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { requireStaff, staffCookie } from './require-staff.ts'
import { checkSitePassword, sitePasswordMax } from './site-password.ts'
import type { StaffSessions } from './staff-sessions.ts'
import { UnknownNames } from './unknown-names.ts'

export interface StaffRoutesOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly sessions: StaffSessions
  readonly random: Random
  readonly clock: Clock
}

const loginRoute = createRoute({
  method: 'post',
  path: '/staff/login',
  tags: ['staff'],
  summary: 'Log in to the site’s admin; works without the cloud',
  request: {
    body: body(
      z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(sitePasswordMax) }),
    ),
  },
  responses: {
    200: json(staffViewSchema, 'Logged in; sets the session cookie'),
    401: problem('Name or password is not right'),
    429: problem('Too many wrong passwords under this name'),
    503: problem('Too many at once'),
  },
})

const logoutRoute = createRoute({
  method: 'post',
  path: '/staff/logout',
  tags: ['staff'],
  summary: 'End this login session',
  responses: { 204: { description: 'Ended' }, 401: problem('Nobody is logged in') },
})

const meRoute = createRoute({
  method: 'get',
  path: '/staff/me',
  tags: ['staff'],
  summary: 'Who is logged in here',
  responses: { 200: json(staffViewSchema, 'You, and the site'), 401: problem('Nobody is logged in') },
})

/** `POST /staff/login`, `POST /staff/logout` and `GET /staff/me` of the site's admin. */
export function staffRoutes({ kernel, directory, sessions, random, clock }: StaffRoutesOptions): OpenAPIHono {
  const app = edgeRouter()
  const unknown = new UnknownNames(clock)
  const view = (displayName: string) => ({
    displayName,
    siteName: directory.site()?.name ?? directory.siteId,
    timeZone: directory.site()?.timeZone ?? 'UTC',
  })
  for (const path of ['/staff/me', '/staff/logout']) app.use(path, requireStaff(sessions))
  app.openapi(loginRoute, async (c) => {
    const { email, password } = c.req.valid('json')
    const wanted = email.trim().toLowerCase()
    const [staffId, row] =
      [...directory.all('staff')].find(([, { email: theirs }]) => theirs === wanted) ?? []
    const checked = await checkSitePassword(row?.verifier, password)
    if (!checked.ok) return refuse(c, { code: checked.error }) as never
    if (staffId === undefined || !row) return refuse(c, { code: unknown.tried(wanted) }) as never
    const counted = await kernel.submit({
      kind: 'countStaffLogin',
      caller: `staff:${staffId}`,
      key: randomCode(random, 20),
      input: { staffId, right: checked.value },
    })
    if (!counted.ok) return refuse(c, counted.refusal) as never
    if (!checked.value) return refuse(c, { code: 'staff_wrong' }) as never
    setCookie(c, staffCookie(c.req.url), sessions.open(staffId, row.verifier), {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure: new URL(c.req.url).protocol === 'https:',
    })
    return c.json(view(row.displayName), 200)
  })
  app.openapi(logoutRoute, (c) => {
    const token = getCookie(c, staffCookie(c.req.url))
    if (token !== undefined) sessions.end(token)
    deleteCookie(c, staffCookie(c.req.url), { path: '/' })
    return c.body(null, 204)
  })
  app.openapi(meRoute, (c) => c.json(view(c.get('staff').displayName), 200))
  return app
}
