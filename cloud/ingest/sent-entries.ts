import { type SealedEntry, sealEntry, sha256Hex } from '@gatehouse/shared/ledger/chain'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { Entry } from '@gatehouse/shared/wire/v1/entries'
import type { SiteCaller } from '../sites/site-access.ts'
import { canonicalForm } from './canonical-form.ts'
import type { BodyRefusal } from './entry-judge.ts'
import { readJsonMessages } from './json-messages.ts'

// Only what the chain needs is demanded here: a recorded fact is stored even when this version cannot read
// it. Whatever else it carries stays in it, because the hash covers it.
interface Link {
  readonly site: string
  readonly incarnation: number
}

const hashText = /^[0-9a-f]{64}$/

function isLink(value: unknown): value is Link {
  if (typeof value !== 'object' || value === null) return false
  const { site, incarnation, seq, prev } = value as Readonly<Record<string, unknown>>
  const isHash = typeof prev === 'string' && hashText.test(prev)
  return typeof site === 'string' && isPosition(incarnation) && isPosition(seq) && isHash
}

function isPosition(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

/** No entry nests deeper; writing the canonical form of one that does would exhaust the stack. */
const depthMax = 64

function seal(value: unknown): SealedEntry | undefined {
  const form = canonicalForm(value, depthMax)
  if (form === 'none') return undefined
  const entry = value as Entry
  if (form === 'other') return sealEntry(entry)
  const text = JSON.stringify(entry)
  return { entry, text, hash: sha256Hex(text) }
}

/**
 * Reads the body of an append (JSON mode: an array is flattened one level) and seals each entry.
 * Refuses with `not_text`, `malformed_json`, `empty`, `not_an_entry` (no site, incarnation, seq or prev, nested too
 * deeply, or with a number beyond all bounds) and `wrong_stream` (an entry of another site or life).
 */
export function readSentEntries(
  body: Uint8Array,
  stream: SiteCaller,
): Result<readonly SealedEntry[], BodyRefusal> {
  const values = readJsonMessages(body)
  if (!values.ok) return values
  const sealed: SealedEntry[] = []
  for (const value of values.value) {
    if (!isLink(value)) return err('not_an_entry')
    if (value.site !== stream.siteId || value.incarnation !== stream.incarnation) return err('wrong_stream')
    const entry = seal(value)
    if (entry === undefined) return err('not_an_entry')
    sealed.push(entry)
  }
  return ok(sealed)
}
