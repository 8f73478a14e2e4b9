import type { Entry, LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
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
