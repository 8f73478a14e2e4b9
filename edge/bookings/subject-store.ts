import { existsSync, readFileSync } from 'node:fs'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { openText, sealText } from '@gatehouse/shared/privacy/subject-cipher'
import type { Random } from '@gatehouse/shared/random/random'
import type { SiteDatabase } from '../ledger/database.ts'
import { writeDurably } from '../ledger/durable-file.ts'
import { statement } from '../ledger/statements.ts'

const keyBytes = 32

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
    const sealed = sealText(this.#key, this.#random, subjectId, text)
    statement(db, 'INSERT OR REPLACE INTO subjects VALUES (?, ?)').run(subjectId, sealed)
  }

  /** Reads a subject's text; `undefined` when it was erased, never known, or sealed under another key. */
  get(db: SiteDatabase, subjectId: string): string | undefined {
    const row = statement<{ sealed: Buffer }>(db, 'SELECT sealed FROM subjects WHERE subject_id = ?').get(
      subjectId,
    )
    return row && openText(this.#key, subjectId, row.sealed)
  }

  /** Erases a subject for good. */
  erase(db: SiteDatabase, subjectId: string): void {
    statement(db, 'DELETE FROM subjects WHERE subject_id = ?').run(subjectId)
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
