import {
  effectIdSchema,
  laneIdSchema,
  newId,
  randomCode,
  type SessionId,
  sessionIdSchema,
  tariffIdSchema,
  type ZoneId,
} from '@gatehouse/shared/ids/ids'
import {
  beginSession,
  evolveSession,
  type Session,
  sessionInferredIncident,
} from '@gatehouse/shared/parking/session'
import type { StayPaper } from '@gatehouse/shared/passes/pass'
import type { EntryBody, LedgerEvent, VehicleClass } from '@gatehouse/shared/wire/v1/entries'
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
  { plate, vehicleClass }: { readonly plate: string | undefined; readonly vehicleClass: VehicleClass },
  context: CommandContext,
): InferredStay | undefined {
  const begun = begin(db, options, newId(sessionIdSchema, 'ps', context.random), context)
  if (!begun) return undefined
  const vehicleId = plate === undefined ? undefined : keepPlate(db, options, plate)
  const body = { ...begun.body, ...(vehicleId && { vehicleId }), vehicleClass }
  const incidentId = `inc_${randomCode(context.random, 16)}`
  const inferred: LedgerEvent = {
    type: 'incident.opened',
    body: { incidentId, kind: sessionInferredIncident, about: body.sessionId },
  }
  return {
    session: evolveSession(beginSession(body, context.at), inferred, context.at),
    events: [{ type: 'session.arrived', body }, inferred],
  }
}

/**
 * Begins the stay that a believed paper tells of and the books of this life do not have: it counts as inside from the
 * arrival that was signed, at the tariff of now. `undefined` at a site without a tariff or a lane.
 */
export function toldStay(
  db: SiteDatabase,
  options: ParkingOptions,
  { sessionId, passId, fromMs }: StayPaper,
  context: CommandContext,
): InferredStay | undefined {
  const begun = begin(db, options, sessionId, context)
  if (!begun) return undefined
  const { laneId, vehicleClass } = begun.body
  const body = { ...begun.body, vehicleClass, toldBy: { passId, arrivedMs: fromMs } }
  const entered: LedgerEvent = {
    type: 'session.entered',
    body: { sessionId, laneId, zoneId: begun.zoneId },
  }
  return {
    session: evolveSession(beginSession(body, context.at), entered, context.at),
    events: [{ type: 'session.arrived', body }, entered],
  }
}

/** What every stay begins with that no lane saw arrive: the first entry, or the first lane where there is none. */
function begin(
  db: SiteDatabase,
  { directory }: ParkingOptions,
  sessionId: SessionId,
  context: CommandContext,
): { readonly body: EntryBody<'session.arrived'>; readonly zoneId: ZoneId } | undefined {
  const [tariffKey, tariff] = [...directory.all('tariff')][0] ?? []
  const lanes = [...directory.all('lane')]
  const [laneKey, lane] = lanes.find(([, { direction }]) => direction === 'entry') ?? lanes[0] ?? []
  if (tariffKey === undefined || tariff === undefined || laneKey === undefined || lane === undefined) {
    return undefined
  }
  const tariffId = tariffIdSchema.parse(tariffKey)
  keepTariff(db, tariffId, tariff)
  const body = {
    sessionId,
    laneId: laneIdSchema.parse(laneKey),
    ticket: unusedTicket(db, context.random),
    vehicleClass: lane.defaultClass,
    tariffId,
    tariffVersion: tariff.version,
    effectId: newId(effectIdSchema, 'fx', context.random),
  }
  return { body, zoneId: lane.zoneId }
}
