import * as ids from '@gatehouse/shared/ids/ids'
import { ok } from '@gatehouse/shared/result/result'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { z } from 'zod'
import { defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** A fire contact that alarms or is at rest again; what is known already is no entry. */
export const reportFire = defineCommand({
  kind: 'reportFire',
  priority: 0,
  sells: false,
  input: z.object({ deviceId: ids.deviceIdSchema, active: z.boolean() }),
  run: (db, { deviceId, active }) => {
    const answer = () => active
    if (isBurning(db, deviceId) === active) return ok({ events: [], answer })
    return ok({ events: [{ type: active ? 'fire.alarmed' : 'fire.cleared', body: { deviceId } }], answer })
  },
})

/** Whether the fire contact named for a door alarms; its lock is released then, whoever comes. */
export function fireAt(
  db: SiteDatabase,
  { fireDeviceId }: Pick<DirectoryBody<'door'>, 'fireDeviceId'>,
): boolean {
  return fireDeviceId !== undefined && isBurning(db, fireDeviceId)
}

/** Keeps that a fire contact alarms. */
export function keepFire(db: SiteDatabase, deviceId: ids.DeviceId, atMs: number): void {
  statement(db, 'INSERT OR REPLACE INTO fires (device_id, since_ms) VALUES (?, ?)').run(deviceId, atMs)
}

/** Keeps that a fire contact is at rest. */
export function endFire(db: SiteDatabase, deviceId: ids.DeviceId): void {
  statement(db, 'DELETE FROM fires WHERE device_id = ?').run(deviceId)
}

function isBurning(db: SiteDatabase, deviceId: ids.DeviceId): boolean {
  return statement(db, 'SELECT 1 FROM fires WHERE device_id = ?').get(deviceId) !== undefined
}
