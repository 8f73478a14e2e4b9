import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { Random } from '@gatehouse/shared/random/random'
import type { SiteDatabase } from '../ledger/database.ts'
import { writeDurably } from '../ledger/durable-file.ts'
import { statement } from '../ledger/statements.ts'

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/**
 * Personal values on the edge: each subject's text is sealed with AES-256-GCM under a key derived for that
 * subject. Entries name only the id, so erasing the row erases the person. The key file stays outside backups.
 */
export class SubjectStore {
  readonly #key: Uint8Array
  readonly #random: Random

  /** `random` must be the machine's secure source outside tests: nonces come from it. */
  constructor(key: Uint8Array, random: Random) {
    this.#key = key
    this.#random = random
  }

  /** Stores a subject's text; runs inside the caller's transaction. */
  put(db: SiteDatabase, subjectId: string, text: string): void {
    const nonce = this.#random.bytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(subjectId), nonce)
    cipher.setAAD(Buffer.from(subjectId))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    statement(db, 'INSERT OR REPLACE INTO subjects VALUES (?, ?)').run(subjectId, sealed)
  }

  /** Reads a subject's text; `undefined` when it was erased, never known, or sealed under another key. */
  get(db: SiteDatabase, subjectId: string): string | undefined {
    const row = statement<{ sealed: Buffer }>(db, 'SELECT sealed FROM subjects WHERE subject_id = ?').get(
      subjectId,
    )
    if (!row) return undefined
    const { sealed } = row
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(subjectId), sealed.subarray(0, nonceBytes))
    decipher.setAAD(Buffer.from(subjectId))
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
    try {
      const body = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes))
      return Buffer.concat([body, decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  }

  /** Erases a subject for good. */
  erase(db: SiteDatabase, subjectId: string): void {
    statement(db, 'DELETE FROM subjects WHERE subject_id = ?').run(subjectId)
  }

  // HMAC-SHA-256 as the key derivation: the master key is uniformly random, so no extraction step is needed.
  #keyOf(subjectId: string): Buffer {
    return createHmac('sha256', this.#key).update(`subject:${subjectId}`).digest()
  }
}

/**
 * Reads the 32-byte key file (base64), making it on first use, readable by its owner only.
 *
 * @throws SiteError `subject_key_unreadable` when the file holds anything else.
 */
export function openSubjectKey(path: string, random: Random): Uint8Array {
  try {
    // The store's lock keeps a second process from making one at the same time.
    if (!existsSync(path)) {
      writeDurably(path, `${Buffer.from(random.bytes(keyBytes)).toString('base64')}\n`)
    }
  } catch (cause) {
    throw unreadable(path, cause)
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (key.length !== keyBytes) throw unreadable(path)
  return key
}

function unreadable(path: string, cause?: unknown): SiteError {
  const hint = `${path} must hold 32 bytes in base64; restore it, or names stored under it stay unreadable.`
  return new SiteError({ code: 'subject_key_unreadable', op: 'subjects.open', hint, retryable: false, cause })
}
