import { type DeviceId, deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { z } from 'zod'
import type { DriveOutcome } from '../devices/ports/drive-outcome.ts'
import type { EffectHandler } from '../ledger/effects.ts'
import type { DoorWatch } from './door-watch.ts'

const strikeBodySchema = z.object({ deviceId: deviceIdSchema, pulseMs: z.number() })

/**
 * Energises strikes after a decision, milliseconds: never for less than what keeps its door released, for drivers let a
 * later pulse replace the one that runs. After a crash one is unknown: it is never repeated by itself.
 */
export function strikeHandler(
  strike: (deviceId: DeviceId, command: { readonly pulseMs: number }) => Promise<DriveOutcome>,
  doors: () => Pick<DoorWatch, 'strikePulseMs'> | undefined,
): EffectHandler {
  return {
    kind: 'strike',
    afterCrash: 'unknown',
    perform: ({ body }) => {
      const { deviceId, pulseMs } = strikeBodySchema.parse(body)
      return strike(deviceId, { pulseMs: doors()?.strikePulseMs(deviceId, pulseMs) ?? pulseMs })
    },
  }
}
