/** Says that a booked bay was found taken; `about` is `space/session`. */
export const bookedBayTakenIncident = 'booked_bay_taken'
/** Says that a plate means several stays and a person has to look; `about` is the lane. */
export const plateTieIncident = 'plate_tie'
/** Says that an exit opened while nothing could be recorded; `about` is the lane. */
export const departureUnrecordedIncident = 'departure_unrecorded'
