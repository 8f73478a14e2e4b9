import {
  effectIdSchema,
  laneIdSchema,
  newId,
  randomCode,
  sessionIdSchema,
  tariffIdSchema,
} from '@gatehouse/shared/ids/ids'
import {
  beginSession,
  evolveSession,
  type Session,
  sessionInferredIncident,
} from '@gatehouse/shared/parking/session'
import type { LedgerEvent, VehicleClass } from '@gatehouse/shared/wire/v1/entries'
import type { CommandContext } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { unusedTicket } from './arrive-vehicle.ts'
import { keepPlate } from './open-plates.ts'
import type { ParkingOptions } from './parking-options.ts'
import { keepTariff } from './pricing.ts'

/** A stay made up for a vehicle that has none on record, with the events that record it. */
export interface InferredStay {
  readonly session: Session
  readonly events: readonly LedgerEvent[]
}

/**
 * Makes the stay of a vehicle without an arrival on record; it owes the lost-ticket amount and is marked
 * inferred (RULES, Parking). `plate` is normalised. `undefined` at a site without a tariff or a lane.
 */
export function inferStay(
  db: SiteDatabase,
  options: ParkingOptions,
  vehicle: { readonly plate: string | undefined; readonly vehicleClass: VehicleClass },
  context: CommandContext,
): InferredStay | undefined {
  const { directory } = options
  const [tariffKey, tariff] = [...directory.all('tariff')][0] ?? []
  const [laneKey] = [...directory.all('lane').keys()]
  if (tariffKey === undefined || tariff === undefined || laneKey === undefined) return undefined
  const tariffId = tariffIdSchema.parse(tariffKey)
  keepTariff(db, tariffId, tariff)
  const sessionId = newId(sessionIdSchema, 'ps', context.random)
  const incidentId = `inc_${randomCode(context.random, 16)}`
  const body = {
    sessionId,
    laneId: laneIdSchema.parse(laneKey),
    ticket: unusedTicket(db, context.random),
    ...(vehicle.plate === undefined ? {} : { vehicleId: keepPlate(db, options, vehicle.plate) }),
    vehicleClass: vehicle.vehicleClass,
    tariffId,
    tariffVersion: tariff.version,
    effectId: newId(effectIdSchema, 'fx', context.random),
  }
  const inferred: LedgerEvent = {
    type: 'incident.opened',
    body: { incidentId, kind: sessionInferredIncident, about: sessionId },
  }
  return {
    session: evolveSession(beginSession(body, context.at), inferred, context.at),
    events: [{ type: 'session.arrived', body }, inferred],
  }
}
