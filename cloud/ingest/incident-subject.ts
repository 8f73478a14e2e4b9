/** Begins what ends an incident that lasts until a person at HQ or of the site says that they see to it. */
export const endsByPerson = 'person:'

/** What ends a lockdown: the entry of its end. */
export const lockdownEnd = 'lockdown'

/** What ends a trouble of a lane; `kind` is that of its incident. */
export const laneTroubleEnd = (laneId: string, kind: string): string => `${kind}:${laneId}`

/** What ends that a boom is kept up. */
export const laneHoldEnd = (laneId: string): string => `lane_held:${laneId}`

/** What ends a trouble of a reader; `kind` is that of its incident. */
export const readerTroubleEnd = (deviceId: string, kind: string): string => `${kind}:${deviceId}`

/** Where an incident happened, whom it is about, and which fact of the ledger ends it. */
export interface IncidentSubject {
  readonly place: 'door' | 'lane' | 'zone' | 'space' | 'device' | null
  readonly place_id: string | null
  readonly session_id: string | null
  /** `null` for what is over at once. */
  readonly ends_with: string | null
}

const nowhere: IncidentSubject = { place: null, place_id: null, session_id: null, ends_with: null }

/**
 * Reads the kind of an incident and what its entry says it is about (`about` is an id, or two with a slash).
 * A door's alarm lasts until the door is closed, that of its contact's line until the line is sound,
 * a fire alarm until its contact is at rest, a call from an exit until its lane lets somebody out, what is
 * about a stay until the stay ends, a call for help at a kiosk and a PIN
 * of duress until a person says that they see to it, a lockdown
 * until its end, a trouble of a reader until the site tells its end (`lasts`; older sites never do); everything else is over
 * at once. Kinds of later sites keep only their text.
 */
export function incidentSubject(kind: string, about: string, lasts = false): IncidentSubject {
  const [first = '', second = ''] = about.split('/')
  if (readerTroubles.has(kind)) return readerSubject(kind, first, lasts)
  switch (kind) {
    case 'door_forced':
    case 'door_held_open':
      return { ...nowhere, place: 'door', place_id: about, ends_with: `door:${about}` }
    case 'door_trouble':
      return { ...nowhere, place: 'door', place_id: first, ends_with: `trouble:${first}` }
    case 'lane_approach_stuck':
    case 'lane_approach_chatter':
    case 'lane_safety_stuck':
    case 'lane_safety_chatter':
    case 'lane_safety_silent':
    case 'lane_exit_stuck':
    case 'lane_exit_chatter':
    case 'lane_exit_silent':
    case 'lane_boom_stuck':
    case 'lane_boom_forced':
    case 'lane_boom_open':
    case 'lane_boom_limits':
      return { ...nowhere, place: 'lane', place_id: about, ends_with: laneTroubleEnd(about, kind) }
    case 'fire_alarm':
      return { ...nowhere, place: 'device', place_id: about, ends_with: `fire:${about}` }
    case 'anti_passback':
      return { ...nowhere, place: 'door', place_id: first }
    case 'duress':
      return { ...nowhere, place: 'door', place_id: first, ends_with: `${endsByPerson}duress/${about}` }
    case 'duress_at_kiosk':
      return { ...nowhere, place: 'device', place_id: first, ends_with: `${endsByPerson}duress/${about}` }
    case 'lane_held':
      return { ...nowhere, place: 'lane', place_id: first, ends_with: laneHoldEnd(first) }
    case 'lockdown':
      return { ...nowhere, ends_with: lockdownEnd }
    case 'help_called':
      return { ...nowhere, place: 'device', place_id: about, ends_with: `${endsByPerson}${about}` }
    case 'printer_paper_low':
    case 'printer_paper_out':
    case 'printer_cover_open':
    case 'printer_cutter_jam':
    case 'printer_error':
      return { ...nowhere, place: 'device', place_id: first }
    case 'tailgate_entry':
    case 'tailgate_exit':
    case 'wrong_way_in':
    case 'wrong_way_out':
      return { ...nowhere, place: 'lane', place_id: second }
    case 'count_corrected':
      return { ...nowhere, place: 'zone', place_id: first }
    case 'departure_unrecorded':
      return { ...nowhere, place: 'lane', place_id: about }
    case 'attendant_called':
      return { ...nowhere, place: 'lane', place_id: first, ends_with: `lane:${first}` }
    case 'released_unpaid':
      return { ...nowhere, place: 'lane', place_id: first, session_id: second === '' ? null : second }
    case 'plate_tie':
      return { ...nowhere, place: 'lane', place_id: about, ends_with: `lane:${about}` }
    case 'session_inferred':
      return { ...nowhere, session_id: about, ends_with: `session:${about}` }
    case 'booked_bay_taken':
      return { place: 'space', place_id: first, session_id: second, ends_with: `session:${second}` }
    default:
      return nowhere
  }
}

const readerTroubles: ReadonlySet<string> = new Set([
  'reader_tampered',
  'reader_untrusted',
  'reader_power_failed',
])

function readerSubject(kind: string, deviceId: string, lasts: boolean): IncidentSubject {
  const ends = lasts ? readerTroubleEnd(deviceId, kind) : null
  return { ...nowhere, place: 'device', place_id: deviceId, ends_with: ends }
}
