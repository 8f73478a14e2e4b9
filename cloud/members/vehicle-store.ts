import {
  type MemberId,
  memberIdSchema,
  type SiteId,
  type VehicleId,
  vehicleIdSchema,
} from '@gatehouse/shared/ids/ids'
import { canonicalJson } from '@gatehouse/shared/ledger/chain'
import { normalisePlate } from '@gatehouse/shared/parking/plate'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { DirectoryBody, RegisteredVehicleClass } from '@gatehouse/shared/wire/v1/directory'
import { inTransaction, type Pool, type Queryable, type Transaction } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'
import { allSites, siteKey } from '../sites/site-store.ts'
import type { SubjectSeal } from './subject-seal.ts'

/** A member has at most so many vehicles. */
export const vehiclesMax = 10

/** A vehicle as its member writes it; the plate as people write it, with spaces and dashes. */
export interface MemberVehicle {
  readonly vehicleId: VehicleId
  readonly vehicleClass: RegisteredVehicleClass
  readonly plate: string
  readonly name?: string | undefined
}

/** A vehicle as it is shown; without a plate when it was sealed under a key that is gone. */
export type ShownVehicle = Omit<MemberVehicle, 'plate'> & { readonly plate?: string }

export type VehicleRefusal = 'not_found' | 'plate_unusable' | 'plate_registered' | 'too_many_vehicles'

interface VehicleParts {
  readonly pool: Pool
  readonly seal: SubjectSeal
}

interface Row {
  readonly vehicle_id: string
  readonly vehicle_class: RegisteredVehicleClass
  readonly sealed: Buffer
}

/** A member's vehicles in the order in which they were registered. */
export async function listVehicles(
  db: Queryable,
  seal: SubjectSeal,
  memberId: string,
): Promise<readonly ShownVehicle[]> {
  const { rows } = await db.query<Row>(
    `SELECT vehicle_id, vehicle_class, sealed FROM vehicle WHERE member_id = $1
     ORDER BY registered_ms, vehicle_id`,
    [memberId],
  )
  return rows.map((row) => {
    const opened = seal.open(row.vehicle_id, row.sealed)
    const personal = opened === undefined ? {} : (JSON.parse(opened) as { plate: string; name?: string })
    return { vehicleId: vehicleIdSchema.parse(row.vehicle_id), vehicleClass: row.vehicle_class, ...personal }
  })
}

/**
 * Registers a member's vehicle or changes it, and tells every site; answers whether it is new. Refusals: `not_found`
 * (another's vehicle, or no such member), `plate_unusable`, `plate_registered` (one plate, one vehicle),
 * `too_many_vehicles`.
 */
export async function putVehicle(
  { pool, seal }: VehicleParts,
  memberId: string,
  vehicle: MemberVehicle,
  nowMs: number,
): Promise<Result<'registered' | 'changed', { readonly code: VehicleRefusal }>> {
  const normal = normalisePlate(vehicle.plate)
  if (normal === undefined) return err({ code: 'plate_unusable' })
  const { vehicleId, vehicleClass, name } = vehicle
  const digest = seal.digest('plate', normal)
  const sealed = seal.seal(vehicleId, JSON.stringify({ plate: vehicle.plate.trim(), ...(name && { name }) }))
  try {
    return await inTransaction(pool, async (tx) => {
      const known = await tx.query('SELECT FROM member WHERE member_id = $1 FOR UPDATE', [memberId])
      if (known.rowCount === 0) return err({ code: 'not_found' as const })
      const written = await tx.query<{ created: boolean }>(
        `INSERT INTO vehicle (vehicle_id, member_id, vehicle_class, plate_digest, sealed, registered_ms)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (vehicle_id) DO UPDATE SET vehicle_class = $3, plate_digest = $4, sealed = $5
           WHERE vehicle.member_id = $2
         RETURNING xmax = 0 AS created`,
        [vehicleId, memberId, vehicleClass, digest, sealed, nowMs],
      )
      const [row] = written.rows
      if (row === undefined) return err({ code: 'not_found' as const })
      const owned = await tx.query('SELECT FROM vehicle WHERE member_id = $1', [memberId])
      if ((owned.rowCount ?? 0) > vehiclesMax) throw tooMany
      await tellSites(tx, seal, memberId)
      return ok(row.created ? ('registered' as const) : ('changed' as const))
    })
  } catch (error) {
    if (error === tooMany) return err({ code: 'too_many_vehicles' })
    if (isPlateTaken(error)) return err({ code: 'plate_registered' })
    throw error
  }
}

