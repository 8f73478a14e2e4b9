import { ok } from '@gatehouse/shared/result/result'
import { decideAppend } from './decide-append.ts'
import type { StreamFormat } from './entry-judge.ts'
import { jsonBody, jsonType } from './json-messages.ts'
import { readSentEntries } from './sent-entries.ts'

/** The ledger of a site: JSON entries that name their own place and are taken only where they continue the chain. */
export const ledgerFormat: StreamFormat = {
  contentType: jsonType,
  read: (body, stream) => {
    const sent = readSentEntries(body, stream)
    if (!sent.ok) return sent
    return ok({
      seqs: sent.value.map(({ entry }) => entry.seq),
      decide: (stored) => decideAppend(stored, sent.value),
    })
  },
  render: jsonBody,
}
