import type { Clock } from '@gatehouse/shared/clock/clock'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Notifications } from '../database/notifications.ts'
import type { Pool } from '../database/pool.ts'
import { problemResponse, refusal } from '../http/problem.ts'
import { requireSite, type SiteEnv } from '../sites/site-access.ts'
import { append } from './append.ts'
import { appendAnswer } from './append-answer.ts'
import { readSentEntries, type SentRefusal } from './sent-entries.ts'
import {
  headHeaders,
  nextCursor,
  offsetAfter,
  readProducerHeaders,
  seqOfOffset,
  streamHeaders,
} from './stream-headers.ts'
import { readEntriesAfter, readHead, type StoredEntry, type StreamId } from './stream-store.ts'

/**
 * The Durable Streams protocol over the ledger: one stream per life of a site, JSON mode, never closed,
 * never deleted. https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md
 */

const bodyMaxBytes = 4 * 1024 * 1024
const entriesPerReadMax = 1_000
const longPollMs = 20_000
const jsonType = 'application/json'
const streamPath = '/stream/:siteId/:incarnation'

export interface StreamRoutesOptions {
  readonly pool: Pool
  readonly clock: Clock
  readonly notifications: Notifications
  /** Called after entries were committed; must not throw. */
  readonly onAppended: (stream: StreamId, count: number) => void
}

/** Routes of the stream endpoint, to be mounted under `/sync/v1`. Only a site's own token reaches its stream. */
export function streamRoutes(options: StreamRoutesOptions): Hono<SiteEnv> {
  const routes = new Hono<SiteEnv>()
  const limit = bodyLimit({
    maxSize: bodyMaxBytes,
    onError: () => problemResponse(refusal('too_large'), undefined),
  })
  routes.use(streamPath, requireSite(options.pool, options.clock), async (context, next) => {
    const site = context.get('site')
    const isOwn =
      context.req.param('siteId') === site.siteId &&
      context.req.param('incarnation') === String(site.incarnation)
    if (!isOwn) return problemResponse(refusal('forbidden'), undefined)
    await next()
    return undefined
  })
  routes.put(streamPath, (context) => create(options, context))
  routes.post(streamPath, limit, (context) => post(options, context))
  routes.get(streamPath, (context) =>
    // Hono serves HEAD from GET routes; a stream's HEAD never reads entries.
    context.req.method === 'HEAD' ? metadata(options, context) : read(options, context),
  )
  return routes
}

async function create({ pool }: StreamRoutesOptions, context: Context<SiteEnv>): Promise<Response> {
  // Enrolment made the stream; creating it again is idempotent, unless it is wanted otherwise.
  const type = context.req.header('content-type')
  const wantsOther = type !== undefined && !isJson(type)
  const wantsMore = ['stream-closed', 'stream-ttl', 'stream-expires-at', 'stream-forked-from'].some(
    (name) => context.req.header(name) !== undefined,
  )
  if (wantsOther || wantsMore) return conflict('stream_exists', 'This stream exists with other properties.')
  const head = await readHead(pool, context.get('site'))
  return new Response(null, { status: 200, headers: { 'content-type': jsonType, ...headHeaders(head) } })
}

async function post(options: StreamRoutesOptions, context: Context<SiteEnv>): Promise<Response> {
  const stream = context.get('site')
  const header = (name: string) => context.req.header(name)
  if (!isJson(header('content-type'))) return conflict('content_type', 'This stream is application/json.')
  const producer = readProducerHeaders(header)
  if (!producer.ok) return badRequest('producer_headers')
  const entries = readSentEntries(await context.req.text(), stream)
  if (!entries.ok) return badRequest(entries.error)
  const request = {
    stream,
    entries: entries.value,
    producer: producer.value,
    nowMs: options.clock.now().wallMs,
  }
  const outcome = await append(options.pool, request)
  if (outcome.kind === 'appended' && outcome.count > 0) options.onAppended(stream, outcome.count)
  return appendAnswer(outcome, producer.value)
}

async function metadata({ pool }: StreamRoutesOptions, context: Context<SiteEnv>): Promise<Response> {
  const head = await readHead(pool, context.get('site'))
  const headers = { 'content-type': jsonType, 'cache-control': 'no-store', ...headHeaders(head) }
  return new Response(null, { status: 200, headers })
}

async function read(options: StreamRoutesOptions, context: Context<SiteEnv>): Promise<Response> {
  const { pool, clock } = options
  const stream = context.get('site')
  const { offset, live, cursor } = context.req.query()
  const isLive = live === 'long-poll'
  if (live !== undefined && !isLive) return badRequest('live_mode')
  if (isLive && offset === undefined) return badRequest('offset')
  const afterSeq = seqOfOffset(offset, (await readHead(pool, stream)).seq)
  if (afterSeq === undefined) return badRequest('offset')
  const entries = await entriesAfter(options, context, { afterSeq, isLive })
  const head = await readHead(pool, stream)
  const lastSeq = entries.at(-1)?.seq ?? afterSeq
  const headers: Record<string, string> = {
    ...headHeaders(head),
    [streamHeaders.nextOffset]: offsetAfter(lastSeq),
    'cache-control': 'private, no-store',
    'content-type': jsonType,
    etag: `"${stream.siteId}.${stream.incarnation}:${afterSeq}:${lastSeq}"`,
  }
  if (lastSeq >= head.seq) headers[streamHeaders.upToDate] = 'true'
  if (isLive) headers[streamHeaders.cursor] = nextCursor(clock.now().wallMs, cursor)
  if (isLive && entries.length === 0) return new Response(null, { status: 204, headers })
  return new Response(`[${entries.map(({ entry }) => entry).join(',')}]`, { status: 200, headers })
}

/** The entries after a position; a live reader at the tail waits for the next append, at most 20 s. */
async function entriesAfter(
  { pool, notifications }: StreamRoutesOptions,
  context: Context<SiteEnv>,
  { afterSeq, isLive }: { readonly afterSeq: number; readonly isLive: boolean },
): Promise<readonly StoredEntry[]> {
  const stream = context.get('site')
  const wanted = { afterSeq, limit: entriesPerReadMax }
  if (!isLive) return readEntriesAfter(pool, stream, wanted)
  const appended = notifications.next('ledger', {
    matches: (payload) => payload === `${stream.siteId}/${stream.incarnation}`,
    timeoutMs: longPollMs,
    signal: context.req.raw.signal,
  })
  const present = await readEntriesAfter(pool, stream, wanted)
  if (present.length > 0) {
    appended.cancel()
    return present
  }
  await appended.done
  return readEntriesAfter(pool, stream, wanted)
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === jsonType
}

const badRequests: Record<SentRefusal | 'producer_headers' | 'offset' | 'live_mode', string> = {
  malformed_json: 'The body is not valid JSON.',
  empty: 'The body has no entries.',
  not_an_entry: 'Something in the body has no site, incarnation, seq or prev.',
  wrong_stream: 'An entry belongs to another site or another life of it.',
  producer_headers:
    'Producer-Id, Producer-Epoch and Producer-Seq come together, the last two as whole numbers.',
  offset: 'The offset is missing or was not given by this stream.',
  live_mode: 'Only live=long-poll is offered here.',
}

function badRequest(code: keyof typeof badRequests): Response {
  const hint = 'Correct the request; entries stay on the site until the head acknowledges them.'
  return problemResponse({ status: 400, code, title: badRequests[code], hint }, undefined)
}

function conflict(code: string, title: string): Response {
  const hint = 'Use application/json and no expiry.'
  return problemResponse({ status: 409, code, title, hint }, undefined)
}
