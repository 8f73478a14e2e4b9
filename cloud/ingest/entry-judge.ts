import type { Result } from '@gatehouse/shared/result/result'
import type { AppendDecision, StoredChain } from './decide-append.ts'
import type { StreamId } from './stream-store.ts'

/** Says what becomes of the entries of one request, given what the stream holds. */
export interface EntryJudge {
  /** The positions the request names, when its entries name their own; the stored hashes there are looked up. */
  readonly seqs: readonly number[]
  readonly decide: (stored: StoredChain) => AppendDecision
}

/** Why a body was not read as entries. */
export type BodyRefusal = 'malformed_json' | 'not_text' | 'empty' | 'not_an_entry' | 'wrong_stream'

/** What a stream is made of: how a body becomes entries and how entries become a body again. */
export interface StreamFormat {
  readonly contentType: string
  readonly read: (body: Uint8Array, stream: StreamId) => Result<EntryJudge, BodyRefusal>
  readonly render: (texts: readonly string[]) => string | Uint8Array<ArrayBuffer>
}
