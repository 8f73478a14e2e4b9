import { randomCode, type SiteId } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { Random } from '@gatehouse/shared/random/random'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { EnrolAnswer } from '@gatehouse/shared/wire/v1/sync'
import { z } from 'zod'
import type { ActOrigin } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { admitLife, pastLives } from './admit.ts'
import { siteKey } from './site-store.ts'

/** What can have become of a box that a new one replaces; in each case it is off and stays off. */
export const oldBoxSchema = z.enum(['switched_off', 'broken', 'destroyed', 'gone'])
export type OldBox = z.infer<typeof oldBoxSchema>

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
  request: {
    readonly siteId: SiteId
    readonly by: ActOrigin
    /** What whoever asks states about the old box: it is off and stays off. The new one then takes over its books. */
    readonly oldBox?: OldBox
  },
): Promise<{ readonly code: string; readonly expiresMs: number }> {
  const code = randomCode(random, codeLength)
  const { siteId, by, oldBox } = request
  const expiresMs = by.nowMs + enrolmentCodeMaxMs
  await inTransaction(pool, async (tx) => {
    await tx.query(
      'INSERT INTO enrolment_codes (code_digest, site_id, expires_ms, adopts, statement) VALUES ($1, $2, $3, $4, $5)',
      [sha256Hex(code), siteId, expiresMs, oldBox !== undefined, oldBox ?? null],
    )
    const subject = { kind: 'site', id: siteId } as const
    const after = { expiresMs, ...(oldBox !== undefined && { oldBox }) }
    await recordActs(tx, by, [{ act: 'enrolment_code.issued', subject, siteId, after }])
  })
  return { code, expiresMs }
}

/** What a machine brings to be admitted. */
export interface Enrolment {
  readonly code: string
  /** Ed25519, JWK `x`. */
  readonly publicKey: string
  readonly machine: string
  readonly machineMark?: string | undefined
  /** Which site the machine is meant for; the code must be of that one. */
  readonly siteId?: SiteId | undefined
  /** It takes over the books of the life before; the code must have been made for that. */
  readonly adopts?: boolean | undefined
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
  readonly adopts: boolean
}

export type EnrolmentRefusal =
  | 'code_unknown'
  | 'code_expired'
  | 'code_used'
  | 'code_other_site'
  | 'code_other_use'
  | 'history_incomplete'

/**
 * Admits a machine as the next life (incarnation) of a site and consumes the code. The same key may ask
 * again with the same code while it is valid and gets the same answer, because answers can be lost.
 * With `adopts` the answer names the lives whose books it takes over. Refuses with `code_unknown`, `code_expired`,
 * `code_used`, and without using the code up `code_other_site`, `code_other_use`, and `history_incomplete` when the cloud lacks
 * entries of the books that would be taken over (`ledger_gaps`).
 */
export async function enrol(
  pool: Pool,
  cloudPublicKey: string,
  request: Enrolment,
): Promise<Result<EnrolAnswer, EnrolmentRefusal>> {
  return inTransaction(pool, async (tx) => {
    const digest = sha256Hex(request.code.trim().toUpperCase())
    const { rows } = await tx.query<CodeRow>(
      'SELECT site_id, expires_ms, used_ms, incarnation, adopts FROM enrolment_codes WHERE code_digest = $1 FOR UPDATE',
      [digest],
    )
    const code = rows[0]
    if (code === undefined) return err('code_unknown')
    if (request.nowMs >= code.expires_ms) return err('code_expired')
    if (request.siteId !== undefined && request.siteId !== code.site_id) return err('code_other_site')
    if (code.adopts !== (request.adopts ?? false)) return err('code_other_use')
    if (code.adopts && (await hasGap(tx, code.site_id))) return err('history_incomplete')
    const origin = code.adopts ? 'adopted' : 'enrolled'
    const incarnation =
      code.used_ms === null
        ? await admitLife(tx, { ...request, siteId: code.site_id, origin })
        : await admittedBefore(tx, code, request)
    if (incarnation === undefined) return err('code_used')
    await tx.query('UPDATE enrolment_codes SET used_ms = $2, incarnation = $3 WHERE code_digest = $1', [
      digest,
      request.nowMs,
      incarnation,
    ])
    const key = (await siteKey(tx, code.site_id)) ?? ''
    const history = code.adopts ? [...(await pastLives(tx, code.site_id, incarnation))] : undefined
    if (code.used_ms === null) await recordEnrolment(tx, code.site_id, incarnation, request)
    return ok({
      siteId: code.site_id,
      incarnation,
      cloudPublicKey,
      siteKey: key,
      ...(history && { history }),
    })
  })
}

async function recordEnrolment(
  tx: Transaction,
  siteId: SiteId,
  incarnation: number,
  { machine, adopts, nowMs, traceId, address }: Enrolment,
): Promise<void> {
  const subject = { kind: 'site', id: siteId } as const
  const by: ActOrigin = { actor: { kind: 'machine', id: machine }, nowMs, traceId, address }
  const before = { incarnation: incarnation - 1 }
  const act = adopts ? 'site.adopted' : 'site.enrolled'
  await recordActs(tx, by, [{ act, subject, siteId, before, after: { incarnation } }])
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

/** Tells whether entries of the books in use are missing in the cloud for good. */
async function hasGap(tx: Transaction, siteId: SiteId): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM ledger_gaps g JOIN site_incarnations i USING (site_id) JOIN sites s USING (site_id)
     WHERE g.site_id = $1 AND i.incarnation = s.incarnation
       AND g.incarnation BETWEEN coalesce(i.books_from, i.incarnation) AND i.incarnation LIMIT 1`,
    [siteId],
  )
  return rowCount === 1
}
