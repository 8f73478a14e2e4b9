import { type VehicleId, vehicleIdSchema } from '@gatehouse/shared/ids/ids'
import { ok } from '@gatehouse/shared/result/result'
import { z } from 'zod'
import { type Command, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { ParkingOptions } from './parking-options.ts'

const portionMax = 500

/**
 * Vehicles that a member once registered and no member has now, at most 500; those whose stay has not ended are kept
 * until it has.
 */
export function forgottenVehicles(db: SiteDatabase, directory: DirectoryReader): readonly VehicleId[] {
  if (!directory.site()) return []
  // Ids of registered vehicles begin so; those of strangers, whom no directory names, do not.
  const kept = statement<{ vehicleId: string }>(
    db,
    `SELECT DISTINCT vehicle_id AS vehicleId FROM parking_plates WHERE vehicle_id GLOB 'veh-*'
     AND vehicle_id NOT IN (SELECT vehicle_id FROM parking_sessions
       WHERE vehicle_id IS NOT NULL AND state NOT IN ('departed', 'voided'))`,
  ).all()
  if (kept.length === 0) return []
  const registered = new Set<string>()
  for (const { vehicles } of directory.all('member').values()) {
    for (const { vehicleId } of vehicles) registered.add(vehicleId)
  }
  return kept
    .flatMap(({ vehicleId }) => (registered.has(vehicleId) ? [] : [vehicleIdSchema.parse(vehicleId)]))
    .slice(0, portionMax)
}

/** Erases the plates of vehicles whose members took them back; nothing is recorded. Answers how many. */
export function forgetVehicles({ directory, vault }: ParkingOptions): Command {
  return defineCommand({
    kind: 'forgetVehicles',
    priority: 3,
    sells: false,
    input: z.object({}),
    run: (db) => {
      const gone = forgottenVehicles(db, directory)
      return ok({
        events: [],
        answer: () => {
          for (const vehicleId of gone) {
            vault.erase(db, vehicleId)
            statement(db, 'DELETE FROM parking_plates WHERE vehicle_id = ?').run(vehicleId)
          }
          return { forgotten: gone.length }
        },
      })
    },
  })
}
