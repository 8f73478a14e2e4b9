import { type DeviceId, deviceIdSchema, type EffectId } from '@gatehouse/shared/ids/ids'
import { z } from 'zod'
import type { DriveOutcome } from '../devices/ports/drive-outcome.ts'
import type { Paper } from '../devices/ports/printer.ts'
import type { EffectRequest } from '../ledger/command.ts'
import type { EffectHandler } from '../ledger/effects.ts'

/** Kind of the effect that prints one paper. */
const printKind = 'print'
/** Later than this the driver has gone on. */
const printDeadlineMs = 20_000

const printBodySchema = z.object({
  deviceId: deviceIdSchema,
  paper: z.object({ title: z.string(), lines: z.array(z.string()), code: z.string().optional() }),
})

/** Asks for one paper after its decision is durable. */
export function printEffect(effectId: EffectId, deviceId: DeviceId, paper: Paper): EffectRequest {
  return { effectId, kind: printKind, body: { deviceId, paper }, deadlineMs: printDeadlineMs }
}

/** Prints papers. After a crash one is unknown: it is never printed again by itself. */
export function printHandler(
  print: (deviceId: DeviceId, paper: Paper) => Promise<DriveOutcome>,
): EffectHandler {
  return {
    kind: printKind,
    afterCrash: 'unknown',
    perform: ({ body }) => {
      const { deviceId, paper } = printBodySchema.parse(body)
      const { title, lines, code } = paper
      return print(deviceId, { title, lines, ...(code === undefined ? {} : { code }) })
    },
  }
}
