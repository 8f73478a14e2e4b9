import type { SiteId } from '@gatehouse/shared/ids/ids'
import { type ChangesOptions, changesOrWait, type ShapePart } from './shape-changes.ts'
import { mustRefetch } from './shape-handle.ts'
import { messageText, upToDateMessage } from './shape-messages.ts'
import type { ShapeRequest } from './shape-request.ts'
import type { ShapeHead } from './shape-store.ts'

const batchesPerConnectionMax = 100

export interface ShapeEventsOptions extends ChangesOptions {
  readonly siteId: SiteId
  readonly request: ShapeRequest
  readonly afterRev: number
  readonly signal: AbortSignal
}

/**
 * Changes as server-sent events, each batch ended by `up-to-date` with the position to go on from. The
 * connection ends after 20 s without a change, after 100 batches, and when the position expires; the client
 * asks again and is then told.
 *
 *   waiting ─ changes ─▶ sending ─ sent ─▶ waiting
 *      └ 20 s without, gone, position expired ─▶ ended
 */
export function shapeEvents(options: ShapeEventsOptions): ReadableStream<Uint8Array> {
  const gone = new AbortController()
  const signal = AbortSignal.any([gone.signal, options.signal])
  const batches = readBatches({ ...options, signal })
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await batches.next()
      if (done === true) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: () => gone.abort(),
  })
}

async function* readBatches(options: ShapeEventsOptions): AsyncGenerator<string> {
  const { siteId, request, signal } = options
  let { afterRev } = options
  // Says at once where the client stands, so that it counts as up to date before anything changes.
  if (request.offset === 'now') yield eventText(upToDateMessage(afterRev))
  for (let batch = 0; batch < batchesPerConnectionMax; batch += 1) {
    const isLost = (head: ShapeHead) => mustRefetch({ ...request, offset: afterRev }, siteId, head)
    const part = await changesOrWait(options, siteId, { afterRev, signal, isLost })
    if (part.changes.length === 0 || isLost(part.head) || signal.aborted) return
    yield eventsOf(siteId, part)
    afterRev = part.rev
  }
}

function eventsOf(siteId: SiteId, { changes, rev, isUpToDate }: ShapePart): string {
  const messages = changes.map((change) => messageText(siteId, change))
  if (isUpToDate) messages.push(upToDateMessage(rev))
  return messages.map(eventText).join('')
}

// JSON text has no line breaks, so one `data:` line holds it.
function eventText(message: string): string {
  return `data: ${message}\n\n`
}
