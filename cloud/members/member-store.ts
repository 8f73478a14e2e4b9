import {
  type CredentialId,
  credentialIdSchema,
  type MemberId,
  type PlanId,
  type SiteId,
  siteIdSchema,
} from '@gatehouse/shared/ids/ids'
import { canonicalJson } from '@gatehouse/shared/ledger/chain'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { type ActOrigin, listed } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import { inTransaction, type Pool, type Queryable, type Transaction } from '../database/pool.ts'
import { type DirectoryWrite, putRows } from '../directory/put-rows.ts'
import { allSites, siteKey } from '../sites/site-store.ts'
import { credentialActs, memberActs, planActs } from './member-acts.ts'
import { toldVehicles } from './vehicle-store.ts'

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
  /** Of a PIN: it opens as usual and alarms silently. */
  readonly duress?: true
  readonly fromMs?: number
  readonly toMs?: number
}

/** Adds or changes plans and tells every site. */
export async function putPlans(
  pool: Pool,
  plans: readonly { readonly planId: PlanId; readonly body: DirectoryBody<'plan'> }[],
  by: ActOrigin,
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const acts = await planActs(tx, plans)
    for (const { planId, body } of plans) {
      await tx.query(
        'INSERT INTO plan (plan_id, body) VALUES ($1, $2) ON CONFLICT (plan_id) DO UPDATE SET body = $2',
        [planId, JSON.stringify(body)],
      )
    }
    const rows = plans.map(({ planId, body }): DirectoryWrite => ({ kind: 'plan', key: planId, body }))
    for (const siteId of await allSites(tx)) await putRows(tx, siteId, rows)
    await recordActs(tx, by, acts)
  })
}

/** Adds or changes members and tells every site; their plans must exist, their vehicles stay. */
export async function putMembers(pool: Pool, members: readonly Member[], by: ActOrigin): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const acts = await memberActs(tx, members)
    for (const { memberId, displayName, planId, planFromMs, planToMs } of members) {
      await tx.query(
        `INSERT INTO member (member_id, display_name, plan_id, plan_from_ms, plan_to_ms)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (member_id)
         DO UPDATE SET display_name = $2, plan_id = $3, plan_from_ms = $4, plan_to_ms = $5`,
        [memberId, displayName, planId ?? null, planFromMs ?? null, planToMs ?? null],
      )
    }
    const memberIds = members.map(({ memberId }) => memberId)
    for (const siteId of await allSites(tx)) {
      const told = await toldVehicles(tx, siteId, memberIds)
      const rows = members.map(({ memberId, ...body }): DirectoryWrite => {
        return { kind: 'member', key: memberId, body: { ...body, vehicles: told.get(memberId) ?? [] } }
      })
      await putRows(tx, siteId, rows)
    }
    await recordActs(tx, by, acts)
  })
}

/** Issues credentials: each site gets the digest under its own key; the number is kept nowhere. */
export async function issueCredentials(
  pool: Pool,
  credentials: readonly NewCredential[],
  by: ActOrigin,
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const inForce = await credentialsInForce(tx, credentials)
    for (const { credentialId, memberId, kind, fromMs, toMs } of credentials) {
      await tx.query(
        `INSERT INTO credential (credential_id, member_id, kind, from_ms, to_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (credential_id) DO UPDATE SET from_ms = $4, to_ms = $5, revoked = false`,
        [credentialId, memberId, kind, fromMs ?? null, toMs ?? null],
      )
    }
    const toldSites = new Map<string, string[]>()
    for (const siteId of await allSites(tx)) {
      const key = await siteKey(tx, siteId)
      if (key === undefined) continue
      const rows = credentials.map(({ credentialId, secret, ...rest }): DirectoryWrite => {
        const body = { ...rest, digest: credentialDigest(key, rest.kind, secret), revoked: false }
        return { kind: 'credential', key: credentialId, body }
      })
      for (const id of await newToSite(tx, siteId, rows)) {
        toldSites.set(id, [...(toldSites.get(id) ?? []), siteId])
      }
      await putRows(tx, siteId, rows)
    }
    await recordActs(tx, by, credentialActs(credentials, inForce, toldSites))
  })
}

async function credentialsInForce(
  tx: Transaction,
  credentials: readonly NewCredential[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ credential_id: string }>(
    `SELECT credential_id FROM credential WHERE credential_id = ANY ($1) AND NOT revoked
     ORDER BY credential_id FOR UPDATE`,
    [credentials.map(({ credentialId }) => credentialId)],
  )
  return new Set(rows.map((row) => row.credential_id))
}

async function newToSite(
  tx: Transaction,
  siteId: SiteId,
  rows: readonly DirectoryWrite[],
): Promise<readonly string[]> {
  const found = await tx.query<{ key: string; body: unknown }>(
    `SELECT key, body FROM site_directory WHERE site_id = $1 AND kind = 'credential' AND key = ANY ($2)`,
    [siteId, rows.map(({ key }) => key)],
  )
  const present = new Map(found.rows.map(({ key, body }) => [key, canonicalJson(body)]))
  return rows.flatMap(({ key, body }) => (present.get(key) === canonicalJson(body) ? [] : [key]))
}

/** Revokes a credential at every site that knows it; tells whether it was in force until now. */
export async function revokeCredential(
  pool: Pool,
  credentialId: CredentialId,
  by: ActOrigin,
): Promise<boolean> {
  return inTransaction(pool, async (tx) => {
    const changed = await tx.query<{ member_id: string; kind: string }>(
      `UPDATE credential SET revoked = true WHERE credential_id = $1 AND NOT revoked
       RETURNING member_id, kind`,
      [credentialId],
    )
    const [credential] = changed.rows
    if (credential === undefined) return false
    const known = await tx.query<{ site_id: string; body: DirectoryBody<'credential'> }>(
      `SELECT site_id, body FROM site_directory WHERE kind = 'credential' AND key = $1 AND body IS NOT NULL
       ORDER BY site_id`,
      [credentialId],
    )
    for (const { site_id, body } of known.rows) {
      const row: DirectoryWrite = { kind: 'credential', key: credentialId, body: { ...body, revoked: true } }
      await putRows(tx, siteIdSchema.parse(site_id), [row])
    }
    const siteIds = known.rows.map((row) => row.site_id)
    const after = {
      memberId: credential.member_id,
      kind: credential.kind,
      sites: siteIds.length,
      siteIds: listed(siteIds),
    }
    const subject = { kind: 'credential', id: credentialId } as const
    await recordActs(tx, by, [{ act: 'credential.revoked', subject, after }])
    return true
  })
}

/**
 * Finds credentials by their own id, by the digest that a site's directory has of them, or all of a member by the
 * member's id; in order of id.
 */
export async function findCredentials(db: Queryable, reference: string): Promise<readonly CredentialId[]> {
  const { rows } = await db.query<{ credential_id: string }>(
    `SELECT credential_id FROM credential
     WHERE credential_id = $1 OR member_id = $1 OR credential_id IN (
       SELECT key FROM site_directory WHERE kind = 'credential' AND body ->> 'digest' = $1)
     ORDER BY credential_id`,
    [reference],
  )
  return rows.map((row) => credentialIdSchema.parse(row.credential_id))
}
