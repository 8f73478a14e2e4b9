import type { VehicleId } from '@gatehouse/shared/ids/ids'
import { matchPlate, type PlateMatch } from '@gatehouse/shared/parking/plate'
import type { Session } from '@gatehouse/shared/parking/session'
import type { SiteDatabase } from '../ledger/database.ts'

/**
 * Where plates are kept: encrypted, erasable, on this site only, in the same database and transaction. Entries
 * and sessions name only the vehicle.
 */
export interface PlateVault {
  /** Stores a normalised plate and gives the id of its vehicle: the member's own, or a new one. */
  put(db: SiteDatabase, plate: string): VehicleId
  /** The plate of a vehicle; `undefined` when it was erased. */
  get(db: SiteDatabase, vehicleId: VehicleId): string | undefined
}

/** Finds the sessions that a plate may mean, among `sessions` only (RULES, Parking). `plate` is normalised. */
export function matchSessions<S extends Session>(
  db: SiteDatabase,
  vault: PlateVault,
  plate: string,
  sessions: readonly S[],
): PlateMatch<S> {
  const candidates = sessions.flatMap((session) => {
    const { vehicleId } = session.stay
    const known = vehicleId === undefined ? undefined : vault.get(db, vehicleId)
    return known === undefined ? [] : [{ id: session, plate: known }]
  })
  return matchPlate(plate, candidates)
}
