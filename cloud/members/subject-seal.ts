import { createHmac } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { derivedKey, openText, sealText } from '@gatehouse/shared/privacy/subject-cipher'
import type { Random } from '@gatehouse/shared/random/random'

const keyBytes = 32

/**
 * Seals personal values of the cloud: each subject's text with AES-256-GCM under a key derived for that subject. The
 * key file is made on first use and stays outside the database and its backups.
 */
export class SubjectSeal {
  readonly #path: string
  readonly #random: Random
  #key: Uint8Array | undefined

  /** `random` must be the machine's secure source outside tests: key and nonces come from it. */
  constructor(path: string, random: Random) {
    this.#path = path
    this.#random = random
  }

  /** Seals a subject's text. Throws `subject_key_unreadable` when the key file holds anything but a key. */
  seal(subjectId: string, text: string): Buffer {
    return sealText(this.#masterKey(), this.#random, subjectId, text)
  }

  /** Opens what was sealed for a subject; `undefined` when it was sealed under another key or for another subject. */
  open(subjectId: string, sealed: Buffer): string | undefined {
    return openText(this.#masterKey(), subjectId, sealed)
  }

  /** A keyed digest (hex) that finds equal values of one purpose without opening any. */
  digest(purpose: string, text: string): string {
    return createHmac('sha256', derivedKey(this.#masterKey(), `digest:${purpose}`))
      .update(text)
      .digest('hex')
  }

  #masterKey(): Uint8Array {
    this.#key ??= openKey(this.#path, this.#random)
    return this.#key
  }
}

function openKey(path: string, random: Random): Uint8Array {
  if (!existsSync(path)) makeKey(path, random)
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (key.length === keyBytes) return key
  const hint = `${path} must hold 32 bytes in base64; restore it, or plates stored under it stay unreadable.`
  throw new SiteError({ code: 'subject_key_unreadable', op: 'subjects.open', hint, retryable: false })
}

/** Writes a new key beside its place and links it there whole; of two processes the first wins. */
function makeKey(path: string, random: Random): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${Buffer.from(random.bytes(8)).toString('hex')}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${Buffer.from(random.bytes(keyBytes)).toString('base64')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    linkSync(draft, path)
    const folder = openSync(dirname(path), 'r')
    fsyncSync(folder)
    closeSync(folder)
  } catch (error) {
    if (!existsSync(path)) throw error
  } finally {
    rmSync(draft)
  }
}
