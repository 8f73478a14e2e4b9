import { type DirectoryBody, type DirectoryKind, directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import type { Queryable } from '../database/pool.ts'

/** A row of a site's directory that is in force. */
export interface DirectoryEntry<K extends DirectoryKind> {
  readonly siteId: string
  readonly key: string
  readonly body: DirectoryBody<K>
}

/** The rows of one kind that are in force, of the sites named or of all; unreadable ones are left out. */
export async function readDirectory<K extends DirectoryKind>(
  db: Queryable,
  kind: K,
  siteIds?: readonly string[],
): Promise<readonly DirectoryEntry<K>[]> {
  const { rows } = await db.query<{ site_id: string; key: string; body: unknown }>(
    `SELECT site_id, key, body FROM site_directory
     WHERE kind = $1 AND body IS NOT NULL AND ($2::text[] IS NULL OR site_id = ANY ($2))
     ORDER BY site_id, key`,
    [kind, siteIds ?? null],
  )
  return rows.flatMap(({ site_id, key, body }) => {
    const parsed = directoryBodies[kind].safeParse(body)
    return parsed.success ? [{ siteId: site_id, key, body: parsed.data as DirectoryBody<K> }] : []
  })
}
