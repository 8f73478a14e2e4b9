import {
  effectIdSchema,
  laneIdSchema,
  newId,
  randomCode,
  sessionIdSchema,
  tariffIdSchema,
} from '@gatehouse/shared/ids/ids'
import { normalisePlate } from '@gatehouse/shared/parking/plate'
import { sessionInferredIncident } from '@gatehouse/shared/parking/session'
import { err, ok } from '@gatehouse/shared/result/result'
import { type LedgerEvent, vehicleClassSchema } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, defineCommand } from '../ledger/command.ts'
import { unusedTicket } from './arrive-vehicle.ts'
import { keepPlate, matchOpenSessions } from './open-plates.ts'
import type { ParkingOptions } from './parking-options.ts'
import { keepTariff } from './pricing.ts'
import { readSession } from './session-store.ts'
import { sessionView } from './session-view.ts'

const inputSchema = z.object({
  plate: z.string().max(40).optional(),
  vehicleClass: vehicleClassSchema.default('car'),
})

/**
 * A driver has no ticket and no stay on record: makes an inferred stay that owes the lost-ticket amount.
 * A plate that is on record answers with its real stay instead; two candidates call the attendant.
 * Refusals: `no_parking`, `attendant_needed`.
 */
export function loseTicket(options: ParkingOptions): Command {
  const { directory } = options
  return defineCommand({
    kind: 'loseTicket',
    priority: 2,
    sells: true,
    input: inputSchema,
    run: (db, input: z.infer<typeof inputSchema>, context) => {
      const plate = input.plate === undefined ? undefined : normalisePlate(input.plate)
      const match = plate === undefined ? undefined : matchOpenSessions(db, options, plate)
      if (match?.kind === 'tie') return err({ code: 'attendant_needed' })
      if (match?.kind === 'one') {
        const found = sessionView(directory, match.id)
        return ok({ events: [], answer: () => found })
      }
      const [tariffKey, tariff] = [...directory.all('tariff')][0] ?? []
      const [laneKey] = [...directory.all('lane').keys()]
      if (tariffKey === undefined || tariff === undefined || laneKey === undefined) {
        return err({ code: 'no_parking' })
      }
      const tariffId = tariffIdSchema.parse(tariffKey)
      keepTariff(db, tariffId, tariff)
      const sessionId = newId(sessionIdSchema, 'ps', context.random)
      const incidentId = `inc_${randomCode(context.random, 16)}`
      const arrived: LedgerEvent = {
        type: 'session.arrived',
        body: {
          sessionId,
          laneId: laneIdSchema.parse(laneKey),
          ticket: unusedTicket(db, context.random),
          ...(plate === undefined ? {} : { vehicleId: keepPlate(db, options, plate) }),
          vehicleClass: input.vehicleClass,
          tariffId,
          tariffVersion: tariff.version,
          effectId: newId(effectIdSchema, 'fx', context.random),
        },
      }
      const inferred: LedgerEvent = {
        type: 'incident.opened',
        body: { incidentId, kind: sessionInferredIncident, about: sessionId },
      }
      const answer = () => {
        const session = readSession(db, sessionId)
        return session ? sessionView(directory, session) : null
      }
      return ok({ events: [arrived, inferred], answer })
    },
  })
}
