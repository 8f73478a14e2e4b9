import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { Queryable } from '../database/pool.ts'

/** A change as it is served in a shape. */
export interface ShapeChange {
  readonly operation: 'insert' | 'update'
  readonly kind: string
  readonly key: string
  readonly epoch: number
  readonly rev: number
  /** JSON text; null is a tombstone. */
  readonly body: string | null
  readonly digest: string
}

/** Where a site's directory stands. */
export interface ShapeHead {
  readonly epoch: number
  readonly rev: number
  readonly prunedRev: number
}

/** The position of a site's directory; before the first row it stands at 0 of the cloud's epoch. */
export async function readShapeHead(db: Queryable, siteId: SiteId): Promise<ShapeHead> {
  const { rows } = await db.query<ShapeHead>(
    `SELECT coalesce(h.epoch, i.epoch) AS epoch, coalesce(h.rev, 0) AS rev,
       coalesce(h.pruned_rev, 0) AS "prunedRev"
     FROM cloud_identity i LEFT JOIN directory_heads h ON h.site_id = $1`,
    [siteId],
  )
  return rows[0] ?? { epoch: 1, rev: 0, prunedRev: 0 }
}

/** All current rows, tombstones included, with the position they stand for, as one consistent picture. */
export async function readSnapshot(
  db: Queryable,
  siteId: SiteId,
): Promise<{ readonly rev: number; readonly changes: readonly ShapeChange[] }> {
  // One statement is one snapshot: the position and the rows belong together.
  const { rows } = await db.query<ShapeChange & { head: number }>(
    `SELECT h.rev AS head, 'insert' AS operation, d.kind, d.key, d.epoch, d.rev, d.body::text, d.digest
     FROM directory_heads h JOIN site_directory d USING (site_id)
     WHERE h.site_id = $1 ORDER BY d.rev`,
    [siteId],
  )
  return { rev: rows[0]?.head ?? 0, changes: rows }
}

/** At most `limit` changes after `afterRev`, in order. */
export async function readChangesAfter(
  db: Queryable,
  siteId: SiteId,
  range: { readonly afterRev: number; readonly limit: number },
): Promise<readonly ShapeChange[]> {
  const { rows } = await db.query<ShapeChange>(
    `SELECT operation, kind, key, epoch, rev, body::text, digest FROM site_directory_log
     WHERE site_id = $1 AND rev > $2 ORDER BY rev LIMIT $3`,
    [siteId, range.afterRev, range.limit],
  )
  return rows
}
