import type { Moment } from '@gatehouse/shared/clock/clock'
import { type MemberId, randomCode, type SessionId, type SpaceId } from '@gatehouse/shared/ids/ids'
import { allocateBay } from '@gatehouse/shared/parking/allocation'
import type { Random } from '@gatehouse/shared/random/random'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { LedgerEvent, VehicleClass } from '@gatehouse/shared/wire/v1/entries'
import type { SiteDatabase } from '../ledger/database.ts'
import { freeBays, isBayFree } from './free-bays.ts'
import { bookedBayTakenIncident } from './incident-kinds.ts'
import type { ParkingOptions } from './parking-options.ts'

/** The bay for an arriving vehicle, and the entries that go with giving it. */
export interface ArrivalBay {
  readonly bay: { readonly bookedSpaceId?: SpaceId; readonly allocatedSpaceId?: SpaceId }
  readonly events: readonly LedgerEvent[]
}

export interface ArrivingVehicle {
  readonly lane: DirectoryBody<'lane'>
  readonly member: MemberId | undefined
  readonly vehicleClass: VehicleClass
  readonly sessionId: SessionId
  readonly at: Moment
  readonly random: Random
}

/**
 * Chooses the bay of an arriving vehicle: its member's booked bay, which arriving checks in; when that is found
 * taken, an equal one with an incident; otherwise what allocation finds.
 */
export function chooseBay(db: SiteDatabase, options: ParkingOptions, vehicle: ArrivingVehicle): ArrivalBay {
  const { lane, member, at, random, sessionId } = vehicle
  const booked = member === undefined ? undefined : options.bookings.ofMember(db, member, at)
  if (booked && isBayFree(db, booked.spaceId)) {
    return { bay: { bookedSpaceId: booked.spaceId }, events: booked.checkIn }
  }
  const bays = freeBays(db, options, lane, at.wallMs)
  const allocatedSpaceId = allocateBay(vehicle.vehicleClass, bays, {
    evForAll: options.evForAll,
    strategy: options.directory.site()?.settings.allocation ?? 'nearest',
  })
  if (allocatedSpaceId === undefined) return { bay: {}, events: [] }
  // A booking that is checked in already has its vehicle: a second one of the same member is a visitor.
  if (!booked || booked.checkIn.length === 0) return { bay: { allocatedSpaceId }, events: [] }
  const incident: LedgerEvent = {
    type: 'incident.opened',
    body: {
      incidentId: `inc_${randomCode(random, 16)}`,
      kind: bookedBayTakenIncident,
      about: `${booked.spaceId}/${sessionId}`,
    },
  }
  return { bay: { bookedSpaceId: allocatedSpaceId }, events: [...booked.checkIn, incident] }
}
