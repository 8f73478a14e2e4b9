import { isDeepStrictEqual } from 'node:util'
import type { SiteSettings } from '@gatehouse/shared/api/site-settings-view'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { type DirectoryBody, directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import { type ActOrigin, listed } from '../audit/act.ts'
import { actOnce } from '../audit/act-once.ts'
import { recordActs } from '../audit/record-acts.ts'
import type { Pool, Queryable } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'

/** A site's row as it is in force. */
export interface SiteRow {
  readonly rev: number
  readonly body: DirectoryBody<'site'>
}

/** Reads a site's row; `undefined` for a site that is not described. */
export async function readSiteRow(db: Queryable, siteId: string): Promise<SiteRow | undefined> {
  const { rows } = await db.query<{ rev: number; body: unknown }>(
    `SELECT rev, body FROM site_directory WHERE site_id = $1 AND kind = 'site' AND key = $1 AND body IS NOT NULL`,
    [siteId],
  )
  const [row] = rows
  // What a later release wrote beside what is known here stays in the row.
  return row && directoryBodies.site.safeParse(row.body).success
    ? { rev: row.rev, body: row.body as DirectoryBody<'site'> }
    : undefined
}

/** What of a site's row HQ changes, with what is meant where the row says nothing. */
export function settingsOf({ status, settings, lending }: DirectoryBody<'site'>): SiteSettings {
  return {
    status: status ?? 'open',
    allocation: settings.allocation ?? 'nearest',
    lending: lending ?? { pools: [] },
  }
}

/** A change of a site's settings; `rev` is that of the row that it was decided over. */
export interface SettingsChange {
  readonly siteId: SiteId
  readonly rev: number
  readonly settings: SiteSettings
  readonly by: ActOrigin
}

/**
 * Writes the settings into the site's row, on record with what they were; equal ones write nothing. Refuses with
 * `not_found`, and with `settings_moved` when the row was changed since it was read.
 */
export async function changeSettings(
  pool: Pool,
  { siteId, rev, settings, by }: SettingsChange,
): Promise<Result<undefined, 'not_found' | 'settings_moved'>> {
  return actOnce(pool, by, undefined, async (tx) => {
    await tx.query('SELECT FROM directory_heads WHERE site_id = $1 FOR UPDATE', [siteId])
    const row = await readSiteRow(tx, siteId)
    if (row === undefined) return err('not_found')
    if (row.rev !== rev) return err('settings_moved')
    const before = settingsOf(row.body)
    if (isDeepStrictEqual(before, settings)) return ok(undefined)
    const { status, allocation, lending } = settings
    const body = { ...row.body, status, lending, settings: { ...row.body.settings, allocation } }
    await putRows(tx, siteId, [{ kind: 'site', key: siteId, body }])
    const subject = { kind: 'site', id: siteId } as const
    await recordActs(tx, by, [
      { act: 'site.settings_changed', subject, siteId, before: told(before), after: told(settings) },
    ])
    return ok(undefined)
  })
}

/** What the record says of settings: pools in full, of spaces that are never lent the first. */
function told({ status, allocation, lending: { pools, never = [] } }: SiteSettings) {
  const lends = pools.map(({ poolId, policy }) => `${poolId} ${Object.values(policy).join(' ')}`)
  return { status, allocation, lends: listed(lends), never: listed(never) }
}
