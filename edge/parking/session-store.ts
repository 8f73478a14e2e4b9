import type { LaneId, SessionId } from '@gatehouse/shared/ids/ids'
import type { PendingSession } from '@gatehouse/shared/parking/passage'
import type { Session, SessionKind } from '@gatehouse/shared/parking/session'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

interface SessionRow {
  readonly body: string
}

const openStates = "state NOT IN ('departed', 'voided')"

/** Reads one session by its id, in any state. */
export function readSession(db: SiteDatabase, sessionId: SessionId): Session | undefined {
  const text = 'SELECT body FROM parking_sessions WHERE session_id = ?'
  return parsed(statement<SessionRow>(db, text).get(sessionId))
}

/** Reads one session by its ticket in written form, in any state. */
export function readSessionByTicket(db: SiteDatabase, ticket: string): Session | undefined {
  const text = 'SELECT body FROM parking_sessions WHERE ticket = ?'
  return parsed(statement<SessionRow>(db, text).get(ticket))
}

/** Reads all sessions that have not ended, oldest first. */
export function readOpenSessions(db: SiteDatabase): Session[] {
  const text = `SELECT body FROM parking_sessions WHERE ${openStates} ORDER BY arrived_ms, session_id`
  return statement<SessionRow>(db, text)
    .all()
    .map(({ body }) => JSON.parse(body) as Session)
}

/** Reads the open sessions of the vehicles whose plate has this keyed digest, oldest first. */
export function readOpenSessionsOfPlate(db: SiteDatabase, digest: string): Session[] {
  const text = `SELECT body FROM parking_sessions
    WHERE vehicle_id IN (SELECT vehicle_id FROM parking_plates WHERE digest = ?) AND ${openStates}
    ORDER BY arrived_ms, session_id`
  return statement<SessionRow>(db, text)
    .all(digest)
    .map(({ body }) => JSON.parse(body) as Session)
}

/** Reads the sessions that a lane has authorised and that have not passed, in the order of authorisation. */
export function readPending(db: SiteDatabase, laneId: LaneId): PendingSession[] {
  const text = 'SELECT body FROM parking_sessions WHERE pending_lane_id = ? ORDER BY pending_order'
  return statement<SessionRow>(db, text)
    .all(laneId)
    .map(({ body }) => JSON.parse(body) as PendingSession)
}

/** Bays given to vehicles that have not left, with when each came in (`undefined`: not confirmed yet). */
export function readAssignedBays(db: SiteDatabase): ReadonlyMap<string, number | undefined> {
  const text = `SELECT space_id AS spaceId, entered_ms AS enteredMs FROM parking_sessions
    WHERE space_id IS NOT NULL AND ${openStates}`
  const rows = statement<{ spaceId: string; enteredMs: number | null }>(db, text).all()
  return new Map(rows.map(({ spaceId, enteredMs }) => [spaceId, enteredMs ?? undefined]))
}

/** Where a session stands in its lane's order, from the entry that authorised it. */
export function authorisationOrder(entry: { readonly incarnation: number; readonly seq: number }): number {
  return entry.incarnation * 2 ** 40 + entry.seq
}

/** Stores a session as it is after an entry; `order` is that entry's place among authorisations. */
export function writeSession(
  db: SiteDatabase,
  session: Session,
  entry: { readonly order: number; readonly wallMs: number },
): void {
  const { stay } = session
  const pendingLaneId = pendingLane(session)
  statement(
    db,
    `INSERT INTO parking_sessions (session_id, state, ticket, vehicle_id, space_id, arrived_ms, entered_ms,
       pending_lane_id, pending_order, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (session_id) DO UPDATE SET state = excluded.state,
       entered_ms = coalesce(entered_ms, excluded.entered_ms), pending_lane_id = excluded.pending_lane_id,
       pending_order = CASE WHEN excluded.pending_lane_id IS NULL THEN NULL
         WHEN parking_sessions.state = excluded.state AND pending_lane_id = excluded.pending_lane_id
         THEN pending_order ELSE excluded.pending_order END,
       body = excluded.body`,
  ).run(
    stay.sessionId,
    session.kind,
    stay.ticket,
    stay.vehicleId ?? null,
    stay.spaceId ?? null,
    stay.arrivedAt.wallMs,
    session.kind === 'inside' ? entry.wallMs : null,
    pendingLaneId ?? null,
    pendingLaneId === undefined ? null : entry.order,
    JSON.stringify(session),
  )
}

function pendingLane(session: Session): LaneId | undefined {
  if (session.kind === 'authorised') return session.stay.laneId
  return session.kind === 'departing' ? session.laneId : undefined
}

function parsed(row: SessionRow | undefined): Session | undefined {
  return row === undefined ? undefined : (JSON.parse(row.body) as Session)
}

/** The states in which a vehicle is on site and has not been let out. */
export const stayingStates: ReadonlySet<SessionKind> = new Set(['inside', 'charged', 'paid'])

/** How many stays are open, have departed and were voided, as the heartbeat reports them. */
export function sessionCounts(db: SiteDatabase): {
  readonly open: number
  readonly departed: number
  readonly voided: number
} {
  const rows = statement<{ state: SessionKind; sessions: number }>(
    db,
    'SELECT state, count(*) AS sessions FROM parking_sessions GROUP BY state',
  ).all()
  const counts = { open: 0, departed: 0, voided: 0 }
  for (const { state, sessions } of rows) {
    counts[state === 'departed' || state === 'voided' ? state : 'open'] += sessions
  }
  return counts
}
