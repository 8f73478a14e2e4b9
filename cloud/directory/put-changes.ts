import { isDeepStrictEqual } from 'node:util'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { type DirectoryKind, directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import { type Act, type ActOrigin, listed } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
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
  by: ActOrigin,
): Promise<number> {
  const present = new Map<string, unknown>()
  for (const kind of Object.keys(directoryBodies) as DirectoryKind[]) {
    for (const { key, body } of await readDirectory(pool, kind, [siteId])) present.set(`${kind}/${key}`, body)
  }
  const changed = rows.filter(
    ({ kind, key, body }) => !isDeepStrictEqual(present.get(`${kind}/${key}`) ?? null, body),
  )
  if (changed.length === 0) return 0
  await inTransaction(pool, async (tx) => {
    await putRows(tx, siteId, changed)
    await recordActs(tx, by, [changeOf(siteId, changed, present)])
  })
  return changed.length
}

function changeOf(
  siteId: SiteId,
  changed: readonly DirectoryWrite[],
  present: ReadonlyMap<string, unknown>,
): Act {
  const names = (rows: readonly DirectoryWrite[]) => listed(rows.map(({ kind, key }) => `${kind}/${key}`))
  const isPresent = ({ kind, key }: DirectoryWrite) => (present.get(`${kind}/${key}`) ?? null) !== null
  const [added, known] = [changed.filter((row) => !isPresent(row)), changed.filter(isPresent)]
  const after = {
    rows: changed.length,
    added: names(added),
    changed: names(known.filter(({ body }) => body !== null)),
    removed: names(known.filter(({ body }) => body === null)),
  }
  return { act: 'directory.changed', subject: { kind: 'site', id: siteId }, siteId, after }
}
