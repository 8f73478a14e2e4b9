import type { MiddlewareHandler } from 'hono'
import type { Queryable } from '../database/pool.ts'
import type { AppEnv } from '../http/app-context.ts'
import { type ProblemCode, problem, refusal } from '../http/problem.ts'
import { isStorable } from '../http/storable.ts'
import { type Auth, addressHeader } from './auth.ts'
import { type Login, type Permission, permittedSites, type Role, roles } from './permissions.ts'

/** Finds out who sent a request; `undefined` without a valid login session. */
export type FindLogin = (headers: Headers) => Promise<Login | undefined>

/** Reads the login session from the request's cookie; role and sites come from the database each time. */
export function loginFinder(auth: Auth, db: Queryable): FindLogin {
  return async (headers) => {
    const found = await auth.api.getSession({ headers })
    if (found === null) return undefined
    const { user } = found
    const role = roles.find((known) => known === user.role)
    if (role === undefined) return undefined
    return {
      userId: user.id,
      email: user.email,
      displayName: user.name,
      role,
      ...(user.memberId ? { memberId: user.memberId } : {}),
      managedSiteIds: await managedSites(db, user.id, role),
    }
  }
}

async function managedSites(db: Queryable, userId: string, role: Role): Promise<readonly string[]> {
  if (role !== 'site_manager') return []
  const found = await db.query<{ site_id: string }>(
    'SELECT site_id FROM site_manager WHERE user_id = $1 ORDER BY site_id',
    [userId],
  )
  return found.rows.map((row) => row.site_id)
}

/** Lets only people with a valid login session pass (401 `unauthenticated`). */
export function requireLogin(findLogin: FindLogin): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const login = await findLogin(context.req.raw.headers)
    if (login === undefined) return problem(context, refusal('unauthenticated'))
    context.set('login', login)
    return next()
  }
}

/** Lets only roles pass that hold the permission somewhere (403 `forbidden`); handlers narrow to sites. */
export function requirePermission(permission: Permission): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const sites = permittedSites(context.get('login'), permission)
    if (sites === undefined) return problem(context, refusal('forbidden'))
    return next()
  }
}

// What a log-in needs; the library's other routes change accounts without the checks that our own would make.
const offered: ReadonlySet<string> = new Set(
  [
    ...['sign-in/email', 'sign-out', 'get-session', 'ok'],
    // Answered only where mail is set up: an address that was never verified is nobody's.
    ...['sign-up/email', 'verify-email', 'send-verification-email'],
  ].map((path) => `/api/auth/${path}`),
)

/**
 * Answers everything under `/api/auth`; hands the address we determined to the log-in code. What the library
 * refuses is told as a problem, like everywhere else.
 */
export function authHandler(auth: Auth): MiddlewareHandler<AppEnv> {
  return async (context) => {
    const headers = new Headers(context.req.raw.headers)
    headers.set(addressHeader, context.get('address'))
    if (!offered.has(context.req.path)) return problem(context, refusal('not_found'))
    const { method, url } = context.req.raw
    const body = method === 'GET' ? undefined : await context.req.text()
    if (!isStorable([readJson(body ?? ''), decoded(url)])) return problem(context, refusal('invalid_request'))
    const answer = await auth.handler(new Request(url, { method, headers, ...(body && { body }) }))
    if (answer.status < 400) return answer
    const isLogIn = context.req.path.startsWith('/api/auth/sign-in/')
    return problem(context, refusal(await refusalCode(answer, isLogIn)))
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

const codeByStatus: Readonly<Record<number, ProblemCode>> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'not_found',
  413: 'too_large',
  415: 'not_json',
  422: 'invalid_request',
  429: 'too_many_requests',
}
// To somebody who logs in, an address that is none is as wrong as one that nobody has.
const wrongLogIns = new Set(['INVALID_EMAIL', 'INVALID_EMAIL_OR_PASSWORD', 'PASSWORD_TOO_LONG'])

async function refusalCode(answer: Response, isLogIn: boolean): Promise<ProblemCode> {
  const body: unknown = await answer.json().catch(() => undefined)
  const said = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : ''
  if (isLogIn && wrongLogIns.has(said)) return 'wrong_login'
  return codeByStatus[answer.status] ?? 'internal'
}
