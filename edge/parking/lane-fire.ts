import { type DeviceId, type LaneId, laneIdSchema } from '@gatehouse/shared/ids/ids'
import { err, ok } from '@gatehouse/shared/result/result'
import { z } from 'zod'
import { fireAt } from '../access/fires.ts'
import { type Command, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { ParkingOptions } from './parking-options.ts'

const inputSchema = z.object({
  laneId: laneIdSchema,
  /** Who says that it is over, as an opaque id. */
  by: z.string().min(1).max(64),
})

/**
 * A person says that the fire is over: the booms that its contact keeps up are let go, and their own controllers close
 * them. One that keeps nothing up changes nothing. Refusals: `unknown_lane`, `fire_alarms` (the contact still does).
 */
export function endLaneFire({ directory }: ParkingOptions): Command {
  return defineCommand({
    kind: 'endLaneFire',
    priority: 1,
    sells: false,
    input: inputSchema,
    run: (db, { laneId, by }: z.infer<typeof inputSchema>) => {
      const lane = directory.get('lane', laneId)
      if (!lane) return err({ code: 'unknown_lane' })
      if (fireAt(db, lane)) return err({ code: 'fire_alarms' })
      const { fireDeviceId: deviceId } = lane
      const latched = deviceId !== undefined && isLatched(db, deviceId)
      return ok({
        events: latched ? [{ type: 'lane.fire_ended', body: { deviceId, by } }] : [],
        answer: () => ({ ended: latched }),
      })
    },
  })
}

/** Whether a lane is kept open for fire: since its contact alarmed, until a person says that it is over. */
export function isFireAt(db: SiteDatabase, directory: DirectoryReader, laneId: LaneId): boolean {
  const deviceId = directory.get('lane', laneId)?.fireDeviceId
  return deviceId !== undefined && isLatched(db, deviceId)
}

/** Keeps that a fire contact alarmed. */
export function latchFire(db: SiteDatabase, deviceId: DeviceId): void {
  statement(db, 'INSERT INTO parking_fires (device_id) VALUES (?) ON CONFLICT DO NOTHING').run(deviceId)
}

/** Keeps that the fire that a contact told is over. */
export function unlatchFire(db: SiteDatabase, deviceId: DeviceId): void {
  statement(db, 'DELETE FROM parking_fires WHERE device_id = ?').run(deviceId)
}

function isLatched(db: SiteDatabase, deviceId: DeviceId): boolean {
  return statement(db, 'SELECT 1 FROM parking_fires WHERE device_id = ?').get(deviceId) !== undefined
}
