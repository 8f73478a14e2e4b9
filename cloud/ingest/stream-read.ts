import type { Context, Env } from 'hono'
import { readOrWait } from '../database/read-or-wait.ts'
import { badRequest } from './stream-answers.ts'
import type { OpenStream, StreamEndpointOptions } from './stream-endpoint.ts'
import { headHeaders, nextCursor, offsetAfter, seqOfOffset, streamHeaders } from './stream-headers.ts'
import { readEntriesAfter, readHead, type StoredEntry, type StreamId } from './stream-store.ts'

const entriesPerReadMax = 1_000

/** Serves what a stream holds after an offset; a live reader at the tail waits for the next append. */
export async function readStream<E extends Env>(
  options: StreamEndpointOptions<E>,
  context: Context<E>,
  { id, format }: OpenStream,
): Promise<Response> {
  const { pool, clock } = options
  const { offset, live, cursor } = context.req.query()
  const isLive = live === 'long-poll'
  if (live !== undefined && !isLive) return badRequest('live_mode')
  const isAmbiguous = (context.req.queries('offset')?.length ?? 0) > 1
  if (isAmbiguous || (isLive && offset === undefined)) return badRequest('offset')
  const afterSeq = seqOfOffset(offset, offset === 'now' ? (await readHead(pool, id)).seq : 0)
  if (afterSeq === undefined) return badRequest('offset')
  const signal = context.req.raw.signal
  const entries = isLive
    ? await entriesOrWait(options, id, afterSeq, signal)
    : await readEntriesAfter(pool, id, { afterSeq, limit: entriesPerReadMax })
  const head = await readHead(pool, id)
  const lastSeq = entries.at(-1)?.seq ?? afterSeq
  const etag = `"${id.siteId}.${id.incarnation}:${afterSeq}:${lastSeq}"`
  const headers: Record<string, string> = {
    ...headHeaders(head),
    [streamHeaders.nextOffset]: offsetAfter(lastSeq),
    'cache-control': 'private, no-store',
    'content-type': format.contentType,
    etag,
  }
  // A page that is not full was all there was when it was read, whatever has come since.
  if (entries.length < entriesPerReadMax || lastSeq >= head.seq) headers[streamHeaders.upToDate] = 'true'
  if (isLive) headers[streamHeaders.cursor] = nextCursor(clock.now().wallMs, cursor)
  if (isLive && entries.length === 0) return new Response(null, { status: 204, headers })
  if (!isLive && context.req.header('if-none-match') === etag) {
    return new Response(null, { status: 304, headers })
  }
  return new Response(format.render(entries.map(({ entry }) => entry)), { status: 200, headers })
}

/** The entries after a position; at the tail it waits for the next append. */
async function entriesOrWait<E extends Env>(
  { pool, notifications, longPollMs }: StreamEndpointOptions<E>,
  stream: StreamId,
  afterSeq: number,
  signal: AbortSignal,
): Promise<readonly StoredEntry[]> {
  const payload = `${stream.siteId}/${stream.incarnation}`
  return readOrWait(
    notifications,
    { channel: 'ledger', payload, timeoutMs: longPollMs, signal },
    {
      read: () => readEntriesAfter(pool, stream, { afterSeq, limit: entriesPerReadMax }),
      isAnswer: ({ length }) => length > 0,
    },
  )
}
