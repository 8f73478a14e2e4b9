import { problemSchema } from '@gatehouse/shared/api/problem'
import { ProblemError } from './api.ts'

async function authCall(path: string, body: unknown): Promise<void> {
  const op = `POST ${path}`
  const unreachable = {
    type: 'about:blank',
    title: 'No answer from the server.',
    status: 0,
    code: 'unreachable',
    hint: 'Check the connection and try again.',
  }
  const response = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  }).catch((cause: unknown) => {
    throw new ProblemError(unreachable, op, cause)
  })
  if (response.ok) return
  const parsed = problemSchema.safeParse(await response.json().catch(() => undefined))
  const wrong = response.status === 401 || response.status === 400 || response.status === 403
  const fallback = {
    type: 'about:blank',
    title: wrong ? 'E-mail or password is not right.' : `The server answered ${response.status}.`,
    status: response.status,
    code: wrong ? 'wrong_login' : `http_${response.status}`,
    hint: wrong ? 'Check both and try again.' : 'Try again in a moment.',
  }
  throw new ProblemError(parsed.success ? parsed.data : fallback, op)
}

/** Opens a login session (cookie) by e-mail and password; throws `ProblemError`, `wrong_login` when they do not match. */
export function logIn(email: string, password: string): Promise<void> {
  return authCall('/api/auth/sign-in/email', { email, password })
}

/**
 * Replaces one's own password and ends one's login sessions elsewhere; throws `ProblemError` (`wrong_password`,
 * `password_too_short`, `password_too_long`, `password_unchanged`, `too_many_requests`).
 */
export function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  return authCall('/api/auth/change-password', { currentPassword, newPassword })
}

/**
 * Sets the password with which a site manager logs in at the sites they run; throws `ProblemError` as `changePassword` does,
 * `forbidden` for who runs none.
 */
export function setSitePassword(currentPassword: string, sitePassword: string): Promise<void> {
  return authCall('/api/auth/site-password', { currentPassword, sitePassword })
}

/** Ends the login session of this browser. */
export function logOut(): Promise<void> {
  return authCall('/api/auth/sign-out', {})
}
