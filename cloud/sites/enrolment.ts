import { randomCode, type SiteId } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { Random } from '@gatehouse/shared/random/random'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { EnrolAnswer } from '@gatehouse/shared/wire/v1/sync'
import type { ActOrigin } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { siteKey } from './site-store.ts'

/** A code admits one machine once, within 15 minutes. */
export const enrolmentCodeMaxMs = 15 * 60_000
const codeLength = 12

/**
 * Makes a one-time enrolment code of 60 random bits for a site; only its digest is kept.
 * Throws a foreign key violation for an unknown site.
 */
export async function createEnrolmentCode(
  pool: Pool,
  random: Random,
  request: { readonly siteId: SiteId; readonly by: ActOrigin },
): Promise<{ readonly code: string; readonly expiresMs: number }> {
  const code = randomCode(random, codeLength)
  const { siteId, by } = request
  const expiresMs = by.nowMs + enrolmentCodeMaxMs
  await inTransaction(pool, async (tx) => {
    await tx.query('INSERT INTO enrolment_codes (code_digest, site_id, expires_ms) VALUES ($1, $2, $3)', [
      sha256Hex(code),
      siteId,
      expiresMs,
    ])
    const subject = { kind: 'site', id: siteId } as const
    await recordActs(tx, by, [{ act: 'enrolment_code.issued', subject, siteId, after: { expiresMs } }])
  })
  return { code, expiresMs }
}

/** What a machine brings to be admitted. */
export interface Enrolment {
  readonly code: string
  /** Ed25519, JWK `x`. */
  readonly publicKey: string
  readonly machine: string
  readonly nowMs: number
  readonly traceId?: string | undefined
  /** Where it called from. */
  readonly address?: string | undefined
}

interface CodeRow {
  readonly site_id: SiteId
  readonly expires_ms: number
  readonly used_ms: number | null
  readonly incarnation: number | null
}

/**
 * Admits a machine as the next life (incarnation) of a site and consumes the code. The same key may ask
 * again with the same code while it is valid and gets the same answer, because answers can be lost.
 * Refuses with `code_unknown`, `code_expired`, `code_used`.
 */
export async function enrol(
  pool: Pool,
  cloudPublicKey: string,
  request: Enrolment,
): Promise<Result<EnrolAnswer, 'code_unknown' | 'code_expired' | 'code_used'>> {
  return inTransaction(pool, async (tx) => {
    const digest = sha256Hex(request.code.trim().toUpperCase())
    const { rows } = await tx.query<CodeRow>(
      'SELECT site_id, expires_ms, used_ms, incarnation FROM enrolment_codes WHERE code_digest = $1 FOR UPDATE',
      [digest],
    )
    const code = rows[0]
    if (code === undefined) return err('code_unknown')
    if (request.nowMs >= code.expires_ms) return err('code_expired')
    const incarnation =
      code.used_ms === null ? await admit(tx, code.site_id, request) : await admittedBefore(tx, code, request)
    if (incarnation === undefined) return err('code_used')
    await tx.query('UPDATE enrolment_codes SET used_ms = $2, incarnation = $3 WHERE code_digest = $1', [
      digest,
      request.nowMs,
      incarnation,
    ])
    const key = (await siteKey(tx, code.site_id)) ?? ''
    if (code.used_ms === null) await recordEnrolment(tx, code.site_id, incarnation, request)
    return ok({ siteId: code.site_id, incarnation, cloudPublicKey, siteKey: key })
  })
}

async function admit(tx: Transaction, siteId: SiteId, request: Enrolment): Promise<number> {
  const { rows } = await tx.query<{ incarnation: number }>(
    'UPDATE sites SET incarnation = incarnation + 1 WHERE site_id = $1 RETURNING incarnation',
    [siteId],
  )
  const incarnation = rows[0]?.incarnation ?? 1
  await tx.query(
    `INSERT INTO site_incarnations (site_id, incarnation, public_key, machine, enrolled_ms)
     VALUES ($1, $2, $3, $4, $5)`,
    [siteId, incarnation, request.publicKey, request.machine, request.nowMs],
  )
  await tx.query('INSERT INTO streams (site_id, incarnation) VALUES ($1, $2)', [siteId, incarnation])
  return incarnation
}

async function recordEnrolment(
  tx: Transaction,
  siteId: SiteId,
  incarnation: number,
  { machine, nowMs, traceId, address }: Enrolment,
): Promise<void> {
  const subject = { kind: 'site', id: siteId } as const
  const by: ActOrigin = { actor: { kind: 'machine', id: machine }, nowMs, traceId, address }
  const before = { incarnation: incarnation - 1 }
  await recordActs(tx, by, [{ act: 'site.enrolled', subject, siteId, before, after: { incarnation } }])
}

async function admittedBefore(
  tx: Transaction,
  code: CodeRow,
  request: Enrolment,
): Promise<number | undefined> {
  const { rows } = await tx.query<{ incarnation: number }>(
    'SELECT incarnation FROM site_incarnations WHERE site_id = $1 AND incarnation = $2 AND public_key = $3',
    [code.site_id, code.incarnation, request.publicKey],
  )
  return rows[0]?.incarnation
}
