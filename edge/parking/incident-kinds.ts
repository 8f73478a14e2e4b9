import type { LaneTrouble } from '@gatehouse/shared/parking/lane-control'

/** Says that a booked bay was found taken; `about` is `space/session`. */
export const bookedBayTakenIncident = 'booked_bay_taken'
/** Says that a plate meant several stays and the only one that owes nothing was let out; `about` is the lane. */
export const plateTieIncident = 'plate_tie'
/** Says that an exit opened while nothing could be recorded; `about` is the lane. */
export const departureUnrecordedIncident = 'departure_unrecorded'
/** Says that a vehicle stands at an exit and needs a person; `about` is `lane/cause`. */
export const attendantCalledIncident = 'attendant_called'
/** Says that an exit opened by policy for who has not paid; `about` is `lane/session`, or the lane alone. */
export const releasedUnpaidIncident = 'released_unpaid'
/** Says that something is wrong with a lane, until `lane.trouble_ended`; `about` is the lane. */
export const laneTroubleIncident = (trouble: LaneTrouble): string => `lane_${trouble}`
