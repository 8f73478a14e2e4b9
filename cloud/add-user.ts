import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { ActOrigin } from './audit/act.ts'
import type { Pool } from './database/pool.ts'
import type { Auth } from './members/auth.ts'
import { roles } from './members/permissions.ts'
import { ensureUser } from './members/users.ts'

const passwordLength = 20

/** What the operator typed: e-mail address, role, and as the role asks a member id or site ids. */
export interface AddUserRequest {
  readonly email: string | undefined
  readonly role: string | undefined
  readonly name?: string | undefined
  readonly memberId?: string | undefined
  readonly siteIds?: readonly string[] | undefined
}

/**
 * Adds somebody who may log in, with a password that is shown once; one who exists gets the role and sites
 * and keeps their password. Exit codes: 0 done, 1 unknown member or site, 2 wrong arguments.
 */
export async function addUserCommand(
  parts: { readonly pool: Pool; readonly auth: Auth; readonly random: Random; readonly by: ActOrigin },
  request: AddUserRequest,
  output: (line: string) => void,
): Promise<number> {
  const role = roles.find((known) => known === request.role)
  if (request.email === undefined || role === undefined) {
    output(`Give an e-mail address and a role: ${roles.join(', ')}.`)
    return 2
  }
  const missing = await missingThings(parts.pool, request)
  if (missing.length > 0) {
    output(`Not known: ${missing.join(', ')}.`)
    return 1
  }
  const { email, memberId, siteIds = [] } = request
  const known = await parts.pool.query('SELECT 1 FROM login_user WHERE email = $1', [email.toLowerCase()])
  const password = randomCode(parts.random, passwordLength)
  try {
    const displayName = request.name ?? email
    const member = memberId === undefined ? {} : { memberId }
    await ensureUser(parts, { email, password, role, displayName, siteIds, ...member }, parts.by)
  } catch (error) {
    if (!isSiteError(error)) throw error
    output(error.hint)
    return 2
  }
  output(known.rowCount === 0 ? `${email} may log in as ${role} with ${password}` : `${email} is now ${role}`)
  return 0
}

async function missingThings(pool: Pool, request: AddUserRequest): Promise<readonly string[]> {
  const sites = await pool.query<{ site_id: string }>(
    'SELECT site_id FROM unnest($1::text[]) AS site_id WHERE site_id NOT IN (SELECT site_id FROM sites)',
    [request.siteIds ?? []],
  )
  const missing = sites.rows.map((row) => `site ${row.site_id}`)
  if (request.memberId === undefined) return missing
  const member = await pool.query('SELECT 1 FROM member WHERE member_id = $1', [request.memberId])
  return member.rowCount === 0 ? [...missing, `member ${request.memberId}`] : missing
}
