import type { Clock } from '@gatehouse/shared/clock/clock'
import { createRoute, z } from '@hono/zod-openapi'
import { recordActs } from '../audit/record-acts.ts'
import { requestOrigin } from '../audit/request-origin.ts'
import { inTransaction, type Pool } from '../database/pool.ts'
import { createApi } from '../http/api.ts'
import { limitRate, type RequestLimits } from '../http/limits.ts'
import { type ProblemCode, problem, refusal } from '../http/problem.ts'
import { isStorable } from '../http/storable.ts'
import { type Auth, addressHeader, passwordLength } from './auth.ts'
import { loginFinder, requireLogin } from './login.ts'

interface PasswordParts {
  readonly pool: Pool
  readonly auth: Auth
  readonly clock: Clock
  readonly limits: RequestLimits
}

/** `newPassword` has 10 to 128 characters and is not the current one. */
export const passwordChangeSchema = z.object({ currentPassword: z.string(), newPassword: z.string() })
type PasswordChange = z.infer<typeof passwordChangeSchema>

/**
 * `POST /api/auth/change-password`: a new password against the current one. Every login session of the person
 * ends and this browser gets a new one, so that whoever had taken the old one over is out. Guesses at the current
 * password are limited by person. The change is an act of the audit.
 */
export function passwordRoutes(parts: PasswordParts) {
  const { auth, pool, clock } = parts
  const route = createRoute({
    method: 'post',
    path: '/api/auth/change-password',
    summary: 'Change your password; ends every other login session',
    middleware: [
      requireLogin(loginFinder(auth, pool)),
      limitRate(parts.limits.perLogIn, clock, (context) => context.get('login').userId),
    ] as const,
    request: { body: { content: { 'application/json': { schema: passwordChangeSchema } }, required: true } },
    responses: {
      204: { description: 'Changed; sets a new session cookie' },
      401: { description: 'Not logged in' },
      403: { description: 'The current password is not right' },
      422: { description: 'The new password is too short, too long or the current one' },
      429: { description: 'Too many tries' },
    },
  })
  const api = createApi()
  api.openapi(route, async (context) => {
    const change = context.req.valid('json')
    const unfit = unfitness(change)
    if (unfit !== undefined) return problem(context, refusal(unfit))
    const headers = new Headers(context.req.raw.headers)
    headers.set(addressHeader, context.get('address'))
    const body = { ...change, revokeOtherSessions: true }
    const answer = await auth.api.changePassword({ headers, body, asResponse: true })
    if (!answer.ok) return problem(context, refusal(codeByStatus[answer.status] ?? 'internal'))
    const { userId } = context.get('login')
    await inTransaction(pool, (tx) =>
      recordActs(tx, requestOrigin(context, clock), [
        { act: 'password.changed', subject: { kind: 'user', id: userId } },
      ]),
    )
    for (const cookie of answer.headers.getSetCookie()) context.header('set-cookie', cookie, { append: true })
    return context.body(null, 204)
  })
  return api
}

function unfitness({ currentPassword, newPassword }: PasswordChange): ProblemCode | undefined {
  // With such a password nobody could log in again: the log-in refuses what cannot be stored.
  if (!isStorable([currentPassword, newPassword])) return 'invalid_request'
  if (newPassword.length < passwordLength.min) return 'password_too_short'
  if (newPassword.length > passwordLength.max) return 'password_too_long'
  if (currentPassword.length > passwordLength.max) return 'wrong_password'
  return newPassword === currentPassword ? 'password_unchanged' : undefined
}

// All that the library answers with 400 after our own checks is that the current password does not match.
const codeByStatus: Readonly<Record<number, ProblemCode>> = { 400: 'wrong_password', 401: 'unauthenticated' }
