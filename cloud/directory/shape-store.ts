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

interface HeadColumns {
  readonly head_epoch: number
  readonly head_rev: number
  readonly pruned_rev: number
}

const headColumns = `coalesce(h.epoch, i.epoch) AS head_epoch, coalesce(h.rev, 0) AS head_rev,
  coalesce(h.pruned_rev, 0) AS pruned_rev`
const headTables = 'cloud_identity i LEFT JOIN directory_heads h ON h.site_id = $1'

/** The position of a site's directory; before the first row it stands at 0 of the cloud's epoch. */
export async function readShapeHead(db: Queryable, siteId: SiteId): Promise<ShapeHead> {
  const { rows } = await db.query<HeadColumns>(`SELECT ${headColumns} FROM ${headTables}`, [siteId])
  return headOf(rows[0])
}

function headOf(row: HeadColumns | undefined): ShapeHead {
  return row === undefined
    ? { epoch: 1, rev: 0, prunedRev: 0 }
    : { epoch: row.head_epoch, rev: row.head_rev, prunedRev: row.pruned_rev }
}

/** What was read of a directory, and where it stood at that moment. */
export interface ShapePicture {
  readonly head: ShapeHead
  readonly changes: readonly ShapeChange[]
}

/** All current rows, tombstones included, with the position they stand for, as one consistent picture. */
export async function readSnapshot(db: Queryable, siteId: SiteId): Promise<ShapePicture> {
  return pictureOf(db, "SELECT *, 'insert' AS operation FROM site_directory WHERE site_id = $1", [siteId])
}

/** At most `limit` changes after `afterRev`, or after the head when it is absent, in order, as one consistent picture. */
export async function readChangesAfter(
  db: Queryable,
  siteId: SiteId,
  range: { readonly afterRev: number | undefined; readonly limit: number },
): Promise<ShapePicture> {
  const log = 'SELECT * FROM site_directory_log WHERE site_id = $1 AND rev > $2 ORDER BY rev LIMIT $3'
  return pictureOf(db, log, [siteId, range.afterRev ?? null, range.limit])
}

// One statement is one snapshot: the position and the rows belong together.
async function pictureOf(db: Queryable, rowsSql: string, values: unknown[]): Promise<ShapePicture> {
  const { rows } = await db.query<HeadColumns & (ShapeChange | { readonly operation: null })>(
    `SELECT ${headColumns}, d.operation, d.kind, d.key, d.epoch, d.rev, d.body::text, d.digest
     FROM ${headTables} LEFT JOIN LATERAL (${rowsSql}) AS d ON true ORDER BY d.rev`,
    values,
  )
  return { head: headOf(rows[0]), changes: rows.filter((row) => row.operation !== null) }
}
