import type { LedgerModule } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'

/** Tables that belong to the ledger or to the life before, and are made anew. */
const ownTables = new Set([
  'entries',
  'pruned_entries',
  'ledger_checkpoint',
  'effects',
  'answered_commands',
  'upload_position',
  'acknowledged_epoch',
])

/**
 * Copies what is in no entry from the box's own old store into a recovered one: sealed names and plates, answers that
 * callers may ask for again, the directory, card payments under way, effects whose outcome is open. Call it while nobody
 * writes to either; `old` is the attached name of the old store.
 */
export function carryOver(db: SiteDatabase, modules: readonly LedgerModule[], old: string): void {
  const projected = new Set(modules.flatMap(({ projectedTables }) => projectedTables))
  for (const table of tablesOf(db, old)) {
    if (projected.has(table) || ownTables.has(table)) continue
    copy(db, table, { old, where: 'true' })
  }
  copy(db, 'effects', { old, where: 'outcome IS NULL' })
}

function tablesOf(db: SiteDatabase, schema: string): string[] {
  return db
    .prepare<[], { name: string }>(
      `SELECT name FROM ${schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
    )
    .all()
    .map(({ name }) => name)
}

function copy(
  db: SiteDatabase,
  table: string,
  { old, where }: { readonly old: string; readonly where: string },
): void {
  const known = new Set(columnsOf(db, old, table))
  const columns = columnsOf(db, 'main', table).filter((column) => known.has(column))
  if (columns.length === 0) return
  const list = columns.join(', ')
  db.exec(`INSERT OR REPLACE INTO main.${table} (${list}) SELECT ${list} FROM ${old}.${table} WHERE ${where}`)
}

function columnsOf(db: SiteDatabase, schema: string, table: string): string[] {
  return db
    .prepare<[string, string], { name: string }>('SELECT name FROM pragma_table_info(?, ?)')
    .all(table, schema)
    .map(({ name }) => name)
}
