import type { Clock } from '@gatehouse/shared/clock/clock'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { createRoute, z } from '@hono/zod-openapi'
import type { ActOrigin } from '../audit/act.ts'
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
    const { userId, email } = context.get('login')
    const changed = await changePassword(parts, { ...change, userId, by: requestOrigin(context, clock) })
    if (!changed.ok) return problem(context, refusal(changed.error))
    // Should this be lost, the person logs in with the new password.
    const headers = new Headers({ [addressHeader]: context.get('address') ?? '' })
    const agent = context.req.header('user-agent')
    if (agent !== undefined) headers.set('user-agent', agent)
    const body = { email, password: change.newPassword }
    const answer = await auth.api.signInEmail({ headers, body, asResponse: true })
    for (const cookie of answer.headers.getSetCookie()) context.header('set-cookie', cookie, { append: true })
    return context.body(null, 204)
  })
  return api
}

/** The new password, the end of every login session and the act in one transaction. Refuses `wrong_password`. */
async function changePassword(
  { auth, pool }: PasswordParts,
  change: PasswordChange & { readonly userId: string; readonly by: ActOrigin },
): Promise<Result<undefined, 'wrong_password'>> {
  const { userId, by, currentPassword, newPassword } = change
  const { password } = await auth.$context
  // Hashing costs about 100 ms on purpose; nobody waits for it with a row locked but who changes the same password.
  const hash = await password.hash(newPassword)
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ hash: string | null }>(
      `SELECT password AS hash FROM login_account WHERE user_id = $1 AND provider_id = 'credential' FOR UPDATE`,
      [userId],
    )
    const current = rows[0]?.hash ?? undefined
    const isRight =
      current !== undefined && (await password.verify({ hash: current, password: currentPassword }))
    if (!isRight) return err('wrong_password')
    await tx.query(
      `UPDATE login_account SET password = $2, updated_at = now() WHERE user_id = $1 AND provider_id = 'credential'`,
      [userId, hash],
    )
    await tx.query('DELETE FROM login_session WHERE user_id = $1', [userId])
    await recordActs(tx, by, [{ act: 'password.changed', subject: { kind: 'user', id: userId } }])
    return ok(undefined)
  })
}

function unfitness({ currentPassword, newPassword }: PasswordChange): ProblemCode | undefined {
  // With such a password nobody could log in again: the log-in refuses what cannot be stored.
  if (!isStorable([currentPassword, newPassword])) return 'invalid_request'
  if (newPassword.length < passwordLength.min) return 'password_too_short'
  if (newPassword.length > passwordLength.max) return 'password_too_long'
  if (currentPassword.length > passwordLength.max) return 'wrong_password'
  return newPassword === currentPassword ? 'password_unchanged' : undefined
}
