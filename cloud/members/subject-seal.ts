import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
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
import type { Random } from '@gatehouse/shared/random/random'

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

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
    const nonce = this.#random.bytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#keyFor(`subject:${subjectId}`), nonce)
    cipher.setAAD(Buffer.from(subjectId))
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  }

  /** Opens what was sealed for a subject; `undefined` when it was sealed under another key or for another subject. */
  open(subjectId: string, sealed: Buffer): string | undefined {
    const nonce = sealed.subarray(0, nonceBytes)
    const decipher = createDecipheriv('aes-256-gcm', this.#keyFor(`subject:${subjectId}`), nonce)
    decipher.setAAD(Buffer.from(subjectId))
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
    try {
      const body = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes))
      return Buffer.concat([body, decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  }

  /** A keyed digest (hex) that finds equal values of one purpose without opening any. */
  digest(purpose: string, text: string): string {
    return createHmac('sha256', this.#keyFor(`digest:${purpose}`))
      .update(text)
      .digest('hex')
  }

  // HMAC-SHA-256 as the key derivation: the master key is uniformly random, so no extraction step is needed.
  #keyFor(what: string): Buffer {
    this.#key ??= openKey(this.#path, this.#random)
    return createHmac('sha256', this.#key).update(what).digest()
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
