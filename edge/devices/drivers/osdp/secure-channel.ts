/** AES-128 as the secure channel needs it; keys, blocks and starting values have 16 bytes, data whole blocks. */
export interface Aes {
  encryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array
  encryptCbc(key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Uint8Array
  decryptCbc(key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Uint8Array
}

/** Security blocks (OSDP 2.2 annex D). Even numbers are replies. */
export const securityTypes = {
  challenge: 0x11,
  cryptogram: 0x12,
  prove: 0x13,
  initialMac: 0x14,
  command: 0x15,
  reply: 0x16,
  commandWithData: 0x17,
  replyWithData: 0x18,
} as const

/** The key that every new reader has. Everybody knows it: good for nothing but to set another. */
export const defaultKey: Uint8Array = Uint8Array.from({ length: 16 }, (_, index) => 0x30 + index)

/** The keys of one session. */
export interface SessionKeys {
  readonly encryption: Uint8Array
  readonly mac1: Uint8Array
  readonly mac2: Uint8Array
}

/** The random numbers of one handshake, 8 bytes each. */
export interface HandshakeRandoms {
  readonly panel: Uint8Array
  readonly reader: Uint8Array
}

const blockBytes = 16
const paddingMark = 0x80

/** Derives the keys of a session from the reader's base key and the panel's random number (annex D.3.1). */
export function sessionKeys(aes: Aes, baseKey: Uint8Array, panelRandom: Uint8Array): SessionKeys {
  const derive = (second: number) => {
    const block = new Uint8Array(blockBytes)
    block.set([0x01, second, ...panelRandom.subarray(0, 6)])
    return aes.encryptBlock(baseKey, block)
  }
  return { encryption: derive(0x82), mac1: derive(0x01), mac2: derive(0x02) }
}

/** What only a reader with the key can say (annex D.3.2). */
export function readerCryptogram(
  aes: Aes,
  keys: SessionKeys,
  { panel, reader }: HandshakeRandoms,
): Uint8Array {
  return aes.encryptBlock(keys.encryption, Uint8Array.from([...panel, ...reader]))
}

/** What only a panel with the key can say (annex D.3.2). */
export function panelCryptogram(
  aes: Aes,
  keys: SessionKeys,
  { panel, reader }: HandshakeRandoms,
): Uint8Array {
  return aes.encryptBlock(keys.encryption, Uint8Array.from([...reader, ...panel]))
}

/** The first reply MAC of a session, from which the chain goes on (annex D.3.3). */
export function initialReplyMac(aes: Aes, keys: SessionKeys, cryptogram: Uint8Array): Uint8Array {
  return aes.encryptBlock(keys.mac2, aes.encryptBlock(keys.mac1, cryptogram))
}

/**
 * The MAC of a frame: CBC under the first key, the last block under the second, begun from the other side's last MAC.
 * `covered` is filled up with 80 00… unless it ends on a block (annex D.5).
 */
export function frameMac(aes: Aes, keys: SessionKeys, otherMac: Uint8Array, covered: Uint8Array): Uint8Array {
  const bytes = covered.length % blockBytes === 0 && covered.length > 0 ? covered : pad(covered)
  const last = bytes.length - blockBytes
  const chained =
    last === 0
      ? otherMac
      : aes.encryptCbc(keys.mac1, otherMac, bytes.subarray(0, last)).subarray(last - blockBytes)
  const block = bytes.slice(last)
  for (const [index, byte] of chained.entries()) block[index] = (block[index] ?? 0) ^ byte
  return aes.encryptBlock(keys.mac2, block)
}

/** Encrypts data, always filled up with 80 00…; begun from the complement of the other side's last MAC (annex D.4). */
export function encryptData(aes: Aes, keys: SessionKeys, otherMac: Uint8Array, data: Uint8Array): Uint8Array {
  return aes.encryptCbc(keys.encryption, complement(otherMac), pad(data))
}

/** Decrypts data; undefined when it is no whole number of blocks or not filled up as it must be. */
export function decryptData(
  aes: Aes,
  keys: SessionKeys,
  otherMac: Uint8Array,
  data: Uint8Array,
): Uint8Array | undefined {
  if (data.length === 0 || data.length % blockBytes !== 0) return undefined
  const plain = aes.decryptCbc(keys.encryption, complement(otherMac), data)
  let end = plain.length - 1
  while (end > 0 && plain[end] === 0) end -= 1
  return plain[end] === paddingMark ? Uint8Array.from(plain.subarray(0, end)) : undefined
}

/** Compares in time that does not depend on where the difference is; `part` may be the start of `whole`. */
export function startsWith(whole: Uint8Array, part: Uint8Array): boolean {
  let difference = part.length === 0 || part.length > whole.length ? 1 : 0
  for (const [index, byte] of part.entries()) difference |= byte ^ (whole[index] ?? 0)
  return difference === 0
}

/** Whether a base key is one that an attacker tries first: the default, one byte repeated, or bytes that count. */
export function isWeakKey(key: Uint8Array): boolean {
  if (key.length !== blockBytes || startsWith(defaultKey, key)) return true
  const steps = new Set(key.subarray(1).map((byte, index) => byte - (key[index] ?? 0)))
  const halves = startsWith(key.subarray(8), key.subarray(0, 8))
  return steps.size === 1 || halves || new Set(key).size < 6
}

function pad(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor(data.length / blockBytes) + 1) * blockBytes)
  padded.set(data)
  padded[data.length] = paddingMark
  return padded
}

function complement(mac: Uint8Array): Uint8Array {
  return Uint8Array.from(mac, (byte) => ~byte)
}
