import { isDeepStrictEqual } from 'node:util'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { type DirectoryKind, directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import { inTransaction, type Pool } from '../database/pool.ts'
import { type DirectoryWrite, putRows } from './put-rows.ts'
import { readDirectory } from './read-rows.ts'

/**
 * Writes those rows of a site's directory that differ from what is in force, in the given order and one
 * transaction; returns how many. Throws `unknown_site` when the site does not exist.
 */
export async function putChangedRows(
  pool: Pool,
  siteId: SiteId,
  rows: readonly DirectoryWrite[],
): Promise<number> {
  const present = new Map<string, unknown>()
  for (const kind of Object.keys(directoryBodies) as DirectoryKind[]) {
    for (const { key, body } of await readDirectory(pool, kind, [siteId])) present.set(`${kind}/${key}`, body)
  }
  const changed = rows.filter(
    ({ kind, key, body }) => !isDeepStrictEqual(present.get(`${kind}/${key}`) ?? null, body),
  )
  if (changed.length > 0) await inTransaction(pool, (tx) => putRows(tx, siteId, changed))
  return changed.length
}
