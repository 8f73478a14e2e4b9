import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { Random } from '../random/random.ts'

const nonceBytes = 12
const tagBytes = 16

/** HMAC-SHA-256 as the key derivation: the master key is uniformly random, so that no extraction step is needed. */
export function derivedKey(masterKey: Uint8Array, purpose: string): Buffer {
  return createHmac('sha256', masterKey).update(purpose).digest()
}

/**
 * Seals a subject's text with AES-256-GCM under a key that `masterKey` (32 random bytes) gives for that subject alone
 * (ARCHITECTURE §6). The nonce comes from `random`, which must be the machine's secure source outside tests.
 */
export function sealText(masterKey: Uint8Array, random: Random, subjectId: string, text: string): Buffer {
  const nonce = random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', derivedKey(masterKey, `subject:${subjectId}`), nonce)
  cipher.setAAD(Buffer.from(subjectId))
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

/** Opens what was sealed for a subject; `undefined` when it was sealed under another key or for another subject. */
export function openText(masterKey: Uint8Array, subjectId: string, sealed: Buffer): string | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined
  const key = derivedKey(masterKey, `subject:${subjectId}`)
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
  decipher.setAAD(Buffer.from(subjectId))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  try {
    const body = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes))
    return Buffer.concat([body, decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
