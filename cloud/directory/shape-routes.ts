import type { Clock } from '@gatehouse/shared/clock/clock'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { type Context, Hono } from 'hono'
import { problemResponse } from '../http/problem.ts'
import { nextCursor } from '../ingest/stream-headers.ts'
import { refuseForeignCall } from '../sites/foreign-call.ts'
import { requireSite, type SiteEnv } from '../sites/site-access.ts'
import { type ChangesOptions, changesAfter, changesOrWait, type ShapePart } from './shape-changes.ts'
import { shapeEvents } from './shape-events.ts'
import { knownHandle, mustRefetch, newHandle } from './shape-handle.ts'
import { controlMessage, messageText, schemaHeader } from './shape-messages.ts'
import { readShapeRequest, type ShapeRequest } from './shape-request.ts'
import { readShapeHead, readSnapshot, type ShapeHead } from './shape-store.ts'

/**
 * The Electric shape protocol over a site's directory, served from our own change log, so that the stock
 * client can follow it and a real Electric server can take its place.
 * https://electric-sql.com/openapi.html
 */

// Electric's own freshness, but private: an answer is one site's, and each request brings another token.
const freshness = {
  start: 'private, max-age=604800, stale-while-revalidate=2629746',
  catchUp: 'private, max-age=60, stale-while-revalidate=300',
  live: 'private, max-age=5, stale-while-revalidate=5',
  events: 'private, no-store',
} as const

export interface ShapeRoutesOptions extends ChangesOptions {
  readonly clock: Clock
}

/** Route of the shape endpoint, to be mounted under `/sync/v1`. A site sees its own directory only. */
export function shapeRoutes(options: ShapeRoutesOptions): Hono<SiteEnv> {
  const routes = new Hono<SiteEnv>()
  routes.get('/shape', requireSite(options.pool, options.clock), async (context) => {
    const site = context.get('site')
    const request = readShapeRequest(new URL(context.req.url).searchParams)
    if (!request.ok) return badRequest(request.error)
    if (request.value.siteId !== site.siteId) {
      const nowMs = options.clock.now().wallMs
      return refuseForeignCall(options.pool, site, { flow: 'shape', asked: request.value.siteId, nowMs })
    }
    return serve(options, context, site.siteId, request.value)
  })
  return routes
}

async function serve(
  options: ShapeRoutesOptions,
  context: Context<SiteEnv>,
  siteId: SiteId,
  request: ShapeRequest,
): Promise<Response> {
  const { signal } = context.req.raw
  if (request.isEvents) return serveEvents(options, siteId, request, signal)
  const part = await partOf(options, siteId, request, signal)
  // An epoch may have begun while the client waited: what came since belongs to another handle.
  const { head } = part
  if (mustRefetch(request, siteId, head)) return refetch(newHandle(siteId, head, request))
  const handle = knownHandle(request, siteId, head) ?? newHandle(siteId, head, request)
  const headers: Record<string, string> = headersOf(options, request, handle, part.rev)
  const cursor = headers['electric-cursor']
  const etag = `"${handle}:${request.offsetText}:${part.rev}_0${cursor === undefined ? '' : `:${cursor}`}"`
  headers.etag = etag
  if (part.isUpToDate) headers['electric-up-to-date'] = ''
  if (!request.live && context.req.header('if-none-match') === etag) {
    return new Response(null, { status: 304, headers })
  }
  const messages = part.changes.map((change) => messageText(siteId, change))
  if (part.isUpToDate) messages.push(controlMessage('up-to-date'))
  return new Response(`[${messages.join(',')}]`, { status: 200, headers })
}

function headersOf(
  { clock }: ShapeRoutesOptions,
  request: ShapeRequest,
  handle: string,
  rev: number,
): Record<string, string> {
  return {
    'electric-handle': handle,
    'electric-offset': `${rev}_0`,
    'content-type': 'application/json',
    'cache-control': freshness[kindOf(request)],
    vary: 'Authorization',
    ...(request.live
      ? { 'electric-cursor': nextCursor(clock.now().wallMs, request.cursor) }
      : { 'electric-schema': schemaHeader }),
  }
}

function kindOf(request: ShapeRequest): keyof typeof freshness {
  if (request.isEvents) return 'events'
  if (request.live) return 'live'
  return request.offset === 'start' ? 'start' : 'catchUp'
}

async function serveEvents(
  options: ShapeRoutesOptions,
  siteId: SiteId,
  request: ShapeRequest,
  signal: AbortSignal,
): Promise<Response> {
  const head = await readShapeHead(options.pool, siteId)
  if (mustRefetch(request, siteId, head)) return refetch(newHandle(siteId, head, request))
  const handle = knownHandle(request, siteId, head) ?? newHandle(siteId, head, request)
  const afterRev = typeof request.offset === 'number' ? request.offset : head.rev
  const headers = { ...headersOf(options, request, handle, afterRev), 'content-type': 'text/event-stream' }
  return new Response(shapeEvents({ ...options, siteId, request, afterRev, signal }), { headers })
}

async function partOf(
  options: ShapeRoutesOptions,
  siteId: SiteId,
  request: ShapeRequest,
  signal: AbortSignal,
): Promise<ShapePart> {
  if (request.offset === 'start') {
    const picture = await readSnapshot(options.pool, siteId)
    return { ...picture, rev: picture.head.rev, isUpToDate: true }
  }
  const afterRev = request.offset === 'now' ? undefined : request.offset
  if (!request.live) return changesAfter(options, siteId, afterRev)
  const isLost = (head: ShapeHead) => mustRefetch(request, siteId, head)
  return changesOrWait(options, siteId, { afterRev, signal, isLost })
}

function refetch(handle: string): Response {
  return new Response(`[${controlMessage('must-refetch')}]`, {
    status: 409,
    headers: {
      'electric-handle': handle,
      'content-type': 'application/json',
      'cache-control': 'private, no-store',
    },
  })
}

function badRequest(detail: string): Response {
  const hint = `Ask for table=site_directory and where=site_id='…': ${detail}.`
  const title = 'This shape cannot be served.'
  return problemResponse({ status: 400, code: 'shape_request', title, hint }, undefined)
}
