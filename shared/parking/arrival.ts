import type { EffectId, LaneId, SessionId, SpaceId, TariffId, VehicleId } from '../ids/ids.ts'
import type { LedgerEvent, VehicleClass } from '../wire/v1/entries.ts'
import type { Decided } from './decision.ts'
import type { Session } from './session.ts'

export type ArrivalRefusal =
  | 'fire'
  | 'lockdown'
  | 'lane_trouble'
  | 'site_closed'
  | 'full'
  | 'no_space'
  | 'already_inside'
  | 'no_tariff'

export interface Arrival {
  readonly laneId: LaneId
  readonly vehicleClass: VehicleClass
  readonly vehicleId?: VehicleId
  /** An unconfirmed authorisation of the same credential at this lane. */
  readonly unconfirmed?: Session
  /** A session of exactly this plate that is inside. */
  readonly alreadyInside: boolean
  /** The boom is up for whoever must get out. */
  readonly fire: boolean
  /** Nobody is let in, not even again. */
  readonly lockedDown: boolean
  /** The lane's loops cannot tell that a vehicle is there, or whether it passes (RULES, Parking: arrivals fail closed). */
  readonly unseen: boolean
  /** The site sells nothing new; who has a booking comes in. */
  readonly siteClosed: boolean
  readonly full: boolean
  /** The bay of a confirmed booking: promised, so FULL does not refuse it. */
  readonly bookedSpaceId?: SpaceId
  /** The bay that allocation chose; absent when none fits. */
  readonly allocatedSpaceId?: SpaceId
  readonly tariff?: { readonly tariffId: TariffId; readonly version: number }
  readonly sessionId: SessionId
  readonly ticket: string
  readonly effectId: EffectId
}

/** How an entry lane answers. `again`: an unconfirmed authorisation is used again, no new session begins. */
export type ArrivalOutcome =
  | { readonly kind: 'opened'; readonly sessionId: SessionId; readonly spaceId?: SpaceId }
  | { readonly kind: 'again'; readonly sessionId: SessionId; readonly spaceId?: SpaceId }
  | { readonly kind: 'refused'; readonly reason: ArrivalRefusal }

/**
 * Lets a vehicle in, or refuses: arrivals fail closed. Refusals are entries too, because a vehicle stands there.
 * Refusal reasons: `fire` and `lockdown` (RULES, Access: before all others; fire beats lockdown), `lane_trouble`, `site_closed`, `full`, `no_space`, `already_inside`, `no_tariff`.
 */
export function decideArrival(arrival: Arrival): Decided<ArrivalOutcome> {
  if (arrival.fire) return refuse(arrival, 'fire')
  if (arrival.lockedDown) return refuse(arrival, 'lockdown')
  if (arrival.unconfirmed !== undefined) {
    const { sessionId, spaceId } = arrival.unconfirmed.stay
    return {
      events: [],
      outcome: { kind: 'again', sessionId, ...(spaceId === undefined ? {} : { spaceId }) },
    }
  }
  if (arrival.unseen) return refuse(arrival, 'lane_trouble')
  if (arrival.alreadyInside) return refuse(arrival, 'already_inside')
  if (arrival.tariff === undefined) return refuse(arrival, 'no_tariff')
  if (arrival.bookedSpaceId === undefined && arrival.siteClosed) return refuse(arrival, 'site_closed')
  if (arrival.bookedSpaceId === undefined && arrival.full) return refuse(arrival, 'full')
  const spaceId = arrival.bookedSpaceId ?? arrival.allocatedSpaceId
  if (spaceId === undefined) return refuse(arrival, 'no_space')
  const { sessionId, laneId, ticket, vehicleClass, effectId, tariff } = arrival
  const event: LedgerEvent = {
    type: 'session.arrived',
    body: {
      sessionId,
      laneId,
      ticket,
      ...(arrival.vehicleId === undefined ? {} : { vehicleId: arrival.vehicleId }),
      vehicleClass,
      spaceId,
      tariffId: tariff.tariffId,
      tariffVersion: tariff.version,
      effectId,
    },
  }
  return { events: [event], outcome: { kind: 'opened', sessionId, spaceId } }
}

function refuse({ laneId }: Arrival, reason: ArrivalRefusal): Decided<ArrivalOutcome> {
  return {
    events: [{ type: 'lane.refused', body: { laneId, reason } }],
    outcome: { kind: 'refused', reason },
  }
}
