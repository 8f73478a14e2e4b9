import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { headHeader } from '@gatehouse/shared/wire/v1/sync'
import type { Producer } from './append.ts'

/** Names of the Durable Streams protocol (sections 5 and 13.2). */
export const streamHeaders = {
  nextOffset: 'Stream-Next-Offset',
  cursor: 'Stream-Cursor',
  upToDate: 'Stream-Up-To-Date',
  writerSeq: 'Stream-Seq',
  producerId: 'Producer-Id',
  producerEpoch: 'Producer-Epoch',
  producerSeq: 'Producer-Seq',
  expectedSeq: 'Producer-Expected-Seq',
  receivedSeq: 'Producer-Received-Seq',
} as const

/** Sent with every answer, so that a browser never takes a stream for a page of another site. */
export const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const

// Parts of the protocol that no stream here has: see decisions.md.
const notOfferedHeaders = [
  'Stream-Closed',
  'Stream-TTL',
  'Stream-Expires-At',
  'Stream-Forked-From',
  'Stream-Fork-Offset',
  'Stream-Fork-Sub-Offset',
]

const writerSeqMaxLength = 200
const offsetDigits = 16
const wholeNumber = /^\d{1,16}$/
// Section 10.1: cursors are counts of 20-second intervals since an epoch all servers share.
const cursorIntervalMs = 20_000

/** The offset after `seq`: fixed width, so that offsets sort as text. */
export function offsetAfter(seq: number): string {
  return String(seq).padStart(offsetDigits, '0')
}

/** The `seq` an offset stands after; `-1` is the beginning, `now` the tail; `undefined` when malformed. */
export function seqOfOffset(offset: string | undefined, tailSeq: number): number | undefined {
  if (offset === undefined || offset === '-1') return 0
  if (offset === 'now') return tailSeq
  return new RegExp(`^\\d{${offsetDigits}}$`).test(offset) ? Number(offset) : undefined
}

/** The headers that tell where a stream ends, the acknowledgement among them. */
export function headHeaders(head: ChainHead): Record<string, string> {
  return {
    [streamHeaders.nextOffset]: offsetAfter(head.seq),
    [headHeader]: `${head.seq}:${head.hash}`,
  }
}

/** The header of a request that asks for something no stream here has; `undefined` when it asks for none. */
export function notOffered(header: (name: string) => string | undefined): string | undefined {
  return notOfferedHeaders.find((name) => header(name) !== undefined)
}

/** Tells whether a Content-Type header names this media type, whatever its case and parameters. */
export function isOfType(header: string, type: string): boolean {
  return header.split(';')[0]?.trim().toLowerCase() === type
}

/** A cursor that moves on: never the one the client sent, so that caches do not answer for ever. */
export function nextCursor(nowMs: number, sent: string | undefined): string {
  const interval = Math.floor(nowMs / cursorIntervalMs)
  const before = wholeNumber.test(sent ?? '') ? Number(sent) : -1
  return String(before >= interval ? before + 1 : interval)
}

/** Reads the producer headers: all three or none. Refuses with `producer_headers`. */
export function readProducerHeaders(
  header: (name: string) => string | undefined,
): Result<Producer | undefined, 'producer_headers'> {
  const producerId = header(streamHeaders.producerId)
  const epoch = header(streamHeaders.producerEpoch)
  const seq = header(streamHeaders.producerSeq)
  if (producerId === undefined && epoch === undefined && seq === undefined) return ok(undefined)
  const isWhole = (text: string | undefined): text is string =>
    text !== undefined && wholeNumber.test(text) && Number.isSafeInteger(Number(text))
  if (!producerId || producerId.length > 200 || !isWhole(epoch) || !isWhole(seq)) {
    return err('producer_headers')
  }
  return ok({ producerId, epoch: Number(epoch), seq: Number(seq) })
}

/** Reads the `Stream-Seq` header, which orders the appends of writers by text. Refuses with `writer_seq_header`. */
export function readWriterSeq(
  header: (name: string) => string | undefined,
): Result<string | undefined, 'writer_seq_header'> {
  const seq = header(streamHeaders.writerSeq)
  const isGood = seq === undefined || (seq !== '' && seq.length <= writerSeqMaxLength)
  return isGood ? ok(seq) : err('writer_seq_header')
}
