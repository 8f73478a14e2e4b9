import { type SealedEntry, sealEntry, sha256Hex } from '@gatehouse/shared/ledger/chain'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { Entry } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import type { SiteCaller } from '../sites/site-access.ts'
import { canonicalForm } from './canonical-form.ts'
import type { BodyRefusal } from './entry-judge.ts'
import { readJsonMessages } from './json-messages.ts'

// Only what the chain needs is demanded here: a recorded fact is stored even when this version cannot read
// it. Whatever else it carries stays in it, because the hash covers it.
const linkSchema = z.looseObject({
  site: z.string(),
  incarnation: z.int().min(1),
  seq: z.int().min(1),
  prev: z.string().regex(/^[0-9a-f]{64}$/),
})

/** No entry nests deeper; writing the canonical form of one that does would exhaust the stack. */
const depthMax = 64

function seal(value: unknown): SealedEntry | undefined {
  const form = canonicalForm(value, depthMax)
  if (form === 'too_deep') return undefined
  const entry = value as Entry
  if (form === 'other') return sealEntry(entry)
  const text = JSON.stringify(entry)
  return { entry, text, hash: sha256Hex(text) }
}

/**
 * Reads the body of an append (JSON mode: an array is flattened one level) and seals each entry.
 * Refuses with `not_text`, `malformed_json`, `empty`, `not_an_entry` (no site, incarnation, seq or prev, or nested too deeply) and
 * `wrong_stream` (an entry of another site or life).
 */
export function readSentEntries(
  body: Uint8Array,
  stream: SiteCaller,
): Result<readonly SealedEntry[], BodyRefusal> {
  const values = readJsonMessages(body)
  if (!values.ok) return values
  const sealed: SealedEntry[] = []
  for (const value of values.value) {
    const link = linkSchema.safeParse(value)
    if (!link.success) return err('not_an_entry')
    if (link.data.site !== stream.siteId || link.data.incarnation !== stream.incarnation) {
      return err('wrong_stream')
    }
    const entry = seal(value)
    if (entry === undefined) return err('not_an_entry')
    sealed.push(entry)
  }
  return ok(sealed)
}