// Undoes the transaction; never leaves this file.
const tooMany = Symbol('too many vehicles')

function isPlateTaken(error: unknown): boolean {
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown }
  return code === '23505' && constraint === 'vehicle_plate_digest_key'
}

/** Erases a member's vehicle here and at every site; tells whether there was one. */
export async function eraseVehicle(
  { pool, seal }: VehicleParts,
  memberId: string,
  vehicleId: string,
): Promise<boolean> {
  return inTransaction(pool, async (tx) => {
    await tx.query('SELECT FROM member WHERE member_id = $1 FOR UPDATE', [memberId])
    const gone = await tx.query('DELETE FROM vehicle WHERE vehicle_id = $1 AND member_id = $2', [
      vehicleId,
      memberId,
    ])
    if (gone.rowCount === 0) return false
    await tellSites(tx, seal, memberId)
    return true
  })
}

/** Tells sites of all registered vehicles what they do not know yet; for a site that was added later. */
export async function tellAllVehicles({ pool, seal }: VehicleParts): Promise<void> {
  const { rows } = await pool.query<{ member_id: string }>(
    'SELECT DISTINCT member_id FROM vehicle ORDER BY 1',
  )
  for (const { member_id } of rows) await inTransaction(pool, (tx) => tellSites(tx, seal, member_id))
}

/** The vehicles that a site's directory has of some members: digests that only its own key makes. */
export async function toldVehicles(
  tx: Transaction,
  siteId: SiteId,
  memberIds: readonly string[],
): Promise<ReadonlyMap<string, DirectoryBody<'member'>['vehicles']>> {
  const { rows } = await tx.query<{ key: string; vehicles: DirectoryBody<'member'>['vehicles'] | null }>(
    `SELECT key, body -> 'vehicles' AS vehicles FROM site_directory
     WHERE site_id = $1 AND kind = 'member' AND key = ANY ($2)`,
    [siteId, memberIds],
  )
  return new Map(rows.map(({ key, vehicles }) => [key, vehicles ?? []]))
}

async function tellSites(tx: Transaction, seal: SubjectSeal, member: string): Promise<void> {
  const memberId = memberIdSchema.parse(member)
  const vehicles = await listVehicles(tx, seal, memberId)
  for (const siteId of await allSites(tx)) {
    const key = await siteKey(tx, siteId)
    const body = await memberBody(tx, siteId, memberId)
    if (key === undefined || body === undefined) continue
    const told = vehicles.flatMap(({ vehicleId, vehicleClass, plate }) => {
      const normal = plate === undefined ? undefined : normalisePlate(plate)
      // A plate that cannot be opened any more stays known where it is.
      const known = body.vehicles.find((one) => one.vehicleId === vehicleId)?.plateDigest
      const plateDigest = normal === undefined ? known : credentialDigest(key, 'plate', normal)
      return plateDigest === undefined ? [] : [{ vehicleId, plateDigest, vehicleClass }]
    })
    if (canonicalJson(told) === canonicalJson(body.vehicles)) continue
    await putRows(tx, siteId, [{ kind: 'member', key: memberId, body: { ...body, vehicles: told } }])
  }
}

async function memberBody(
  tx: Transaction,
  siteId: SiteId,
  memberId: MemberId,
): Promise<DirectoryBody<'member'> | undefined> {
  const { rows } = await tx.query<{ body: DirectoryBody<'member'> | null }>(
    `SELECT body FROM site_directory WHERE site_id = $1 AND kind = 'member' AND key = $2`,
    [siteId, memberId],
  )
  return rows[0]?.body ?? undefined
}
