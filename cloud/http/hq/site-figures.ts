import type { Queryable } from '../../database/pool.ts'

/** Counts and sums of one site that HQ shows. */
export interface SiteFigures {
  readonly entriesToday: number
  readonly takingsTodayMinor: number
  /** Spaces in use now: vehicles inside, or spaces booked or sensed as occupied; a combined one as its parts. */
  readonly occupied: number
  readonly exceptions: number
  readonly openIncidents: number
}

/** Computes the figures of a site from its projected tables; `[fromMs, toMs)` is today in the site's zone. */
export async function readSiteFigures(
  db: Queryable,
  site: {
    readonly siteId: string
    readonly kind: 'coworking' | 'parking'
    readonly fromMs: number
    readonly toMs: number
    readonly nowMs: number
  },
): Promise<SiteFigures> {
  const found = await db.query<SiteFigures>(
    `SELECT
       (SELECT count(*) FROM ledger_entries WHERE site_id = $1 AND wall_ms >= $2 AND wall_ms < $3)
         AS "entriesToday",
       (SELECT coalesce(sum(CASE kind WHEN 'captured' THEN amount_minor ELSE -amount_minor END), 0)::bigint
        FROM payments WHERE site_id = $1 AND at_ms >= $2 AND at_ms < $3) AS "takingsTodayMinor",
       CASE WHEN $5 THEN
         (SELECT count(*) FROM parking_sessions WHERE site_id = $1 AND entered_ms IS NOT NULL AND departed_ms IS NULL)
       ELSE
         (SELECT count(*) FROM (
            SELECT unnest(CASE parts WHEN '{}' THEN ARRAY[space_id] ELSE parts END) AS space_id
            FROM bookings WHERE site_id = $1 AND status IN ('confirmed', 'checked_in')
              AND from_ms <= $4 AND to_ms > $4
            UNION SELECT coalesce(part, space_id) FROM space_states
              LEFT JOIN site_directory d
                ON d.site_id = space_states.site_id AND d.kind = 'space' AND d.key = space_states.space_id
              LEFT JOIN jsonb_array_elements_text(d.body->'parts') AS part ON true
            WHERE space_states.site_id = $1 AND occupied) AS used)
       END AS occupied,
       (SELECT count(*) FROM exceptions WHERE site_id = $1 AND closed_ms IS NULL) AS exceptions,
       (SELECT count(*) FROM incidents WHERE site_id = $1 AND is_open) AS "openIncidents"`,
    [site.siteId, site.fromMs, site.toMs, site.nowMs, site.kind === 'parking'],
  )
  const [figures] = found.rows
  return figures ?? { entriesToday: 0, takingsTodayMinor: 0, occupied: 0, exceptions: 0, openIncidents: 0 }
}
