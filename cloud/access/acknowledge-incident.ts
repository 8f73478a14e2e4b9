import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { ActOrigin } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import { inTransaction, type Pool } from '../database/pool.ts'
import { endsByPerson } from '../ingest/incident-subject.ts'

export interface Acknowledgement {
  readonly siteId: string
  readonly incidentId: string
}

interface Row {
  readonly kind: string
  readonly endsWith: string | null
  readonly endedMs: number | null
}

/**
 * Notes that a user sees to an incident which only a person ends, and ends it with that, in one transaction with the
 * audit; done again it changes nothing. Refuses `not_found`, and `incident_ends_on_site` for what a fact of the site
 * ends or what is over at once.
 */
export async function acknowledgeIncident(
  pool: Pool,
  origin: ActOrigin,
  { siteId, incidentId }: Acknowledgement,
): Promise<Result<null, 'not_found' | 'incident_ends_on_site'>> {
  return inTransaction(pool, async (tx) => {
    const found = await tx.query<Row>(
      `SELECT kind, ends_with AS "endsWith", ended_ms AS "endedMs" FROM incidents
       WHERE site_id = $1 AND incident_id = $2 FOR UPDATE`,
      [siteId, incidentId],
    )
    const [before] = found.rows
    if (before === undefined) return err('not_found')
    if (!before.endsWith?.startsWith(endsByPerson)) return err('incident_ends_on_site')
    if (before.endedMs !== null) return ok(null)
    await tx.query(
      'UPDATE incidents SET ended_ms = $3, acknowledged_by = $4 WHERE site_id = $1 AND incident_id = $2',
      [siteId, incidentId, origin.nowMs, origin.actor.id],
    )
    const subject = { kind: 'incident', id: incidentId } as const
    await recordActs(tx, origin, [
      { act: 'incident.acknowledged', subject, siteId, after: { kind: before.kind } },
    ])
    return ok(null)
  })
}
