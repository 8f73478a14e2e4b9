import type { Clock } from '@gatehouse/shared/clock/clock'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { type Context, Hono } from 'hono'
import type { Notifications } from '../database/notifications.ts'
import type { Pool } from '../database/pool.ts'
import { problemResponse } from '../http/problem.ts'
import { nextCursor } from '../ingest/stream-headers.ts'
import { refuseForeignCall } from '../sites/foreign-call.ts'
import { requireSite, type SiteEnv } from '../sites/site-access.ts'
import { controlMessage, messageText, schemaHeader } from './shape-messages.ts'
import { readShapeRequest, type ShapeRequest } from './shape-request.ts'
import {
  readChangesAfter,
  readShapeHead,
  readSnapshot,
  type ShapeChange,
  type ShapeHead,
} from './shape-store.ts'

/**
 * The Electric shape protocol over a site's directory, served from our own change log, so that the stock
 * client can follow it and a real Electric server can take its place.
 * https://electric-sql.com/openapi.html
 */

const longPollMs = 20_000
const changesPerAnswerMax = 1_000

export interface ShapeRoutesOptions {
  readonly pool: Pool
  readonly clock: Clock
  readonly notifications: Notifications
}

/** Route of the shape endpoint, to be mounted under `/sync/v1`. A site sees its own directory only. */
export function shapeRoutes(options: ShapeRoutesOptions): Hono<SiteEnv> {
  const routes = new Hono<SiteEnv>()
  routes.get('/shape', requireSite(options.pool, options.clock), async (context) => {
    const site = context.get('site')
    const { siteId } = site
    const request = readShapeRequest(new URL(context.req.url).searchParams)
    if (!request.ok) return badRequest(request.error)
    if (request.value.siteId !== siteId) {
      const nowMs = options.clock.now().wallMs
      return refuseForeignCall(options.pool, site, { flow: 'shape', asked: request.value.siteId, nowMs })
    }
    return serve(options, context, siteId, request.value)
  })
  return routes
}

async function serve(
  options: ShapeRoutesOptions,
  context: Context<SiteEnv>,
  siteId: SiteId,
  request: ShapeRequest,
): Promise<Response> {
  const head = await readShapeHead(options.pool, siteId)
  if (mustRefetch(request, siteId, head)) return refetch(newHandle(siteId, head, request))
  const handle = knownHandle(request, siteId, head) ?? newHandle(siteId, head, request)
  const part = await partOf(options, context, siteId, request, head)
  const offset = `${part.rev}_0`
  const etag = `"${handle}:${request.offsetText}:${offset}"`
  const headers: Record<string, string> = {
    'electric-handle': handle,
    'electric-offset': offset,
    'content-type': 'application/json',
    // Behind a token: only the site itself may keep it, and must ask again each time.
    'cache-control': 'private, max-age=0, must-revalidate',
    vary: 'Authorization',
    etag,
  }
  if (request.live) headers['electric-cursor'] = nextCursor(options.clock.now().wallMs, request.cursor)
  else headers['electric-schema'] = schemaHeader
  if (part.isUpToDate) headers['electric-up-to-date'] = ''
  if (!request.live && context.req.header('if-none-match') === etag) {
    return new Response(null, { status: 304, headers })
  }
  const messages = part.changes.map((change) => messageText(siteId, change))
  if (part.isUpToDate) messages.push(controlMessage('up-to-date'))
  return new Response(`[${messages.join(',')}]`, { status: 200, headers })
}

interface Part {
  readonly rev: number
  readonly changes: readonly ShapeChange[]
  readonly isUpToDate: boolean
}

async function partOf(
  options: ShapeRoutesOptions,
  context: Context<SiteEnv>,
  siteId: SiteId,
  request: ShapeRequest,
  head: ShapeHead,
): Promise<Part> {
  const { pool, notifications } = options
  if (request.offset === 'start') return { ...(await readSnapshot(pool, siteId)), isUpToDate: true }
  const afterRev = request.offset === 'now' ? head.rev : request.offset
  const range = { afterRev, limit: changesPerAnswerMax }
  if (!request.live) return partAfter(afterRev, await readChangesAfter(pool, siteId, range))
  const written = notifications.next('directory', {
    matches: (payload) => payload === siteId,
    timeoutMs: longPollMs,
    signal: context.req.raw.signal,
  })
  const present = await readChangesAfter(pool, siteId, range)
  if (present.length > 0) written.cancel()
  else await written.done
  return partAfter(afterRev, present.length > 0 ? present : await readChangesAfter(pool, siteId, range))
}

function partAfter(afterRev: number, changes: readonly ShapeChange[]): Part {
  return {
    rev: changes.at(-1)?.rev ?? afterRev,
    changes,
    isUpToDate: changes.length < changesPerAnswerMax,
  }
}

// A handle names the site, the epoch and the position at which it was given: after a refetch it is another.
function newHandle(siteId: SiteId, head: ShapeHead, request: ShapeRequest): string {
  const handle = `${siteId}-${head.epoch}-${head.rev}`
  return handle === request.expiredHandle || handle === request.handle ? `${handle}-next` : handle
}

function knownHandle(request: ShapeRequest, siteId: SiteId, head: ShapeHead): string | undefined {
  const { handle, expiredHandle } = request
  const isOurs = handle?.startsWith(`${siteId}-${head.epoch}-`) === true
  return isOurs && handle !== expiredHandle ? handle : undefined
}

/** A handle of another epoch, a position that is no longer in the log, or one that was never given. */
function mustRefetch(request: ShapeRequest, siteId: SiteId, head: ShapeHead): boolean {
  if (request.offset === 'start') return false
  if (knownHandle(request, siteId, head) === undefined) return true
  return request.offset !== 'now' && (request.offset < head.prunedRev || request.offset > head.rev)
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
