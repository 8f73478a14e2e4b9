import type { DeviceId, EffectId, LaneId } from '@gatehouse/shared/ids/ids'
import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { z } from 'zod'
import type { Barrier } from '../devices/ports/barrier.ts'
import type { EffectRequest } from '../ledger/command.ts'
import type { EffectHandler } from '../ledger/effects.ts'

/** Kind of the effect that opens a barrier once. */
const vendKind = 'vend'
/** FIELD-NOTES, Gates: a vend pulse lasts 0.2–1 s. */
export const vendPulseMs = 500
/** Later than this nobody expects the boom to move. */
const vendDeadlineMs = 3_000

const vendBodySchema = z.object({ deviceId: deviceIdSchema, pulseMs: z.int() })

/** Asks for one opening of a lane's barrier after its decision is durable. */
export function vendEffect(
  effectId: EffectId,
  lane: { readonly laneId: LaneId; readonly barrierDeviceId: DeviceId },
): EffectRequest {
  const { laneId, barrierDeviceId: deviceId } = lane
  return {
    effectId,
    kind: vendKind,
    body: { laneId, deviceId, pulseMs: vendPulseMs },
    deadlineMs: vendDeadlineMs,
  }
}

/** Carries out barrier openings. After a crash one is unknown: it is never repeated by itself. */
export function vendHandler(barrierOf: (deviceId: DeviceId) => Barrier): EffectHandler {
  return {
    kind: vendKind,
    afterCrash: 'unknown',
    perform: ({ body }) => {
      const { deviceId, pulseMs } = vendBodySchema.parse(body)
      return barrierOf(deviceId).vend({ pulseMs })
    },
  }
}
