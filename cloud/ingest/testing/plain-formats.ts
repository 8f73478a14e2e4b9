import { type ChainHead, type SealedEntry, sha256Hex } from '@gatehouse/shared/ledger/chain'
import { err, ok } from '@gatehouse/shared/result/result'
import type { Entry } from '@gatehouse/shared/wire/v1/entries'
import type { EntryJudge, StreamFormat } from '../entry-judge.ts'
import { jsonBody, jsonType, readJsonMessages } from '../json-messages.ts'

/** Takes whatever is sent, in the order of arrival: each message is chained to the one before. */
function anything(texts: readonly string[]): EntryJudge {
  return {
    seqs: [],
    decide: ({ head: stored }) => {
      const entries: SealedEntry[] = []
      let head: ChainHead = stored
      for (const text of texts) {
        const entry = { seq: head.seq + 1, prev: head.hash } as Entry
        entries.push({ entry, text, hash: sha256Hex(head.hash + text) })
        head = { seq: entry.seq, hash: sha256Hex(head.hash + text) }
      }
      return { kind: 'append', entries, head }
    },
  }
}

/** JSON mode without a ledger's rules: any value is a message. */
export const anyJson: StreamFormat = {
  contentType: jsonType,
  read: (body) => {
    const values = readJsonMessages(body)
    return values.ok ? ok(anything(values.value.map((value) => JSON.stringify(value)))) : values
  },
  render: jsonBody,
}

/** Bytes of one media type: each request is a message, and they are read without anything between them. */
export function anyBytes(contentType: string): StreamFormat {
  return {
    contentType,
    read: (body) => (body.length === 0 ? err('empty') : ok(anything([Buffer.from(body).toString('base64')]))),
    render: (texts) => new Uint8Array(Buffer.concat(texts.map((text) => Buffer.from(text, 'base64')))),
  }
}
