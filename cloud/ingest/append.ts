import type { ChainHead, SealedEntry } from '@gatehouse/shared/ledger/chain'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { openException } from '../exceptions/raise.ts'
import { decideProducer, type ProducerDecision, type ProducerState } from './decide-producer.ts'
import type { EntryJudge } from './entry-judge.ts'
import {
  hashesBetween,
  lockTail,
  quarantine,
  readProducer,
  type StreamId,
  storeAppend,
} from './stream-store.ts'

/** The three producer headers of a request. */
export type Producer = ProducerState & { readonly producerId: string }

export interface AppendRequest {
  readonly stream: StreamId
  readonly judge: EntryJudge
  readonly producer: Producer | undefined
  /** The `Stream-Seq` header: must come after, as text, the last one that was accepted. */
  readonly writerSeq: string | undefined
  readonly nowMs: number
}

/** What became of an append; every outcome tells the head, the only acknowledgement. */
export type AppendOutcome = { readonly head: ChainHead } & (
  | { readonly kind: 'appended'; readonly entries: readonly SealedEntry[] }
  | { readonly kind: 'producer'; readonly decision: Exclude<ProducerDecision, { kind: 'accept' }> }
  | { readonly kind: 'writer_seq'; readonly lastSeq: string }
  | { readonly kind: 'chain_gap'; readonly seq: number }
  | { readonly kind: 'chain_fork'; readonly seq: number }
)

/**
 * Appends entries and the producer's state in one transaction. Entries that the stream holds already are
 * skipped; a contradicting entry is set aside and raised, and nothing of the request is appended.
 * Durable Streams 5.2 and 5.2.1: a producer's duplicate is seen before the order of `Stream-Seq` is judged.
 */
export async function append(pool: Pool, request: AppendRequest): Promise<AppendOutcome> {
  const { stream, producer, judge, writerSeq } = request
  return inTransaction(pool, async (tx): Promise<AppendOutcome> => {
    const { head, writerSeq: lastSeq } = await lockTail(tx, stream)
    if (producer !== undefined) {
      const decision = decideProducer(await readProducer(tx, stream, producer.producerId), producer)
      if (decision.kind !== 'accept') return { kind: 'producer', decision, head }
    }
    if (writerSeq !== undefined && lastSeq !== undefined && writerSeq <= lastSeq) {
      return { kind: 'writer_seq', lastSeq, head }
    }
    const hashes = await knownHashes(tx, request, head)
    const decision = judge.decide({ head, hashes })
    if (decision.kind === 'gap') return { kind: 'chain_gap', seq: decision.seq, head }
    if (decision.kind === 'fork') {
      await setAside(tx, request, decision.forked, hashes)
      return { kind: 'chain_fork', seq: decision.forked[0]?.entry.seq ?? head.seq, head }
    }
    const { entries } = decision
    await storeAppend(tx, stream, { entries, receivedMs: request.nowMs, writerSeq, producer })
    return { kind: 'appended', entries, head: decision.head }
  })
}

async function knownHashes(
  tx: Transaction,
  { stream, judge }: AppendRequest,
  head: ChainHead,
): Promise<ReadonlyMap<number, string>> {
  const seqs = judge.seqs.filter((seq) => seq <= head.seq)
  if (seqs.length === 0) return new Map()
  const fromSeq = seqs.reduce((least, seq) => Math.min(least, seq))
  return hashesBetween(tx, stream, { fromSeq, toSeq: head.seq })
}

async function setAside(
  tx: Transaction,
  { stream, nowMs }: AppendRequest,
  forked: readonly SealedEntry[],
  known: ReadonlyMap<number, string>,
): Promise<void> {
  const detail = 'The chain of this site already goes on another way.'
  await quarantine(
    tx,
    stream,
    forked.map(({ entry, hash, text }) => ({ seq: entry.seq, hash, entry: text, reason: 'fork', detail })),
    nowMs,
  )
  const [first] = forked
  const { siteId, incarnation } = stream
  const seq = first?.entry.seq ?? 0
  await openException(tx, {
    siteId,
    kind: 'chain_fork',
    about: `${incarnation}:${seq}`,
    sides: [{ what: 'entry_hash', site: first?.hash ?? '', cloud: known.get(seq) ?? '', unit: 'hash' }],
    detail: { seqs: forked.map(({ entry }) => entry.seq), hash: first?.hash },
    entry: { incarnation, seq },
    nowMs,
  })
}
