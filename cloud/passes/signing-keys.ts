import { generateKeyPairSync } from 'node:crypto'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { passKeyId, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import type { Queryable, Transaction } from '../database/pool.ts'

const dayMs = 24 * 3_600_000
/** RULES, Access: keys are announced and honoured at least 30 days around their use. */
export const keyAroundMs = 30 * dayMs
/** After so long in use a key gets a successor. */
export const keyUseMs = 365 * dayMs
/** Old and new key both sign validly for so long, since the clocks of several processes differ. */
const overlapMs = 3_600_000

/** A key that passes are signed with. */
export interface SigningKey {
  readonly keyId: string
  /** JWK `x`. */
  readonly publicKey: string
  /** PKCS #8, PEM. */
  readonly privateKey: string
  readonly useFromMs: number
  readonly useToMs: number | undefined
}

interface KeyRow {
  readonly key_id: string
  readonly public_key: string
  readonly private_key: string
  readonly use_from_ms: number
  readonly use_to_ms: number | null
}

/** The keys that sites must know now, the youngest first: those to come, those in use, those still honoured. */
export async function knownKeys(db: Queryable, nowMs: number): Promise<readonly SigningKey[]> {
  const { rows } = await db.query<KeyRow>(
    `SELECT key_id, public_key, private_key, use_from_ms, use_to_ms FROM pass_signing_key
     WHERE use_to_ms IS NULL OR use_to_ms > $1 ORDER BY use_from_ms DESC`,
    [nowMs - keyAroundMs],
  )
  return rows.map((row) => ({
    keyId: row.key_id,
    publicKey: row.public_key,
    privateKey: row.private_key,
    useFromMs: row.use_from_ms,
    useToMs: row.use_to_ms ?? undefined,
  }))
}

/** The key to sign with at `nowMs`: the youngest whose use has begun. Throws `pass_key_missing` before the first. */
export async function signingKey(db: Queryable, nowMs: number): Promise<SigningKey> {
  const key = (await knownKeys(db, nowMs)).find(({ useFromMs }) => useFromMs <= nowMs)
  if (key !== undefined) return key
  const hint = 'No key to sign passes with is in use yet. Check the clock of this machine.'
  throw new SiteError({ code: 'pass_key_missing', op: 'pass.sign', hint, retryable: true })
}

/** Tells whether the keys need tending: none yet, or the youngest nears the end of its use. */
export function isSuccessorDue(keys: readonly SigningKey[], nowMs: number): boolean {
  const [youngest] = keys
  return youngest === undefined || nowMs >= youngest.useFromMs + keyUseMs - keyAroundMs
}

/**
 * Makes the first key from the one that sites pinned, or announces a successor 30 days before its use. Call it under
 * the lock of the table.
 */
export async function addSigningKey(
  tx: Transaction,
  pinned: { readonly publicKey: string; readonly privateKey: string },
  nowMs: number,
): Promise<void> {
  const { rows } = await tx.query<{ key_id: string }>(
    'SELECT key_id FROM pass_signing_key ORDER BY use_from_ms DESC LIMIT 1',
  )
  const [youngest] = rows
  const pair = youngest === undefined ? pinned : newKeyPair()
  const useFromMs = youngest === undefined ? nowMs : nowMs + keyAroundMs
  if (youngest !== undefined) {
    await tx.query('UPDATE pass_signing_key SET use_to_ms = $2 WHERE key_id = $1', [
      youngest.key_id,
      useFromMs + overlapMs,
    ])
  }
  await tx.query(
    `INSERT INTO pass_signing_key (key_id, public_key, private_key, announced_ms, use_from_ms)
     VALUES ($1, $2, $3, $4, $5)`,
    [keyIdOf(pair.publicKey), pair.publicKey, pair.privateKey, nowMs, useFromMs],
  )
}

function newKeyPair(): { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
}

function keyIdOf(publicKey: string): string {
  return passKeyId(publicKeyBytes(publicKey) ?? new Uint8Array())
}
