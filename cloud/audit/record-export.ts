import { inTransaction, type Pool, type Queryable } from '../database/pool.ts'
import type { ActOrigin } from './act.ts'
import { recordActs } from './record-acts.ts'

/**
 * Reads what leaves as a file and records that it left, in one transaction: which file, of which site, narrowed by
 * which fields of `filter` (their names, not their values) and, by `rowsOf`, how many lines.
 */
export async function recordExport<T>(
  pool: Pool,
  origin: ActOrigin,
  exported: { readonly name: string; readonly siteId?: string | undefined; readonly filter: object },
  read: (db: Queryable) => Promise<T>,
  rowsOf: (data: T) => number,
): Promise<T> {
  const { name, siteId, filter } = exported
  const filters = Object.entries(filter).flatMap(([field, value]) => (value === undefined ? [] : [field]))
  return inTransaction(pool, async (tx) => {
    const data = await read(tx)
    const after = { rows: rowsOf(data), filters: filters.sort() }
    const site = siteId === undefined ? {} : { siteId }
    await recordActs(tx, origin, [
      { act: 'data.exported', subject: { kind: 'export', id: name }, ...site, after },
    ])
    return data
  })
}
