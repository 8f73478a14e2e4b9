import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** Tells whether a bay's sensor last said that a vehicle stands there. */
export function bayOccupied(db: SiteDatabase, spaceId: string): boolean {
  const row = statement<{ occupied: number }>(db, 'SELECT occupied FROM parking_bays WHERE space_id = ?').get(
    spaceId,
  )
  return row?.occupied === 1
}
