import type { Clock } from '@gatehouse/shared/clock/clock'
import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import { type Context, type Env, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Notifications } from '../database/notifications.ts'
import type { Pool } from '../database/pool.ts'
import { problemResponse, refusal } from '../http/problem.ts'
import { append } from './append.ts'
import { appendAnswer } from './append-answer.ts'
import type { BodyRefusal, StreamFormat } from './entry-judge.ts'
import { badRequest, conflict, methodNotAllowed } from './stream-answers.ts'
import {
  headHeaders,
  isOfType,
  notOffered,
  readProducerHeaders,
  readWriterSeq,
  safeHeaders,
} from './stream-headers.ts'
import { readStream } from './stream-read.ts'
import { readHead, type StreamId } from './stream-store.ts'

/**
 * The Durable Streams protocol over stored entries. It knows neither who may call nor what an entry means:
 * a keeper says who may and which stream a path names, the stream's format judges what is appended.
 * https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md
 */

const bodyMaxBytes = 4 * 1024 * 1024
const drainedMaxBytes = 8 * bodyMaxBytes

export interface OpenStream {
  readonly id: StreamId
  readonly format: StreamFormat
  /** The stream was made for this very request. */
  readonly isNew?: boolean
}

/** Which streams there are, and who reaches them. */
export interface StreamKeeper<E extends Env> {
  /** The route of one stream. */
  readonly path: string
  /** Refuses callers who have no business with the stream; runs before anything of the request is read. */
  readonly admit: MiddlewareHandler<E>
  /** The stream that the path names; `undefined` when there is none. On PUT a keeper may make it. */
  readonly open: (context: Context<E>) => Promise<OpenStream | undefined>
  /** Told of a body that the stream's format refused, before the caller is. */
  readonly onRefused?: (id: StreamId, why: BodyRefusal) => Promise<void>
}

export interface StreamEndpointOptions<E extends Env> {
  readonly pool: Pool
  readonly clock: Clock
  readonly notifications: Notifications
  readonly keeper: StreamKeeper<E>
  /** How long a live reader waits at the tail. */
  readonly longPollMs: number
  /** Called with the entries that were committed; must not throw. */
  readonly onAppended: (stream: StreamId, entries: readonly SealedEntry[]) => void
}

type Handler<E extends Env> = (
  options: StreamEndpointOptions<E>,
  context: Context<E>,
  stream: OpenStream,
) => Promise<Response>

/** The routes of the protocol for the streams of one keeper. */
export function streamEndpoint<E extends Env>(options: StreamEndpointOptions<E>): Hono<E> {
  const { path, admit } = options.keeper
  const routes = new Hono<E>()
  const limit = bodyLimit({
    maxSize: bodyMaxBytes,
    onError: async (context) => {
      await drain(context.req.raw.body)
      return problemResponse(refusal('too_large'), undefined)
    },
  })
  const onStream = (handle: Handler<E>) => async (context: Context<E>) => {
    const refused = notOffered((name) => context.req.header(name))
    if (refused !== undefined) return badRequest('not_offered', refused)
    const stream = await options.keeper.open(context)
    return stream === undefined
      ? problemResponse(refusal('not_found'), undefined)
      : handle(options, context, stream)
  }
  routes.use(path, async (context, next) => {
    await next()
    // What a stream holds is data, whoever sent it: no browser may take it for a page (section 10.7).
    for (const [name, value] of Object.entries(safeHeaders)) context.res.headers.set(name, value)
  })
  routes.use(path, admit)
  routes.put(path, limit, onStream(create))
  routes.post(path, limit, onStream(post))
  // Hono serves HEAD from GET routes; a stream's HEAD never reads entries.
  routes.get(
    path,
    onStream((...all) => (all[1].req.method === 'HEAD' ? metadata(...all) : readStream(...all))),
  )
  routes.all(path, onStream(methodNotAllowed))
  return routes
}

async function create<E extends Env>(
  { pool }: StreamEndpointOptions<E>,
  context: Context<E>,
  { id, format, isNew }: OpenStream,
): Promise<Response> {
  const type = context.req.header('content-type')
  // Creating it again is idempotent, unless it is wanted otherwise.
  if (type !== undefined && !isOfType(type, format.contentType)) return conflict('stream_exists')
  const headers = { 'content-type': format.contentType, ...headHeaders(await readHead(pool, id)) }
  if (isNew !== true) return new Response(null, { status: 200, headers })
  return new Response(null, { status: 201, headers: { ...headers, location: context.req.url } })
}

async function post<E extends Env>(
  options: StreamEndpointOptions<E>,
  context: Context<E>,
  { id, format }: OpenStream,
): Promise<Response> {
  const header = (name: string) => context.req.header(name)
  const type = header('content-type')
  if (type === undefined) return badRequest('no_content_type')
  if (!isOfType(type, format.contentType)) return conflict('content_type')
  const producer = readProducerHeaders(header)
  if (!producer.ok) return badRequest(producer.error)
  const writerSeq = readWriterSeq(header)
  if (!writerSeq.ok) return badRequest(writerSeq.error)
  const judge = format.read(new Uint8Array(await context.req.arrayBuffer()), id)
  if (!judge.ok) {
    await options.keeper.onRefused?.(id, judge.error)
    return badRequest(judge.error)
  }
  const outcome = await append(options.pool, {
    stream: id,
    judge: judge.value,
    producer: producer.value,
    writerSeq: writerSeq.value,
    nowMs: options.clock.now().wallMs,
  })
  if (outcome.kind === 'appended' && outcome.entries.length > 0) options.onAppended(id, outcome.entries)
  return appendAnswer(outcome, producer.value)
}

async function metadata<E extends Env>(
  { pool }: StreamEndpointOptions<E>,
  _context: Context<E>,
  { id, format }: OpenStream,
): Promise<Response> {
  const head = await readHead(pool, id)
  const headers = { 'content-type': format.contentType, 'cache-control': 'no-store', ...headHeaders(head) }
  return new Response(null, { status: 200, headers })
}

/** Reads a refused body to its end, within bounds: a caller that is still sending would see a reset, not the answer. */
async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body === null || body.locked) return
  let drainedBytes = 0
  const reader = body.getReader()
  while (drainedBytes < drainedMaxBytes) {
    const { value, done } = await reader.read()
    if (done) return
    drainedBytes += value.length
  }
}
