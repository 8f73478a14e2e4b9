import type { HourView } from '@gatehouse/shared/api/hq-views'
import type { Queryable } from '../../database/pool.ts'

const hourMs = 3_600_000
/** Two weeks of hours at most in one answer. */
export const hoursMax = 14 * 24

interface HourRow {
  readonly hour_ms: number
  readonly occupied_ms: number
  readonly takings_minor: number
}

/**
 * Occupancy (booked time at coworking sites, time vehicles were inside at parking sites) and takings of the
 * given sites, by hour. `toMs` is rounded up to a whole hour; future bookings count only up to `nowMs`.
 */
export async function readHours(
  db: Queryable,
  asked: {
    readonly siteIds: readonly string[]
    readonly capacity: number
    readonly toMs: number
    readonly hours: number
    readonly nowMs: number
  },
): Promise<readonly HourView[]> {
  const endMs = Math.ceil(asked.toMs / hourMs) * hourMs
  const hours = Math.min(asked.hours, hoursMax)
  const startMs = endMs - hours * hourMs
  const found = await db.query<HourRow>(
    `WITH hour AS (SELECT generate_series($2::bigint, $3::bigint - 1, ${hourMs}) AS hour_ms),
     used AS (
       -- A combined space is in use as its parts are.
       SELECT from_ms, least(to_ms, $4) AS to_ms, greatest(cardinality(parts), 1) AS spaces FROM bookings
       WHERE site_id = ANY ($1) AND status IN ('confirmed', 'checked_in', 'completed')
         AND from_ms < $3 AND to_ms > $2
         AND NOT EXISTS (SELECT FROM site_directory d WHERE d.site_id = bookings.site_id AND d.kind = 'site'
           AND d.body->>'kind' = 'parking')
       UNION ALL
       SELECT entered_ms, coalesce(departed_ms, $4), 1 FROM parking_sessions
       WHERE site_id = ANY ($1) AND entered_ms < $3 AND coalesce(departed_ms, $4) > $2),
     occupied AS (
       SELECT hour_ms,
         sum(spaces * (least(to_ms, hour_ms + ${hourMs}) - greatest(from_ms, hour_ms))) AS occupied_ms
       FROM hour JOIN used ON from_ms < hour_ms + ${hourMs} AND to_ms > hour_ms GROUP BY hour_ms),
     taken AS (
       SELECT at_ms - at_ms % ${hourMs} AS hour_ms,
         sum(CASE kind WHEN 'captured' THEN amount_minor ELSE -amount_minor END) AS takings_minor
       FROM payments WHERE site_id = ANY ($1) AND at_ms >= $2 AND at_ms < $3 GROUP BY 1)
     SELECT hour_ms, coalesce(occupied_ms, 0)::float8 AS occupied_ms,
       coalesce(takings_minor, 0)::bigint AS takings_minor
     FROM hour LEFT JOIN occupied USING (hour_ms) LEFT JOIN taken USING (hour_ms) ORDER BY hour_ms`,
    [asked.siteIds, startMs, endMs, asked.nowMs],
  )
  return found.rows.map((row) => hourView(row, asked.capacity, asked.nowMs))
}

function hourView(row: HourRow, capacity: number, nowMs: number): HourView {
  const passedMs = Math.max(0, Math.min(hourMs, nowMs - row.hour_ms))
  const whole = capacity * passedMs
  return {
    fromMs: row.hour_ms,
    occupied: Math.round((row.occupied_ms / hourMs) * 100) / 100,
    capacity,
    percent: whole === 0 ? 0 : Math.round((row.occupied_ms / whole) * 1000) / 10,
    amountMinor: row.takings_minor,
  }
}
