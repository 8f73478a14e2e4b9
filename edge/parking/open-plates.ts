import type { VehicleId } from '@gatehouse/shared/ids/ids'
import { matchPlate, mayBeMisread, type PlateMatch } from '@gatehouse/shared/parking/plate'
import type { Session } from '@gatehouse/shared/parking/session'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { readOpenSessions, readOpenSessionsOfPlate } from './session-store.ts'

/**
 * Where plates are kept: encrypted, erasable, on this site only, in the same database and transaction. Entries
 * and sessions name only the vehicle.
 */
export interface PlateVault {
  /** Stores a normalised plate and gives the id of its vehicle: the member's own, or a new one. */
  put(db: SiteDatabase, plate: string): VehicleId
  /** The plate of a vehicle; `undefined` when it was erased. */
  get(db: SiteDatabase, vehicleId: VehicleId): string | undefined
  /** Erases the plate of a vehicle for good. */
  erase(db: SiteDatabase, vehicleId: VehicleId): void
}

interface PlateOptions {
  readonly vault: PlateVault
  /** A keyed digest, so that exactly this plate is found without opening all others. */
  readonly plateDigest: (plate: string) => string
}

/** Keeps a normalised plate and gives the id of its vehicle; runs inside the caller's transaction. */
export function keepPlate(db: SiteDatabase, { vault, plateDigest }: PlateOptions, plate: string): VehicleId {
  const vehicleId = vault.put(db, plate)
  statement(db, 'INSERT INTO parking_plates (digest, vehicle_id) VALUES (?, ?) ON CONFLICT DO NOTHING').run(
    plateDigest(plate),
    vehicleId,
  )
  return vehicleId
}

/** Finds the sessions that a plate may mean, among `sessions` only (RULES, Parking). `plate` is normalised. */
export function matchSessions<S extends Session>(
  db: SiteDatabase,
  { vault }: Pick<PlateOptions, 'vault'>,
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

/** Whether a normalised plate may be a bad read of the vehicle of this session. */
export function mayBePlateOf(
  db: SiteDatabase,
  { vault }: Pick<PlateOptions, 'vault'>,
  plate: string,
  { stay: { vehicleId } }: Session,
): boolean {
  const known = vehicleId === undefined ? undefined : vault.get(db, vehicleId)
  return known !== undefined && mayBeMisread(plate, known)
}

/** Finds the open sessions that a normalised plate may mean; only without an exact one are all opened. */
export function matchOpenSessions(
  db: SiteDatabase,
  options: PlateOptions,
  plate: string,
): PlateMatch<Session> {
  const exact = matchSessions(db, options, plate, openSessionsOf(db, options, plate))
  return exact.kind === 'none' ? matchSessions(db, options, plate, readOpenSessions(db)) : exact
}

/** The open sessions of exactly this normalised plate, oldest first. */
export function openSessionsOf(db: SiteDatabase, options: PlateOptions, plate: string): Session[] {
  return readOpenSessionsOfPlate(db, options.plateDigest(plate)).filter(({ stay: { vehicleId } }) => {
    // An erased plate leaves its digest behind until the row is pruned.
    return vehicleId !== undefined && options.vault.get(db, vehicleId) === plate
  })
}
