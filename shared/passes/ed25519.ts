import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto'
import type { SignMessage, VerifySignature } from './pass.ts'

const keyBytes = 32
const keysMax = 256

/** Makes a verifier that keeps the last 256 keys it parsed; parsing costs as much as a quarter of a verification. */
export function ed25519Verifier(): VerifySignature {
  const parsed = new Map<string, KeyObject>()
  return (publicKey, message, signature) => {
    if (publicKey.length !== keyBytes) return false
    const name = Buffer.from(publicKey).toString('base64')
    try {
      const key = parsed.get(name) ?? parseKey(publicKey)
      if (parsed.size >= keysMax) parsed.clear()
      parsed.set(name, key)
      return verifyBytes(null, message, key, signature)
    } catch {
      // Not every 32 bytes are a point of the curve.
      return false
    }
  }
}

// Points of small order: under such a key a signature can be made that fits every message.
const smallOrder = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
])

/** Tells whether 32 bytes may be a holder's key: no point of small order, under which anybody could sign. */
export function isUsableKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== keyBytes) return false
  const unsigned = Buffer.from(publicKey)
  unsigned[keyBytes - 1] = (unsigned[keyBytes - 1] ?? 0) & 0x7f
  if (smallOrder.has(unsigned.toString('hex'))) return false
  try {
    parseKey(publicKey)
    return true
  } catch {
    return false
  }
}

/** Signs with a private key, read already or in PKCS #8 PEM. Throws when it is none. */
export function ed25519Signer(privateKey: string | KeyObject): SignMessage {
  const key = typeof privateKey === 'string' ? createPrivateKey(privateKey) : privateKey
  return (message) => signBytes(null, message, key)
}

/** The key id of a public key (32 bytes): the first 8 bytes of its SHA-256, as 16 hexadecimal characters. */
export function passKeyId(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16)
}

/** Reads a public key as a JWK spells it (`x`, base64url); `undefined` when it has not 32 bytes. */
export function publicKeyBytes(x: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Buffer.from(x, 'base64url'))
  return bytes.length === keyBytes ? bytes : undefined
}

// As a JWK (RFC 8037 §2): reading the same key from DER costs as much as a whole verification.
function parseKey(publicKey: Uint8Array): KeyObject {
  const x = Buffer.from(publicKey).toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}
