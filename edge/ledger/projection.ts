import { type Entry, entryFrameSchema, type LedgerEvent, parseEvent } from '@gatehouse/shared/wire/v1/entries'
import type { Projections } from './command.ts'
import type { SiteDatabase } from './database.ts'

type Apply = (db: SiteDatabase, body: LedgerEvent['body'], entry: Entry) => void

/** Applies one entry to the tables of every module that listens to its type. */
export function applyEntry(
  db: SiteDatabase,
  projections: readonly Projections[],
  event: LedgerEvent,
  entry: Entry,
): void {
  for (const projection of projections) {
    // The map's type ties each handler to the body of its own key; the pair is taken by that key.
    const apply = projection[event.type] as Apply | undefined
    apply?.(db, event.body, entry)
  }
}

/** Applies a stored entry; one of a type that this release does not know changes nothing. */
export function applyStored(db: SiteDatabase, projections: readonly Projections[], text: string): void {
  const frame = entryFrameSchema.safeParse(JSON.parse(text))
  const event = frame.success ? parseEvent(frame.data) : undefined
  if (frame.success && event) applyEntry(db, projections, event, frame.data)
}
