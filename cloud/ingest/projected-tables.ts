import type { Transaction } from '../database/pool.ts'
import { type IncidentEnd, keepBooking, type ProjectedRows } from './projected-rows.ts'
import type { StreamId } from './stream-store.ts'
import { type Table, upsert } from './upsert.ts'

const text = 'text'
const bigint = 'bigint'
const seq = { seq: bigint }

const tables = {
  bookings: {
    name: 'bookings',
    key: ['booking_id'],
    columns: {
      ...seq,
      booking_id: text,
      space_id: text,
      status: text,
      member_id: text,
      guest_id: text,
      reference: text,
      from_ms: bigint,
      to_ms: bigint,
      block_to_ms: bigint,
      hold_until_ms: bigint,
      price: 'jsonb',
      fee_minor: bigint,
      paid_minor: bigint,
      refunded_minor: bigint,
      paid_by: text,
      held_ms: bigint,
      parts: 'text[]',
      extension: 'jsonb',
      ended_ms: bigint,
      loan_ids: 'text[]',
      site_status: text,
      row_epoch: 'integer',
      row_rev: bigint,
    },
  },
  payments: {
    name: 'payments',
    key: ['payment_id'],
    columns: {
      ...seq,
      payment_id: text,
      kind: text,
      of_payment_id: text,
      booking_id: text,
      session_id: text,
      method: text,
      amount_minor: bigint,
      currency: text,
      taken_by: text,
      at_ms: bigint,
    },
  },
  sessions: {
    name: 'parking_sessions',
    key: ['session_id'],
    columns: {
      ...seq,
      session_id: text,
      state: text,
      ticket: text,
      vehicle_id: text,
      vehicle_class: text,
      space_id: text,
      zone_id: text,
      entry_lane_id: text,
      exit_lane_id: text,
      tariff_id: text,
      tariff_version: 'integer',
      arrived_ms: bigint,
      entered_ms: bigint,
      departed_ms: bigint,
      charged_minor: bigint,
      paid_minor: bigint,
      debt_minor: bigint,
    },
  },
  accessEvents: {
    name: 'access_events',
    key: ['incarnation', 'seq'],
    columns: {
      ...seq,
      kind: text,
      door_id: text,
      credential_id: text,
      member_id: text,
      booking_id: text,
      reason: text,
      effect_id: text,
      at_ms: bigint,
      place: text,
      direction: text,
      reader_id: text,
      credential_kind: text,
      session_id: text,
    },
  },
  effects: {
    name: 'effects',
    key: ['effect_id'],
    columns: { ...seq, effect_id: text, outcome: text, detail: text, at_ms: bigint },
  },
  doorStates: {
    name: 'door_states',
    key: ['door_id'],
    columns: { ...seq, door_id: text, state: text, since_ms: bigint },
  },
  spaceStates: {
    name: 'space_states',
    key: ['space_id'],
    columns: { ...seq, space_id: text, occupied: 'boolean', since_ms: bigint },
  },
  incidents: {
    name: 'incidents',
    key: ['incident_id'],
    columns: {
      ...seq,
      incident_id: text,
      kind: text,
      about: text,
      at_ms: bigint,
      place: text,
      place_id: text,
      session_id: text,
      ends_with: text,
    },
  },
  requestAnswers: {
    name: 'request_answers',
    key: ['request_id'],
    columns: { ...seq, request_id: text, type: text, body: 'jsonb', at_ms: bigint },
  },
} as const satisfies Record<string, Table>

/** Reads the rows that entries speak of, and the bookings that hold the spaces they ask for. */
export async function loadRows(
  tx: Transaction,
  stream: StreamId,
  rows: ProjectedRows,
  wanted: {
    readonly bookingIds: readonly string[]
    readonly sessionIds: readonly string[]
    readonly paymentIds: readonly string[]
    readonly spaceIds: readonly string[]
    readonly fromMs: number
    readonly toMs: number
  },
): Promise<void> {
  const { siteId } = stream
  if (wanted.bookingIds.length > 0) {
    const found = await tx.query(
      `SELECT ${Object.keys(tables.bookings.columns).join(', ')} FROM bookings
       WHERE site_id = $1 AND booking_id = ANY ($2::text[] || ARRAY(SELECT booking_id FROM booking_blocks
         WHERE site_key = hashtextextended($1, 0) AND block && int8range($4, $5)
           AND space_key IN (SELECT hashtextextended(wanted, 0) FROM unnest($3::text[]) AS wanted)))`,
      [siteId, wanted.bookingIds, wanted.spaceIds, wanted.fromMs, wanted.toMs],
    )
    for (const row of found.rows) keepBooking(rows, row)
  }
  if (wanted.sessionIds.length > 0) {
    const found = await tx.query(
      `SELECT ${Object.keys(tables.sessions.columns).join(', ')} FROM parking_sessions
       WHERE site_id = $1 AND session_id = ANY ($2)`,
      [siteId, wanted.sessionIds],
    )
    for (const row of found.rows) rows.sessions.set(row.session_id, row)
  }
  if (wanted.paymentIds.length > 0) {
    const found = await tx.query(
      `SELECT ${Object.keys(tables.payments.columns).join(', ')} FROM payments
       WHERE site_id = $1 AND payment_id = ANY ($2)`,
      [siteId, wanted.paymentIds],
    )
    for (const row of found.rows) rows.payments.set(row.payment_id, row)
  }
}

/** Writes what the fold changed, a statement per table; the store frees spaces before it holds them anew. */
export async function writeRows(tx: Transaction, stream: StreamId, rows: ProjectedRows): Promise<void> {
  const dirty = <Row>(ids: ReadonlySet<string>, known: ReadonlyMap<string, Row>) =>
    [...ids].flatMap((id) => known.get(id) ?? [])
  const write = (table: Table, changed: readonly object[]) => upsert(tx, table, stream, changed)
  await write(tables.bookings, dirty(rows.dirty.bookings, rows.bookings))
  await write(tables.payments, dirty(rows.dirty.payments, rows.payments))
  await write(tables.sessions, dirty(rows.dirty.sessions, rows.sessions))
  await write(tables.accessEvents, rows.accessEvents)
  await write(tables.effects, [...rows.effects.values()])
  await write(tables.doorStates, [...rows.doorStates.values()])
  await write(tables.spaceStates, [...rows.spaceStates.values()])
  await write(tables.incidents, [...rows.incidents.values()])
  await write(tables.requestAnswers, [...rows.requestAnswers.values()])
  await endIncidents(tx, stream, rows.incidentEnds)
}

/** Ends open incidents by the first fact after them that does, in one statement. */
async function endIncidents(tx: Transaction, stream: StreamId, ends: readonly IncidentEnd[]): Promise<void> {
  if (ends.length === 0) return
  await tx.query(
    `UPDATE incidents i SET ended_ms = ended.at_ms, ended_incarnation = $2, ended_seq = ended.seq FROM (
       SELECT DISTINCT ON (open.incident_id) open.incident_id, sent.seq, sent.at_ms
       FROM jsonb_to_recordset($3::jsonb) AS sent (ends_with text, seq bigint, at_ms bigint)
       JOIN incidents open ON open.site_id = $1 AND open.ends_with = sent.ends_with AND open.ended_ms IS NULL
         AND (open.incarnation, open.seq) < ($2, sent.seq)
       ORDER BY open.incident_id, sent.seq) AS ended
     WHERE i.site_id = $1 AND i.incident_id = ended.incident_id`,
    [stream.siteId, stream.incarnation, JSON.stringify(ends)],
  )
}
