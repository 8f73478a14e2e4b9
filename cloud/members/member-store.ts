import { type CredentialId, type MemberId, type PlanId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { inTransaction, type Pool, type Queryable } from '../database/pool.ts'
import { type DirectoryWrite, putRows } from '../directory/put-rows.ts'
import { siteKey } from '../sites/site-store.ts'

/** A member as the cloud keeps them; times are epoch ms. */
export interface Member {
  readonly memberId: MemberId
  readonly displayName: string
  readonly planId?: PlanId
  readonly planFromMs?: number
  readonly planToMs?: number
}

/** A card or PIN to be known at every site. `secret` is the number; it is not kept. */
export interface NewCredential {
  readonly credentialId: CredentialId
  readonly memberId: MemberId
  readonly kind: 'card' | 'pin'
  readonly secret: string
  readonly fromMs?: number
  readonly toMs?: number
}

/** Adds or changes plans and tells every site. */
export async function putPlans(
  pool: Pool,
  plans: readonly { readonly planId: PlanId; readonly body: DirectoryBody<'plan'> }[],
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    for (const { planId, body } of plans) {
      await tx.query(
        'INSERT INTO plan (plan_id, body) VALUES ($1, $2) ON CONFLICT (plan_id) DO UPDATE SET body = $2',
        [planId, JSON.stringify(body)],
      )
    }
    const rows = plans.map(({ planId, body }): DirectoryWrite => ({ kind: 'plan', key: planId, body }))
    for (const siteId of await allSites(tx)) await putRows(tx, siteId, rows)
  })
}

/** Adds or changes members and tells every site; their plans must exist. */
export async function putMembers(pool: Pool, members: readonly Member[]): Promise<void> {
  await inTransaction(pool, async (tx) => {
    for (const { memberId, displayName, planId, planFromMs, planToMs } of members) {
      await tx.query(
        `INSERT INTO member (member_id, display_name, plan_id, plan_from_ms, plan_to_ms)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (member_id)
         DO UPDATE SET display_name = $2, plan_id = $3, plan_from_ms = $4, plan_to_ms = $5`,
        [memberId, displayName, planId ?? null, planFromMs ?? null, planToMs ?? null],
      )
    }
    const rows = members.map(({ memberId, ...body }): DirectoryWrite => {
      return { kind: 'member', key: memberId, body: { ...body, vehicles: [] } }
    })
    for (const siteId of await allSites(tx)) await putRows(tx, siteId, rows)
  })
}

/** Issues credentials: each site gets the digest under its own key; the number is kept nowhere. */
export async function issueCredentials(pool: Pool, credentials: readonly NewCredential[]): Promise<void> {
  await inTransaction(pool, async (tx) => {
    for (const { credentialId, memberId, kind, fromMs, toMs } of credentials) {
      await tx.query(
        `INSERT INTO credential (credential_id, member_id, kind, from_ms, to_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (credential_id) DO UPDATE SET from_ms = $4, to_ms = $5, revoked = false`,
        [credentialId, memberId, kind, fromMs ?? null, toMs ?? null],
      )
    }
    for (const siteId of await allSites(tx)) {
      const key = await siteKey(tx, siteId)
      if (key === undefined) continue
      const rows = credentials.map(({ credentialId, secret, ...rest }): DirectoryWrite => {
        const body = { ...rest, digest: credentialDigest(key, rest.kind, secret), revoked: false }
        return { kind: 'credential', key: credentialId, body }
      })
      await putRows(tx, siteId, rows)
    }
  })
}

/** Revokes a credential at every site that knows it; revoking twice changes nothing more. */
export async function revokeCredential(pool: Pool, credentialId: CredentialId): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const changed = await tx.query(
      'UPDATE credential SET revoked = true WHERE credential_id = $1 AND NOT revoked',
      [credentialId],
    )
    if (changed.rowCount === 0) return
    const known = await tx.query<{ site_id: string; body: DirectoryBody<'credential'> }>(
      `SELECT site_id, body FROM site_directory WHERE kind = 'credential' AND key = $1 AND body IS NOT NULL
       ORDER BY site_id`,
      [credentialId],
    )
    for (const { site_id, body } of known.rows) {
      const row: DirectoryWrite = { kind: 'credential', key: credentialId, body: { ...body, revoked: true } }
      await putRows(tx, siteIdSchema.parse(site_id), [row])
    }
  })
}

// In order, so that two writers take the sites' row locks in the same order.
async function allSites(db: Queryable) {
  const found = await db.query<{ site_id: string }>('SELECT site_id FROM sites ORDER BY site_id')
  return found.rows.map((row) => siteIdSchema.parse(row.site_id))
}
