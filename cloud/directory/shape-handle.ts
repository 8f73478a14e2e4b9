import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { ShapeRequest } from './shape-request.ts'
import type { ShapeHead } from './shape-store.ts'

/** A new handle: it names the site, the epoch and the position at which it was given, and is never the expired one. */
export function newHandle(siteId: SiteId, head: ShapeHead, request: ShapeRequest): string {
  const handle = `${siteId}-${head.epoch}-${head.rev}`
  return handle === request.expiredHandle || handle === request.handle ? `${handle}-next` : handle
}

/** The handle of the request, when it was given in this epoch and the client did not see it expire. */
export function knownHandle(request: ShapeRequest, siteId: SiteId, head: ShapeHead): string | undefined {
  const { handle, expiredHandle } = request
  const isOurs = handle?.startsWith(`${siteId}-${head.epoch}-`) === true
  return isOurs && handle !== expiredHandle ? handle : undefined
}

/** Tells whether the position is of another epoch, no longer in the log, or was never given. */
export function mustRefetch(request: ShapeRequest, siteId: SiteId, head: ShapeHead): boolean {
  if (request.offset === 'start') return false
  if (knownHandle(request, siteId, head) === undefined) return true
  return request.offset !== 'now' && (request.offset < head.prunedRev || request.offset > head.rev)
}
