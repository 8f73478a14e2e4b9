import { type ChainHead, chainBreak, type SealedEntry } from '@gatehouse/shared/ledger/chain'

/** What the cloud holds of a stream: its head, and its hashes for the positions that were sent again. */
export interface StoredChain {
  readonly head: ChainHead
  readonly hashes: ReadonlyMap<number, string>
}

/**
 * `append`: the entries that are new, in order, and the head after them (none new: all were duplicates).
 * `gap`: something is missing between the head and the first new entry.
 * `fork`: another history; `forked` are the entries that contradict the stored chain.
 */
export type AppendDecision =
  | { readonly kind: 'append'; readonly entries: readonly SealedEntry[]; readonly head: ChainHead }
  | { readonly kind: 'gap'; readonly seq: number }
  | { readonly kind: 'fork'; readonly forked: readonly SealedEntry[] }

/**
 * Checks entries against the stored chain: each is known with the same hash, or continues the chain.
 * One break refuses the whole request, so that a head never covers something half taken.
 */
export function decideAppend(stored: StoredChain, sent: readonly SealedEntry[]): AppendDecision {
  const entries: SealedEntry[] = []
  const forked: SealedEntry[] = []
  let head = stored.head
  for (const sealed of sent) {
    const { seq } = sealed.entry
    const known = seq <= head.seq ? (stored.hashes.get(seq) ?? hashOf(entries, seq)) : undefined
    if (known === sealed.hash) continue
    if (known !== undefined) {
      forked.push(sealed)
      continue
    }
    const broken = chainBreak(head, sealed.entry)
    if (broken === 'gap') return forked.length > 0 ? { kind: 'fork', forked } : { kind: 'gap', seq }
    if (broken === 'wrong_prev') return { kind: 'fork', forked: [...forked, sealed] }
    entries.push(sealed)
    head = { seq, hash: sealed.hash }
  }
  return forked.length > 0 ? { kind: 'fork', forked } : { kind: 'append', entries, head }
}

function hashOf(entries: readonly SealedEntry[], seq: number): string | undefined {
  const first = entries[0]
  return first === undefined ? undefined : entries[seq - first.entry.seq]?.hash
}
