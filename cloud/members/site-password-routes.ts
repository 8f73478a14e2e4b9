import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Random } from '@gatehouse/shared/random/random'
import { createRoute, z } from '@hono/zod-openapi'
import { requestOrigin } from '../audit/request-origin.ts'
import type { Pool } from '../database/pool.ts'
import { createApi } from '../http/api.ts'
import { limitRate, type RequestLimits } from '../http/limits.ts'
import { type ProblemCode, problem, refusal } from '../http/problem.ts'
import { isStorable } from '../http/storable.ts'
import { type Auth, passwordLength } from './auth.ts'
import { loginFinder, requireLogin } from './login.ts'
import { setSitePassword } from './site-password.ts'

interface SitePasswordParts {
  readonly pool: Pool
  readonly auth: Auth
  readonly clock: Clock
  readonly random: Random
  readonly limits: RequestLimits
}

const inputSchema = z.object({ currentPassword: z.string(), sitePassword: z.string() })

/**
 * `POST /api/auth/site-password`: the password with which a site manager logs in at the sites they run, also while the cloud
 * is away. It needs the current password of the log-in here, and is another one: what lies on a box must not open the cloud.
 */
export function sitePasswordRoutes(parts: SitePasswordParts) {
  const { auth, pool, clock } = parts
  const route = createRoute({
    method: 'post',
    path: '/api/auth/site-password',
    summary: 'Set the password with which you log in at your sites themselves',
    middleware: [
      requireLogin(loginFinder(auth, pool)),
      limitRate(parts.limits.perLogIn, clock, (context) => context.get('login').userId),
    ] as const,
    request: { body: { content: { 'application/json': { schema: inputSchema } }, required: true } },
    responses: {
      204: { description: 'Set; it goes to your sites now' },
      401: { description: 'Not logged in' },
      403: { description: 'You run no site, or the current password is not right' },
      422: { description: 'The site password is too short, too long or that of the log-in' },
      429: { description: 'Too many tries' },
    },
  })
  const api = createApi()
  api.openapi(route, async (context) => {
    const input = context.req.valid('json')
    const { userId, role } = context.get('login')
    if (role !== 'site_manager') return problem(context, refusal('forbidden'))
    const unfit = unfitness(input)
    if (unfit !== undefined) return problem(context, refusal(unfit))
    const { rows } = await pool.query<{ hash: string | null }>(
      `SELECT password AS hash FROM login_account WHERE user_id = $1 AND provider_id = 'credential'`,
      [userId],
    )
    const hash = rows[0]?.hash
    const { password } = await auth.$context
    const isRight = hash && (await password.verify({ hash, password: input.currentPassword }))
    if (!isRight) return problem(context, refusal('wrong_password'))
    await setSitePassword(parts, { userId, password: input.sitePassword }, requestOrigin(context, clock))
    return context.body(null, 204)
  })
  return api
}

function unfitness({ currentPassword, sitePassword }: z.infer<typeof inputSchema>): ProblemCode | undefined {
  if (!isStorable([currentPassword, sitePassword])) return 'invalid_request'
  if (sitePassword.length < passwordLength.min) return 'password_too_short'
  if (sitePassword.length > passwordLength.max) return 'password_too_long'
  if (currentPassword.length > passwordLength.max) return 'wrong_password'
  return sitePassword === currentPassword ? 'password_unchanged' : undefined
}
