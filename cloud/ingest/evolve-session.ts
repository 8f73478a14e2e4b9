import { exitBackedOut, sessionInferredIncident } from '@gatehouse/shared/parking/session'
import { assertNever } from '@gatehouse/shared/result/result'
import type { EntryBody, LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { ProjectedRows, SessionRow } from './projected-rows.ts'

export type SessionEvent = Extract<LedgerEvent, { type: `session.${string}` }>

interface Place {
  readonly seq: number
  readonly atMs: number
}

/** States after which a stay is over. */
const over: ReadonlySet<SessionRow['state']> = new Set(['departed', 'voided'])

/**
 * Applies one event of a parking session; refuses when the session is unknown, or arrives twice. What no longer fits the
 * state changes nothing, as at the site (`shared/parking/session.ts`): a site that was restored enters again what it had
 * recorded on a disk that did not know how the stay had ended.
 */
export function evolveSession(
  rows: ProjectedRows,
  event: SessionEvent,
  place: Place,
): 'unknown_session' | 'session_exists' | undefined {
  if (event.type === 'session.arrived') return arrive(rows, event.body, place)
  const row = rows.sessions.get(event.body.sessionId)
  if (row === undefined) return 'unknown_session'
  row.seq = place.seq
  rows.dirty.sessions.add(row.session_id)
  switch (event.type) {
    case 'session.entered':
      if (row.state !== 'authorised') return undefined
      row.state = 'inside'
      row.zone_id = event.body.zoneId
      row.entered_ms = place.atMs
      return undefined
    case 'session.voided':
      if (row.state === 'authorised') row.state = 'voided'
      return undefined
    case 'session.charged':
      if (over.has(row.state)) return undefined
      // Whoever is charged is there, also when no loop has seen it come in; who stayed on after paying owes again.
      if (row.state !== 'departing') row.state = event.body.dueMinor === 0 ? 'paid' : 'inside'
      row.charged_minor = event.body.price.totalMinor
      return undefined
    case 'session.departing':
      if (over.has(row.state)) return undefined
      row.state = 'departing'
      row.exit_lane_id = event.body.laneId
      row.debt_minor = event.body.debtMinor
      return undefined
    case 'session.departed':
      row.state = 'departed'
      row.exit_lane_id = event.body.laneId
      row.departed_ms = place.atMs
      return undefined
    default:
      return assertNever(event)
  }
}

export type StayNote = Extract<LedgerEvent, { type: 'lane.refused' | 'incident.opened' }>

/** Applies what a lane or an incident says of a stay: it backed out of the exit, or is there though nobody saw it come in. */
export function noteStay(rows: ProjectedRows, event: StayNote, { seq }: Place): void {
  const row = rows.sessions.get(stayOf(event) ?? '')
  if (row === undefined) return
  if (event.type === 'lane.refused' && event.body.reason === exitBackedOut && row.state === 'departing') {
    row.state = isSettled(row) ? 'paid' : 'inside'
    row.exit_lane_id = null
    row.debt_minor = 0
  } else if (event.type === 'incident.opened' && row.state === 'authorised') {
    row.state = 'inside'
  } else return
  row.seq = seq
  rows.dirty.sessions.add(row.session_id)
}

function stayOf({ type, body }: StayNote): string | undefined {
  if (type === 'lane.refused') return body.sessionId
  return body.kind === sessionInferredIncident ? body.about : undefined
}

/** Whether money was taken, and all that was charged. */
export function isSettled({ charged_minor, paid_minor }: SessionRow): boolean {
  return paid_minor > 0 && charged_minor > 0 && paid_minor >= charged_minor
}

function arrive(
  rows: ProjectedRows,
  body: EntryBody<'session.arrived'>,
  place: Place,
): 'session_exists' | undefined {
  if (rows.sessions.has(body.sessionId)) return 'session_exists'
  const row: SessionRow = {
    seq: place.seq,
    session_id: body.sessionId,
    state: 'authorised',
    ticket: body.ticket,
    vehicle_id: body.vehicleId ?? null,
    vehicle_class: body.vehicleClass,
    space_id: body.spaceId ?? null,
    zone_id: null,
    entry_lane_id: body.laneId,
    exit_lane_id: null,
    tariff_id: body.tariffId,
    tariff_version: body.tariffVersion,
    arrived_ms: body.toldBy?.arrivedMs ?? place.atMs,
    entered_ms: null,
    departed_ms: null,
    charged_minor: 0,
    paid_minor: 0,
    debt_minor: 0,
  }
  rows.sessions.set(row.session_id, row)
  rows.dirty.sessions.add(row.session_id)
  return undefined
}
