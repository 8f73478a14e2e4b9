import type { LaneId, ZoneId } from '../ids/ids.ts'
import { assertNever } from '../result/result.ts'
import type { LedgerEvent } from '../wire/v1/entries.ts'
import { exitBackedOut, type Session } from './session.ts'

/** Kinds of the incidents that say a vehicle passed without an authorisation; `about` is `zone/lane`. */
export const tailgateIncident = { entry: 'tailgate_entry', exit: 'tailgate_exit' } as const
/** Kinds of the incidents that say a vehicle drove through against the direction of the lane; `about` is `zone/lane`. */
export const wrongWayIncident = { entry: 'wrong_way_out', exit: 'wrong_way_in' } as const
/** Kind of the incident that says bay sensors corrected a count; `about` is `zone/count`. */
export const countCorrectedIncident = 'count_corrected'

export interface LanePlace {
  readonly laneId: LaneId
  readonly zoneId: ZoneId
  readonly direction: 'entry' | 'exit'
}

/** The oldest session that this lane has authorised and that has not passed. */
export type PendingSession = Extract<Session, { kind: 'authorised' | 'departing' }>

/**
 * Confirms that one vehicle passed: the oldest authorisation is used up. Without one it is a tailgate: the
 * count follows the passage and an incident opens (RULES, Parking), unless a person opened or keeps the boom up: `excuse`.
 */
export function decidePassage(
  lane: LanePlace,
  pending: PendingSession | undefined,
  incidentId: string,
  excuse?: 'by_hand' | 'held' | 'fire',
): LedgerEvent[] {
  const { laneId, zoneId, direction } = lane
  if (pending === undefined) {
    if (excuse !== undefined)
      return [{ type: 'lane.passed', body: { laneId, zoneId, direction, why: excuse } }]
    const kind = tailgateIncident[direction]
    return [{ type: 'incident.opened', body: { incidentId, kind, about: `${zoneId}/${laneId}` } }]
  }
  const { sessionId } = pending.stay
  switch (pending.kind) {
    case 'authorised':
      return [{ type: 'session.entered', body: { sessionId, laneId, zoneId } }]
    case 'departing':
      return [{ type: 'session.departed', body: { sessionId, laneId, zoneId } }]
    default:
      return assertNever(pending)
  }
}

/** Records a vehicle that drove through against the direction: the count follows it (RULES, Parking). */
export function decideWrongWay({ laneId, zoneId, direction }: LanePlace, incidentId: string): LedgerEvent {
  const kind = wrongWayIncident[direction]
  return { type: 'incident.opened', body: { incidentId, kind, about: `${zoneId}/${laneId}` } }
}

/**
 * Takes back an authorisation whose vehicle did not pass: an arrival is voided, a departure goes back to what
 * it was, so that its grace decides again. Nothing pending changes nothing.
 */
export function decideBackOut(
  lane: LanePlace,
  pending: PendingSession | undefined,
  reason: 'backed_out' | 'timeout',
): LedgerEvent[] {
  if (pending === undefined) return []
  const { sessionId } = pending.stay
  switch (pending.kind) {
    case 'authorised':
      return [{ type: 'session.voided', body: { sessionId, reason } }]
    case 'departing':
      return [{ type: 'lane.refused', body: { laneId: lane.laneId, reason: exitBackedOut, sessionId } }]
    default:
      return assertNever(pending)
  }
}
