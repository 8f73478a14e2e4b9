import crypto, {
  createPrivateKey,
  createPublicKey,
  KeyObject,
  sign,
  verify,
  type webcrypto,
} from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { type Random, randomInt, SeededRandom } from '@gatehouse/shared/random/random'

const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The private key that 32 bytes make (RFC 8410, section 7). */
export function ed25519Key(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([ed25519Prefix, seed]), format: 'der', type: 'pkcs8' })
}

/** Chance for everything in the process that draws it past the `Random` port; begun anew with every seed. */
export class SeededChance {
  #random: Random = new SeededRandom(1)

  reset(seed: number): void {
    this.#random = new SeededRandom(seed)
  }

  /** Puts seeded chance, and signatures without helper threads, in the place of the machine's. */
  install(): void {
    Math.random = () => randomInt(this.#random, 0x1_0000_0000) / 0x1_0000_0000
    const generateKeyPairSync = () => {
      const privateKey = ed25519Key(this.#random.bytes(32))
      return { privateKey, publicKey: createPublicKey(privateKey) }
    }
    const randomBytes = (count: number) => Buffer.from(this.#random.bytes(count))
    Object.assign(crypto, { generateKeyPairSync, randomBytes })
    syncBuiltinESMExports()
    installSignatures()
  }
}

/** Threads finish in any order; Ed25519 needs none. */
function installSignatures(): void {
  const subtle = Object.getPrototypeOf(globalThis.crypto.subtle)
  subtle.sign = async (_kind: unknown, key: webcrypto.CryptoKey, data: Uint8Array) => {
    const made = sign(null, Buffer.from(data), KeyObject.from(key))
    return made.buffer.slice(made.byteOffset, made.byteOffset + made.byteLength)
  }
  subtle.verify = async (_kind: unknown, key: webcrypto.CryptoKey, made: Uint8Array, data: Uint8Array) =>
    verify(null, Buffer.from(data), KeyObject.from(key), Buffer.from(made))
}
