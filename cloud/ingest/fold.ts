import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import { sessionInferredIncident } from '@gatehouse/shared/parking/session'
import { type EntryFrame, entryFrameSchema, parseEvent } from '@gatehouse/shared/wire/v1/entries'
import { evolve } from './evolve.ts'
import { evolveAudit } from './evolve-audit.ts'
import type { ProjectedRows } from './projected-rows.ts'
import type { Quarantined, StoredEntry } from './stream-store.ts'

/** A stored entry, read as far as this version understands it. */
export interface ReadEntry {
  readonly stored: StoredEntry
  readonly frame: EntryFrame | undefined
}

/** Reads the stored text; the frame is `undefined` when it is not one. */
export function readEntry(stored: StoredEntry): ReadEntry {
  return { stored, frame: entryFrameSchema.safeParse(JSON.parse(stored.entry)).data }
}

/** What `readEntry` makes of the text of an entry that is at hand already. */
export function readSealed({ entry, text, hash }: SealedEntry): ReadEntry {
  return { stored: { seq: entry.seq, hash, entry: text }, frame: entryFrameSchema.safeParse(entry).data }
}

/** What the entries of a run speak of: ids to load before they are folded. */
export function mentioned(entries: readonly ReadEntry[]): {
  readonly bookingIds: string[]
  readonly sessionIds: string[]
  readonly paymentIds: string[]
  readonly spaceIds: string[]
  readonly fromMs: number
  readonly toMs: number
} {
  const ids = { bookings: new Set<string>(), sessions: new Set<string>(), payments: new Set<string>() }
  const spaces = new Set<string>()
  let fromMs = Number.MAX_SAFE_INTEGER
  let toMs = 0
  for (const { frame } of entries) {
    if (frame === undefined) continue
    const { bookingId, sessionId, paymentId } = frame.body
    const row = (frame.body.row ?? frame.body) as Record<string, unknown>
    const { spaceId, fromMs: from, blockToMs: to } = row
    const subject = (frame.body.subject ?? {}) as Record<string, unknown>
    for (const id of [bookingId, subject.bookingId]) if (typeof id === 'string') ids.bookings.add(id)
    for (const id of [sessionId, subject.sessionId]) if (typeof id === 'string') ids.sessions.add(id)
    for (const id of textsIn(frame.body.supersedes)) ids.bookings.add(id)
    const { kind, about } = frame.body
    if (kind === sessionInferredIncident && typeof about === 'string') ids.sessions.add(about)
    if (typeof paymentId === 'string') ids.payments.add(paymentId)
    for (const id of paymentsNamed(row)) ids.payments.add(id)
    if (typeof spaceId !== 'string' || !Number.isSafeInteger(from) || !Number.isSafeInteger(to)) continue
    for (const space of [spaceId, ...textsIn(row.parts)]) spaces.add(space)
    fromMs = Math.min(fromMs, Number(from))
    toMs = Math.max(toMs, Number(to))
  }
  return {
    bookingIds: [...ids.bookings],
    sessionIds: [...ids.sessions],
    paymentIds: [...ids.payments],
    spaceIds: [...spaces],
    fromMs: Math.min(fromMs, toMs),
    toMs,
  }
}

// Bodies are checked later; here they only say what to load.
function textsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((part) => typeof part === 'string') : []
}

/** The money in the row of a booking that the cloud sold. */
function paymentsNamed({ payments, refunds }: Record<string, unknown>): string[] {
  return textsIn(
    [payments ?? [], refunds ?? []].flat().map((paid) => (paid as { paymentId?: unknown } | null)?.paymentId),
  )
}

/** Folds entries into the rows, in order; returns those that could not be posted, each with its reason. */
export function foldEntries(rows: ProjectedRows, entries: readonly ReadEntry[]): Quarantined[] {
  const quarantined: Quarantined[] = []
  for (const { stored, frame } of entries) {
    const reason = foldEntry(rows, frame)
    if (reason === undefined) continue
    quarantined.push({ ...stored, reason, detail: frame?.type ?? '' })
  }
  return quarantined
}

function foldEntry(rows: ProjectedRows, frame: EntryFrame | undefined): string | undefined {
  if (frame === undefined) return 'unreadable'
  const event = parseEvent(frame)
  if (event === undefined) return 'unknown_type_or_body'
  const place = { seq: frame.seq, atMs: frame.at.wallMs }
  const refused = evolve(rows, event, place)
  // The waiting caller gets the site's answer even when it could not be posted.
  const { requestId } = frame.body
  if (typeof requestId === 'string') {
    rows.requestAnswers.set(requestId, {
      seq: place.seq,
      request_id: requestId,
      type: event.type,
      body: event.body,
      at_ms: place.atMs,
    })
  }
  return refused
}

/** What an older life may no longer say: a later one holds its books. */
const booksOfSite = /^(booking|payment|session|request|loan|lending|allowance|recovery)\./

/**
 * Folds what a life tells after a later one took over its books: whom it let in and what happened there is noted; what
 * would change the books is returned, to be set aside for a person (ARCHITECTURE §5: fencing never stops reporting).
 */
export function foldLate(rows: ProjectedRows, entries: readonly ReadEntry[]): Quarantined[] {
  foldAudit(rows, entries)
  return entries.flatMap(({ stored, frame }) => {
    const type = frame?.type ?? 'unreadable'
    return frame && !booksOfSite.test(type) ? [] : [{ ...stored, reason: 'older_life', detail: type }]
  })
}

/** Folds entries that were posted before into access decisions and incidents alone. */
export function foldAudit(rows: ProjectedRows, entries: readonly ReadEntry[]): void {
  for (const { frame } of entries) {
    const event = frame && parseEvent(frame)
    if (event) evolveAudit(rows, event, { seq: frame.seq, atMs: frame.at.wallMs })
  }
}
