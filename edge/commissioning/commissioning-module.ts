import * as ids from '@gatehouse/shared/ids/ids'
import type { DeviceProfile } from '@gatehouse/shared/profiles/profile'
import { err, ok } from '@gatehouse/shared/result/result'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { actReasonSchema, deviceTestSchema } from '@gatehouse/shared/wire/v1/staff'
import { z } from 'zod'
import { othersSecured } from '../access/door-neighbours.ts'
import { fireAt } from '../access/fires.ts'
import { lockdownSince } from '../access/lockdown.ts'
import { type Command, defineCommand, type EffectRequest, type LedgerModule } from '../ledger/command.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { testsOf } from './device-list.ts'

export interface CommissioningOptions {
  readonly directory: DirectoryReader
  readonly profiles: () => ReadonlyMap<string, DeviceProfile>
}

/** Nobody who pressed a button waits longer for the device to move, milliseconds. */
const testDeadlineMs = 3_000
/** Of a strike that is at no door. */
const looseStrikeMs = 1_000

const testInput = z.strictObject({
  deviceId: ids.deviceIdSchema,
  test: deviceTestSchema,
  reason: actReasonSchema,
  /** Who asked. */
  by: z.string().min(1).max(64),
  text: z.string().min(1).max(40).optional(),
})

/**
 * Tries a device by hand. Refusals: `unknown_device`, `test_does_not_fit` (another kind of device, or no text), `lockdown`
 * (a strike opens a door, and nobody is let in then), `fire_alarm` (the door is released, and a pulse would end that),
 * `interlock` (another door of the interlock is not closed and locked).
 */
function testDevice({ directory, profiles }: CommissioningOptions): Command {
  return defineCommand({
    kind: 'testDevice',
    priority: 1,
    sells: false,
    input: testInput,
    run: (db, { text, ...asked }, context) => {
      const row = directory.get('device', asked.deviceId)
      if (!row) return err({ code: 'unknown_device' })
      const capability = profiles().get(row.profile)?.capability
      const fits = capability !== undefined && testsOf[capability]?.includes(asked.test)
      if (!fits || (asked.test === 'show_text' && text === undefined)) {
        return err({ code: 'test_does_not_fit' })
      }
      const isStrike = asked.test === 'pulse_strike'
      if (isStrike && lockdownSince(db) !== undefined) return err({ code: 'lockdown' })
      const door = isStrike ? doorOfStrike(directory, asked.deviceId) : undefined
      if (door && fireAt(db, door)) return err({ code: 'fire_alarm' })
      if (door?.interlock !== undefined) {
        const { doorId, interlock } = door
        const isFree = othersSecured(directory, db, { doorId, interlock, atMs: context.at.wallMs })
        if (!isFree) return err({ code: 'interlock' })
      }
      const effectId = ids.newId(ids.effectIdSchema, 'fx', context.random)
      const effect: EffectRequest = {
        effectId,
        kind: isStrike ? 'strike' : 'device_test',
        body: isStrike
          ? { deviceId: asked.deviceId, pulseMs: door?.pulseMs ?? looseStrikeMs }
          : { deviceId: asked.deviceId, test: asked.test, ...(text !== undefined && { text }) },
        deadlineMs: testDeadlineMs,
      }
      const body = { ...asked, effectId, ...(door && { doorId: door.doorId }) }
      return ok({
        events: [{ type: 'device.tested', body }],
        effects: [effect],
        answer: () => ({ effectId }),
      })
    },
  })
}

function doorOfStrike(
  directory: DirectoryReader,
  deviceId: ids.DeviceId,
): (DirectoryBody<'door'> & { readonly doorId: ids.DoorId }) | undefined {
  for (const [key, door] of directory.all('door')) {
    if (door.strikeDeviceId === deviceId) return { ...door, doorId: ids.doorIdSchema.parse(key) }
  }
  return undefined
}

/** What those who wire the site do to its devices; plugs into the kernel. */
export function commissioningModule(options: CommissioningOptions): LedgerModule {
  return {
    name: 'commissioning',
    tablesSql: '',
    projectedTables: [],
    commands: [testDevice(options)],
    projections: {},
  }
}
