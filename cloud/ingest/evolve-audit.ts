import type { EntryBody, EntryType, LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import {
  incidentSubject,
  laneHoldEnd,
  laneTroubleEnd,
  lockdownEnd,
  readerTroubleEnd,
} from './incident-subject.ts'
import type { AccessEventRow, ProjectedRows } from './projected-rows.ts'

interface Place {
  readonly seq: number
  readonly atMs: number
}

/** The types of entries that say who was let in or refused, and what happened at a site. */
export const auditTypes = [
  'access.granted',
  'access.refused',
  'access.exit_requested',
  'lane.refused',
  'lane.opened_by_hand',
  'lane.hold_started',
  'lane.hold_ended',
  'session.arrived',
  'session.departing',
  'session.departed',
  'session.voided',
  'door.state_changed',
  'door.unlocked',
  'door.trouble_ended',
  'fire.alarmed',
  'fire.cleared',
  'reader.trouble_ended',
  'lane.trouble_ended',
  'lockdown.started',
  'lockdown.ended',
  'incident.opened',
] as const satisfies readonly EntryType[]

const unsaid = {
  place: 'door',
  credential_id: null,
  member_id: null,
  booking_id: null,
  effect_id: null,
  direction: null,
  reader_id: null,
  credential_kind: null,
  session_id: null,
} as const

/** What answers a call from a lane. */
const letsOut: ReadonlySet<LedgerEvent['type']> = new Set(['session.departing', 'lane.opened_by_hand'])

/**
 * Notes access decisions, incidents and what ends incidents; other events change nothing. Needs no rows loaded,
 * so that history can be read again at any time.
 */
export function evolveAudit(rows: ProjectedRows, event: LedgerEvent, at: Place): void {
  switch (event.type) {
    case 'access.granted':
    case 'access.refused':
    case 'access.exit_requested':
    case 'door.unlocked':
    case 'lane.refused':
    case 'lane.opened_by_hand':
    case 'session.arrived':
    case 'session.departing':
      rows.accessEvents.push({ ...unsaid, ...accessRow(event), seq: at.seq, at_ms: at.atMs })
      if (letsOut.has(event.type) && 'laneId' in event.body) end(rows, `lane:${event.body.laneId}`, at)
      return
    case 'session.departed':
    case 'session.voided':
      end(rows, `session:${event.body.sessionId}`, at)
      return
    case 'door.state_changed':
      if (event.body.state === 'closed') end(rows, `door:${event.body.doorId}`, at)
      return
    case 'lane.hold_started': {
      const { laneId, reason } = event.body
      // A hold that is asked for again goes on.
      end(rows, laneHoldEnd(laneId), at)
      const incidentId = `hold_${laneId}_${at.seq}`
      openIncident(rows, { incidentId, kind: 'lane_held', about: `${laneId}/${reason}` }, at)
      return
    }
    case 'lane.hold_ended':
      end(rows, laneHoldEnd(event.body.laneId), at)
      return
    case 'lane.trouble_ended': {
      const { laneId, trouble } = event.body
      end(rows, laneTroubleEnd(laneId, `lane_${trouble}`), at)
      return
    }
    case 'fire.alarmed': {
      const { deviceId } = event.body
      const incidentId = `fire_${deviceId}_${at.seq}`
      openIncident(rows, { incidentId, kind: 'fire_alarm', about: deviceId }, at)
      return
    }
    case 'fire.cleared':
      end(rows, `fire:${event.body.deviceId}`, at)
      return
    case 'door.trouble_ended':
      end(rows, `trouble:${event.body.doorId}`, at)
      return
    case 'reader.trouble_ended':
      end(rows, readerTroubleEnd(event.body.deviceId, `reader_${event.body.trouble}`), at)
      return
    case 'lockdown.started': {
      const { requestId, by } = event.body
      openIncident(rows, { incidentId: `lock_${requestId}`, kind: 'lockdown', about: by }, at)
      return
    }
    case 'lockdown.ended':
      end(rows, lockdownEnd, at)
      return
    case 'incident.opened':
      openIncident(rows, event.body, at)
      return
    default:
  }
}

function openIncident(
  rows: ProjectedRows,
  { incidentId, kind, about, lasts = false }: EntryBody<'incident.opened'>,
  { seq, atMs }: Place,
): void {
  const row = { seq, incident_id: incidentId, kind, about, at_ms: atMs }
  rows.incidents.set(incidentId, { ...row, ...incidentSubject(kind, about, lasts) })
}

type Decision = Extract<
  LedgerEvent,
  {
    type:
      | `access.${string}`
      | 'door.unlocked'
      | 'lane.refused'
      | 'lane.opened_by_hand'
      | 'session.arrived'
      | 'session.departing'
  }
>

function accessRow(
  event: Decision,
): Pick<AccessEventRow, 'kind' | 'door_id' | 'reason'> & Partial<AccessEventRow> {
  switch (event.type) {
    case 'access.granted': {
      const { credentialId, memberId = null, bookingId = null, right, effectId } = event.body
      return {
        ...atReader(event.body),
        kind: 'granted',
        reason: right,
        credential_id: credentialId,
        member_id: memberId,
        booking_id: bookingId,
        effect_id: effectId,
      }
    }
    case 'access.refused': {
      const { credentialId = null, reason } = event.body
      return { ...atReader(event.body), kind: 'refused', reason, credential_id: credentialId }
    }
    case 'access.exit_requested': {
      const {
        doorId,
        effectId,
        deviceId = null,
        credential,
        credentialId = null,
        memberId = null,
      } = event.body
      const pass = credentialId === null ? undefined : 'pass'
      const shown = deviceId === null ? 'button' : (credential ?? pass ?? null)
      const out = { direction: 'out', reason: 'exit_requested', kind: 'granted', door_id: doorId } as const
      const who = {
        reader_id: deviceId,
        credential_kind: shown,
        credential_id: credentialId,
        member_id: memberId,
      }
      return { ...out, ...who, effect_id: effectId }
    }
    case 'door.unlocked': {
      const { doorId, effectId } = event.body
      const from = { direction: 'in', credential_kind: 'remote' } as const
      return { ...from, kind: 'granted', door_id: doorId, reason: 'unlocked_remotely', effect_id: effectId }
    }
    case 'lane.refused':
    case 'lane.opened_by_hand':
    case 'session.arrived':
    case 'session.departing':
      return laneRow(event)
  }
}

function laneRow(
  event: Extract<
    Decision,
    { type: 'lane.refused' | 'lane.opened_by_hand' | 'session.arrived' | 'session.departing' }
  >,
): ReturnType<typeof accessRow> {
  switch (event.type) {
    case 'lane.refused': {
      const { reason, sessionId = null } = event.body
      return { ...atLane(event.body), kind: 'refused', reason, session_id: sessionId }
    }
    case 'lane.opened_by_hand': {
      const { sessionId = null, effectId, reason } = event.body
      const by = { credential_kind: 'hand', session_id: sessionId, effect_id: effectId } as const
      return { ...atLane(event.body), ...by, kind: 'granted', reason: `by_hand_${reason}` }
    }
    case 'session.arrived': {
      const { sessionId, effectId } = event.body
      const of = { session_id: sessionId, effect_id: effectId, direction: 'in' } as const
      return { ...atLane(event.body), ...of, kind: 'granted', reason: 'arrival' }
    }
    case 'session.departing': {
      const { sessionId, effectId, debtMinor } = event.body
      const of = { session_id: sessionId, effect_id: effectId, direction: 'out' } as const
      return {
        ...atLane(event.body),
        ...of,
        kind: 'granted',
        reason: debtMinor > 0 ? 'departure_in_debt' : 'departure',
      }
    }
  }
}

/** Readers stand outside: who shows a card wants in. Leaving is free (RULES, Access). */
function atReader(body: EntryBody<'access.granted'> | EntryBody<'access.refused'>) {
  const { doorId, deviceId = null, pass, credential = pass && 'pass' } = body
  return {
    door_id: doorId,
    direction: 'in',
    reader_id: deviceId,
    credential_kind: credential ?? null,
  } as const
}

function atLane({ laneId }: { readonly laneId: string }) {
  return { place: 'lane', door_id: laneId } as const
}

function end(rows: ProjectedRows, endsWith: string, { seq, atMs }: Place): void {
  rows.incidentEnds.push({ ends_with: endsWith, seq, at_ms: atMs })
}
