import type { Clock } from '@gatehouse/shared/clock/clock'
import { type RequestId, type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { RemoteCommand } from '@gatehouse/shared/wire/v1/remote-commands'
import type { ActOrigin } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import type { Notifications } from '../database/notifications.ts'
import { inTransaction, type Pool, type Queryable } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'
import { waitForRequest } from '../ingest/request-answers.ts'
import type { DueJob } from '../jobs/run-due.ts'
import { readSiteHealth } from '../sites/site-health.ts'

export type RemoteAct = RemoteCommand['act']

/** For how long after it was asked a site still does it (RULES, Access: remote unlocks 10 s). */
const validMs: Readonly<Record<RemoteAct['kind'], number>> = {
  unlockDoor: 10_000,
  startLockdown: 60_000,
  endLockdown: 60_000,
  forgivePassback: 60_000,
}
const actCodes = {
  unlockDoor: 'remote.unlock_asked',
  startLockdown: 'remote.lockdown_asked',
  endLockdown: 'remote.release_asked',
  forgivePassback: 'remote.forgiveness_asked',
} as const
/** Rows that no site will ever do burden its directory so long at most. */
const rowMaxMs = 10 * 60_000
const sweptMax = 200

export interface RemoteParts {
  readonly pool: Pool
  readonly notifications: Notifications
  /** How long a call waits for the site's answer, milliseconds. */
  readonly answerMaxMs: number
}

export interface RemoteRequest {
  readonly siteId: SiteId
  /** The same id again asks for the answer of the first time. */
  readonly requestId: RequestId
  readonly act: RemoteAct
}

/**
 * Asks a site's doors for something from afar and waits for its answer. The row quotes the machine's latest boot and
 * monotonic time (ARCHITECTURE §5); asking is an act of the audit. `pending` means not answered yet: the site does it
 * within its validity or never. Refuses `remote_unreachable` before anything is written, else with the site's code.
 */
export async function commandFromAfar(
  parts: RemoteParts,
  origin: ActOrigin,
  request: RemoteRequest,
): Promise<Result<'done' | 'pending', string>> {
  const { pool } = parts
  const { siteId, requestId, act } = request
  const [health] = await readSiteHealth(pool, origin.nowMs, [siteId])
  const { heartbeat, heardMs } = health ?? {}
  if (!health?.online || heartbeat === undefined || heardMs === undefined) return err('remote_unreachable')
  const body: RemoteCommand = {
    act,
    by: origin.actor.id,
    bootId: heartbeat.bootId,
    monotonicMs: heartbeat.monotonicMs + Math.max(0, origin.nowMs - heardMs),
    validMs: validMs[act.kind],
    askedMs: origin.nowMs,
    ...(origin.traceId && { traceId: origin.traceId }),
  }
  await inTransaction(pool, async (tx) => {
    const asked = await tx.query(
      "SELECT FROM site_directory WHERE site_id = $1 AND kind = 'remote_command' AND key = $2 FOR UPDATE",
      [siteId, requestId],
    )
    if (asked.rowCount !== 0) return
    await putRows(tx, siteId, [{ kind: 'remote_command', key: requestId, body }])
    const door = act.kind === 'unlockDoor' && ({ kind: 'door', id: act.doorId } as const)
    const subject = door || ({ kind: 'site', id: siteId } as const)
    await recordActs(tx, origin, [{ act: actCodes[act.kind], subject, siteId }])
  })
  const answer = await waitForRequest({ ...parts, db: pool }, requestId, parts.answerMaxMs)
  // Another site cannot answer for this one.
  if (answer?.siteId !== siteId) return ok('pending')
  return answer.type === 'request.refused' ? err(String(answer.body.code)) : ok('done')
}

const deadRow = `d.kind = 'remote_command' AND d.body IS NOT NULL
  AND (d.body->>'askedMs')::bigint < $1::bigint - ${rowMaxMs}`

/** Clears directories of commands from afar; run it every few seconds. */
export function remoteCommandJob(pool: Pool, clock: Clock): DueJob {
  return {
    isDue: `EXISTS (SELECT FROM site_directory d WHERE ${deadRow})`,
    run: () => sweepRemoteCommands(pool, clock.now().wallMs),
  }
}

/** Takes answered and dead rows of commands from afar out of the sites' directories. Tells how many. */
async function sweepRemoteCommands(pool: Pool, nowMs: number): Promise<number> {
  const { rows } = await pool.query<{ site_id: string; key: string }>(
    `SELECT d.site_id, d.key FROM site_directory d WHERE ${deadRow} ORDER BY d.rev LIMIT ${sweptMax}`,
    [nowMs],
  )
  for (const { site_id, key } of rows) {
    const siteId = siteIdSchema.parse(site_id)
    await inTransaction(pool, (tx) => putRows(tx, siteId, [{ kind: 'remote_command', key, body: null }]))
  }
  return rows.length
}

/** A door as HQ sees it; `state` is what its contact told last, absent when nothing was told yet. */
export interface DoorRow {
  readonly doorId: string
  readonly name: string
  readonly state?: string | undefined
  readonly sinceMs?: number | undefined
}

/** The doors of a site by name, and since when (epoch ms) it is locked down, if it is. */
export async function readDoors(
  db: Queryable,
  siteId: SiteId,
): Promise<{
  readonly doors: readonly DoorRow[]
  readonly lockdownSinceMs?: number
  readonly keepsPlaces: boolean
}> {
  const doors = await db.query<{
    doorId: string
    name: string
    state: string | null
    sinceMs: number | null
    isBetweenZones: boolean
  }>(
    `SELECT d.key AS "doorId", d.body->>'name' AS name, s.state, s.since_ms AS "sinceMs",
       d.body ?| ARRAY['zoneId', 'outerZoneId'] AS "isBetweenZones"
     FROM site_directory d LEFT JOIN door_states s ON s.site_id = d.site_id AND s.door_id = d.key
     WHERE d.site_id = $1 AND d.kind = 'door' AND d.body IS NOT NULL ORDER BY name, d.key`,
    [siteId],
  )
  const lockdown = await db.query<{ sinceMs: number | null }>(
    `SELECT min(at_ms) AS "sinceMs" FROM incidents
     WHERE site_id = $1 AND kind = 'lockdown' AND ended_ms IS NULL`,
    [siteId],
  )
  const sinceMs = lockdown.rows[0]?.sinceMs ?? undefined
  return {
    doors: doors.rows.map(({ doorId, name, state, sinceMs }) => ({
      ...{ doorId, name },
      ...(state !== null && sinceMs !== null && { state, sinceMs }),
    })),
    keepsPlaces: doors.rows.some((door) => door.isBetweenZones),
    ...(sinceMs !== undefined && { lockdownSinceMs: sinceMs }),
  }
}
