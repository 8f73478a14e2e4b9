import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import type { StreamId } from './stream-store.ts'

/** Of all streams together, as text; with what was parsed of it about four times as many bytes. */
export const handedCharsMax = 8 * 1024 * 1024

/**
 * Entries that this process committed and has not projected yet, so that its projector need not read them back. It may
 * forget any of them at any time: the store has them all.
 */
export class HandedEntries {
  readonly #streams = new Map<string, readonly SealedEntry[]>()
  #chars = 0

  /** Keeps entries that were committed, in order, unless they do not follow on what is kept or are too many. */
  keep(stream: StreamId, entries: readonly SealedEntry[]): void {
    const kept = this.#streams.get(nameOf(stream)) ?? []
    const [first] = entries
    const last = kept.at(-1)
    const chars = charsOf(entries)
    if (first === undefined || this.#chars + chars > handedCharsMax) return
    if (last !== undefined && last.entry.seq + 1 !== first.entry.seq) return
    this.#streams.set(nameOf(stream), [...kept, ...entries])
    this.#chars += chars
  }

  /** Gives up to `limit` entries that follow `afterSeq`, once; none when the next one is not kept. */
  take(stream: StreamId, { afterSeq, limit }: { readonly afterSeq: number; readonly limit: number }) {
    const kept = this.#streams.get(nameOf(stream)) ?? []
    this.forget(stream)
    const from = kept.findIndex(({ entry }) => entry.seq === afterSeq + 1)
    if (from < 0) return []
    this.keep(stream, kept.slice(from + limit))
    return kept.slice(from, from + limit)
  }

  /** Forgets what is kept of a stream, for example because another process projects it. */
  forget(stream: StreamId): void {
    this.#chars -= charsOf(this.#streams.get(nameOf(stream)) ?? [])
    this.#streams.delete(nameOf(stream))
  }
}

function nameOf({ siteId, incarnation }: StreamId): string {
  return `${siteId}/${incarnation}`
}

function charsOf(entries: readonly SealedEntry[]): number {
  return entries.reduce((sum, { text }) => sum + text.length, 0)
}
