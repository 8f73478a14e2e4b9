import { type DeviceDatabase, keep, readKept } from './device-store.ts'

/** The key of this device: its private half cannot be read, not even by this page. */
export interface Holder {
  /** JWK `x`, as the cloud takes it. */
  readonly holderKey: string
  /** Ed25519 over the message; 64 bytes. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>
}

const keyName = 'holder'

/** Finds or makes the key of this device; `undefined` where the browser has no Ed25519 or keeps nothing. */
export async function findHolder(database?: DeviceDatabase): Promise<Holder | undefined> {
  try {
    const kept = await readKept('keys', keyName, database)
    return await holderOf(isKeyPair(kept) ? kept : await makeKeys(database))
  } catch {
    // Old browsers, private windows and pages without HTTPS: the screen says what to do instead.
    return undefined
  }
}

async function makeKeys(database: DeviceDatabase | undefined): Promise<CryptoKeyPair> {
  const made = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  if (!isKeyPair(made)) throw new TypeError('the browser made no pair of keys')
  await keep('keys', keyName, made, database)
  return made
}

async function holderOf({ publicKey, privateKey }: CryptoKeyPair): Promise<Holder> {
  const { x } = await crypto.subtle.exportKey('jwk', publicKey)
  if (x === undefined) throw new TypeError('the browser names no public key')
  return {
    holderKey: x,
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, Uint8Array.from(message))),
  }
}

function isKeyPair(value: unknown): value is CryptoKeyPair {
  return typeof value === 'object' && value !== null && 'privateKey' in value && 'publicKey' in value
}
