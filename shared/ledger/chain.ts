import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Entry } from '../wire/v1/entries.ts'

/** The `prev` of the first entry of an incarnation. */
export const genesisHash = '0'.repeat(64)

/** RFC 8785 canonical JSON; the bytes that hashes and digests are taken over. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('value has no JSON form')
  return text
}

/** SHA-256 of a UTF-8 string, as 64 lower-case hexadecimal characters. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex')
}

/** An entry with its canonical bytes and hash, as stored and uploaded. */
export interface SealedEntry {
  readonly entry: Entry
  /** RFC 8785 text of `entry`; the hash is over its UTF-8 bytes. */
  readonly text: string
  readonly hash: string
}

/** Computes the canonical text and hash of an entry. */
export function sealEntry(entry: Entry): SealedEntry {
  const text = canonicalJson(entry)
  return { entry, text, hash: sha256Hex(text) }
}

/** A position in a chain: the last entry's `seq` (0 when empty) and hash. */
export interface ChainHead {
  readonly seq: number
  readonly hash: string
}

/** The head of a chain without entries. */
export const emptyHead: ChainHead = { seq: 0, hash: genesisHash }

/** Why an entry does not continue a chain. */
export type ChainBreak = 'gap' | 'wrong_prev'

/** Tells whether `entry` continues the chain that ends in `head`; `undefined` when it does. */
export function chainBreak(head: ChainHead, entry: Pick<Entry, 'seq' | 'prev'>): ChainBreak | undefined {
  if (entry.seq !== head.seq + 1) return 'gap'
  if (entry.prev !== head.hash) return 'wrong_prev'
  return undefined
}
