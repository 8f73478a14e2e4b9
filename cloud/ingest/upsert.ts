import type { Transaction } from '../database/pool.ts'
import { textArray, textArrayLiteral } from '../database/text-array.ts'
import type { StreamId } from './stream-store.ts'

export interface Table {
  readonly name: string
  /** Columns beside site and incarnation, with their types. */
  readonly columns: Readonly<Record<string, string>>
  /** What makes a row unique within a site. */
  readonly key: readonly string[]
}

/**
 * Writes rows of one table in one statement, new or in the place of those with their key. Columns go as arrays of text
 * that the store reads: what does not fit its column is refused there (SQLSTATE 22), whatever it is.
 */
export async function upsert(
  tx: Transaction,
  table: Table,
  { siteId, incarnation }: StreamId,
  rows: readonly object[],
): Promise<void> {
  if (rows.length === 0) return
  const columns = Object.keys(table.columns).map((column) =>
    textArray(rows.map((row) => textOf((row as Record<string, unknown>)[column], table.columns[column]))),
  )
  const statement = { name: `upsert-${table.name}`, text: statementOf(table) }
  await tx.query({ ...statement, values: [siteId, incarnation, ...columns] })
}

const statements = new Map<Table, string>()

function statementOf(table: Table): string {
  const known = statements.get(table)
  if (known !== undefined) return known
  const { name, columns, key } = table
  const names = Object.keys(columns)
  const typed = Object.entries(columns).map(([column, type]) => `sent.${column}::${type}`)
  const changed = ['incarnation', ...names].filter((column) => !key.includes(column))
  const text = `INSERT INTO ${name} (site_id, incarnation, ${names.join(', ')})
    SELECT $1, $2, ${typed.join(', ')}
    FROM unnest(${names.map((_, at) => `$${at + 3}::text[]`).join(', ')}) AS sent (${names.join(', ')})
    ON CONFLICT (site_id, ${key.join(', ')})
      DO UPDATE SET ${changed.map((column) => `${column} = excluded.${column}`).join(', ')}`
  statements.set(table, text)
  return text
}

function textOf(value: unknown, type: string | undefined): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' && type !== 'jsonb') return value
  if (type === 'text[]') return textArrayLiteral(value as readonly string[])
  return type === 'jsonb' ? JSON.stringify(value) : String(value)
}
