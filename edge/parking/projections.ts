import type { SessionId, ZoneId } from '@gatehouse/shared/ids/ids'
import { countPassage } from '@gatehouse/shared/parking/counting'
import { countCorrectedIncident, tailgateIncident, wrongWayIncident } from '@gatehouse/shared/parking/passage'
import {
  beginSession,
  evolveSession,
  exitBackedOut,
  sessionInferredIncident,
} from '@gatehouse/shared/parking/session'
import type { Entry, LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { Projections } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { endHandOpening, noteHandOpening } from './hand-opening-store.ts'
import { bookedBayTakenIncident } from './incident-kinds.ts'
import { latchFire, unlatchFire } from './lane-fire.ts'
import { dropHold, keepHold } from './lane-holds.ts'
import { endLaneTrouble, noteLaneTrouble } from './lane-troubles.ts'
import { authorisationOrder, readSession, writeSession } from './session-store.ts'

/** How entries change the parking tables. */
export const parkingProjections: Projections = {
  'session.arrived': (db, body, entry) => {
    writeSession(db, beginSession(body, entry.at), orderOf(entry))
  },
  'session.entered': (db, body, entry) => {
    evolve(db, { type: 'session.entered', body }, entry)
    count(db, body.zoneId, 'entry', entry)
    notePassage(db, body.laneId, entry)
  },
  'session.voided': (db, body, entry) => evolve(db, { type: 'session.voided', body }, entry),
  'session.charged': (db, body, entry) => evolve(db, { type: 'session.charged', body }, entry),
  'session.departing': (db, body, entry) => evolve(db, { type: 'session.departing', body }, entry),
  'session.departed': (db, body, entry) => {
    evolve(db, { type: 'session.departed', body }, entry)
    count(db, body.zoneId, 'exit', entry)
    notePassage(db, body.laneId, entry)
  },
  'payment.captured': (db, body, entry) => {
    const { subject } = body
    if (subject.kind !== 'session') return
    evolveOne(db, subject.sessionId, { type: 'payment.captured', body }, entry)
  },
  'payment.refunded': (db, body, entry) => {
    const { subject } = body
    if (subject.kind !== 'session') return
    evolveOne(db, subject.sessionId, { type: 'payment.refunded', body }, entry)
  },
  'lane.refused': (db, body, entry) => {
    statement(
      db,
      `INSERT INTO parking_lanes (lane_id, refused_reason, refused_session_id, refused_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (lane_id) DO UPDATE SET refused_reason = excluded.refused_reason,
         refused_session_id = excluded.refused_session_id, refused_ms = excluded.refused_ms`,
    ).run(body.laneId, body.reason, body.sessionId ?? null, entry.at.wallMs)
    if (body.sessionId) evolveOne(db, body.sessionId, { type: 'lane.refused', body }, entry)
    else if (body.reason === exitBackedOut) endHandOpening(db, body.laneId)
  },
  'incident.opened': (db, body, entry) => {
    const [place = '', detail = ''] = body.about.split('/')
    switch (body.kind) {
      case tailgateIncident.entry:
      case tailgateIncident.exit: {
        count(db, place as ZoneId, body.kind === tailgateIncident.entry ? 'entry' : 'exit', entry)
        notePassage(db, detail, entry)
        statement(db, 'UPDATE parking_lanes SET tailgates = tailgates + 1 WHERE lane_id = ?').run(detail)
        return
      }
      case wrongWayIncident.entry:
      case wrongWayIncident.exit:
        count(db, place as ZoneId, body.kind === wrongWayIncident.exit ? 'entry' : 'exit', entry)
        notePassage(db, detail, entry)
        return
      case countCorrectedIncident:
        return setCount(db, place as ZoneId, Math.max(0, Number(detail) || 0), entry)
      case sessionInferredIncident:
        return evolveOne(db, body.about as SessionId, { type: 'incident.opened', body }, entry)
      case bookedBayTakenIncident:
        statement(
          db,
          'INSERT INTO parking_substitutes (session_id, booked_space_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
        ).run(detail, place)
        return
      default:
        return noteLaneTrouble(db, body, entry.at.wallMs)
    }
  },
  'lane.opened_by_hand': (db, { laneId, sessionId }) => noteHandOpening(db, laneId, sessionId !== undefined),
  'lane.passed': (db, { laneId, zoneId, direction, why }, entry) => {
    if (why === 'by_hand') endHandOpening(db, laneId)
    count(db, zoneId, direction, entry)
    notePassage(db, laneId, entry)
  },
  'lane.hold_started': (db, hold) => keepHold(db, hold),
  'lane.hold_ended': (db, { laneId }) => dropHold(db, laneId),
  'fire.alarmed': (db, { deviceId }) => latchFire(db, deviceId),
  'lane.fire_ended': (db, { deviceId }) => unlatchFire(db, deviceId),
  'lane.trouble_ended': (db, { laneId, trouble }) => endLaneTrouble(db, laneId, trouble),
  'space.sensed': (db, body, entry) => {
    statement(
      db,
      `INSERT INTO parking_bays (space_id, occupied, since_ms) VALUES (?, ?, ?)
       ON CONFLICT (space_id) DO UPDATE SET occupied = excluded.occupied, since_ms = excluded.since_ms`,
    ).run(body.spaceId, body.occupied ? 1 : 0, entry.at.wallMs)
  },
}

type SessionEvent = Extract<LedgerEvent, { body: { sessionId: SessionId } }>

function evolve(db: SiteDatabase, event: SessionEvent, entry: Entry): void {
  evolveOne(db, event.body.sessionId, event, entry)
}

function evolveOne(db: SiteDatabase, sessionId: SessionId, event: LedgerEvent, entry: Entry): void {
  const session = readSession(db, sessionId)
  if (!session) return
  const next = evolveSession(session, event, entry.at)
  if (next !== session) writeSession(db, next, orderOf(entry))
}

function orderOf(entry: Entry): { order: number; wallMs: number } {
  return { order: authorisationOrder(entry), wallMs: entry.at.wallMs }
}

function count(db: SiteDatabase, zoneId: ZoneId, direction: 'entry' | 'exit', entry: Entry): void {
  setCount(db, zoneId, countPassage(readInside(db, zoneId), direction), entry)
}

/** Vehicles counted inside a zone. */
export function readInside(db: SiteDatabase, zoneId: ZoneId): number {
  const row = statement<{ inside: number }>(db, 'SELECT inside FROM parking_counts WHERE zone_id = ?').get(
    zoneId,
  )
  return row?.inside ?? 0
}

function setCount(db: SiteDatabase, zoneId: ZoneId, inside: number, entry: Entry): void {
  statement(
    db,
    `INSERT INTO parking_counts (zone_id, inside, changed_ms) VALUES (?, ?, ?)
     ON CONFLICT (zone_id) DO UPDATE SET inside = excluded.inside, changed_ms = excluded.changed_ms`,
  ).run(zoneId, inside, entry.at.wallMs)
}

function notePassage(db: SiteDatabase, laneId: string, entry: Entry): void {
  statement(
    db,
    `INSERT INTO parking_lanes (lane_id, passages, passed_ms) VALUES (?, 1, ?)
     ON CONFLICT (lane_id) DO UPDATE SET passages = passages + 1, passed_ms = excluded.passed_ms,
       refused_reason = NULL, refused_session_id = NULL, refused_ms = NULL`,
  ).run(laneId, entry.at.wallMs)
}
