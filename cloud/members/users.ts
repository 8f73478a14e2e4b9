import { isDeepStrictEqual } from 'node:util'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { newId } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { z } from 'zod'
import { type Act, type ActOrigin, listed } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import type { Auth } from './auth.ts'
import { type Role, roles } from './permissions.ts'
import { settleStaffRows } from './site-password.ts'

/** Somebody who may log in. */
export interface NewUser {
  readonly email: string
  readonly password: string
  readonly role: Role
  readonly displayName: string
  /** Makes them this member; the member must exist. */
  readonly memberId?: string
  /** The sites a site manager runs; ignored for others. */
  readonly siteIds?: readonly string[]
}

interface UserParts {
  readonly pool: Pool
  readonly auth: Auth
  readonly random: Random
}

const newUserSchema = z.object({
  email: z.email(),
  password: z.string().min(10).max(128),
  role: z.enum(roles),
  displayName: z.string().min(1).max(120),
})

/**
 * Adds a user with a verified e-mail address, or updates name, role, member and sites of the one who has it.
 * An existing password stays. Returns the user's id. Throws `invalid_user` when a field is out of bounds.
 */
export async function ensureUser(parts: UserParts, user: NewUser, by: ActOrigin): Promise<string> {
  const checked = newUserSchema.safeParse(user)
  if (!checked.success) throw invalidUser(checked.error)
  const email = user.email.toLowerCase()
  const found = await parts.pool.query<{ id: string }>('SELECT id FROM login_user WHERE email = $1', [email])
  const known = found.rows[0]?.id
  // Hashing costs about 100 ms on purpose; a warm start must not pay it again.
  const passwordHash =
    known === undefined ? await (await parts.auth.$context).password.hash(user.password) : undefined
  return inTransaction(parts.pool, async (tx) => {
    const userId = known ?? newId(z.string(), 'us', parts.random)
    const before = await standing(tx, userId)
    await tx.query(
      `INSERT INTO login_user (id, name, email, email_verified, role, member_id) VALUES ($1, $2, $3, true, $4, $5)
       ON CONFLICT (id) DO UPDATE SET name = $2, role = $4, member_id = $5, updated_at = now()`,
      [userId, user.displayName, email, user.role, user.memberId ?? null],
    )
    if (passwordHash !== undefined) {
      const accountId = newId(z.string(), 'ac', parts.random)
      await tx.query(
        `INSERT INTO login_account (id, account_id, provider_id, user_id, password)
         VALUES ($1, $2, 'credential', $2, $3)`,
        [accountId, userId, passwordHash],
      )
    }
    await setManagedSites(tx, userId, user.role === 'site_manager' ? (user.siteIds ?? []) : [])
    await settleStaffRows(tx, userId)
    await recordActs(tx, by, userActs(userId, before, await standing(tx, userId)))
    return userId
  })
}

interface Standing {
  readonly name: string
  readonly role: string
  readonly memberId: string | null
  readonly siteIds: readonly string[]
}

async function standing(tx: Transaction, userId: string): Promise<Standing | undefined> {
  const { rows } = await tx.query<Standing>(
    `SELECT name, role, member_id AS "memberId",
       ARRAY(SELECT site_id FROM site_manager WHERE user_id = id ORDER BY site_id) AS "siteIds"
     FROM login_user WHERE id = $1 FOR UPDATE`,
    [userId],
  )
  return rows[0]
}

/** What somebody may do now and before, in ids; their name and address stay where they can be erased. */
function userActs(id: string, before: Standing | undefined, after: Standing | undefined): readonly Act[] {
  if (after === undefined) return []
  const subject = { kind: 'user', id } as const
  const rights = ({ role, memberId, siteIds }: Standing) => {
    return { role, sites: siteIds.length, siteIds: listed(siteIds), ...(memberId !== null && { memberId }) }
  }
  if (before === undefined) return [{ act: 'user.created', subject, after: rights(after) }]
  const renamed: Act = { act: 'user.changed', subject, after: { fields: ['displayName'] } }
  const moved: Act = { act: 'role.changed', subject, before: rights(before), after: rights(after) }
  const { name: _before, ...old } = before
  const { name: _after, ...young } = after
  return [...(isDeepStrictEqual(old, young) ? [] : [moved]), ...(before.name === after.name ? [] : [renamed])]
}

async function setManagedSites(tx: Transaction, userId: string, siteIds: readonly string[]): Promise<void> {
  await tx.query('DELETE FROM site_manager WHERE user_id = $1', [userId])
  await tx.query('INSERT INTO site_manager (user_id, site_id) SELECT $1, unnest($2::text[])', [
    userId,
    siteIds,
  ])
}

function invalidUser(cause: z.ZodError): SiteError {
  const fields = cause.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  return new SiteError({
    code: 'invalid_user',
    op: 'members.ensureUser',
    hint: `Correct these: ${fields}.`,
    retryable: false,
    cause,
  })
}
