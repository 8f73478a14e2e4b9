import { inTransaction, type Pool, type Queryable } from '../database/pool.ts'
import type { ActOrigin } from './act.ts'
import { recordActs } from './record-acts.ts'

/** Reads what leaves as a file and records that it left, in one transaction; `rowsOf` counts the lines of it. */
export async function recordExport<T>(
  pool: Pool,
  origin: ActOrigin,
  exported: { readonly name: string; readonly siteId?: string; readonly filters: readonly string[] },
  read: (db: Queryable) => Promise<T>,
  rowsOf: (data: T) => number,
): Promise<T> {
  const { name, siteId, filters } = exported
  return inTransaction(pool, async (tx) => {
    const data = await read(tx)
    const after = { rows: rowsOf(data), filters: [...filters].sort() }
    const site = siteId === undefined ? {} : { siteId }
    await recordActs(tx, origin, [
      { act: 'data.exported', subject: { kind: 'export', id: name }, ...site, after },
    ])
    return data
  })
}
