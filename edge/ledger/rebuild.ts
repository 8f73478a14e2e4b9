import { type ChainHead, chainBreak, emptyHead, sha256Hex } from '@gatehouse/shared/ledger/chain'
import { entryFrameSchema, parseEvent } from '@gatehouse/shared/wire/v1/entries'
import Database from 'better-sqlite3'
import type { LedgerModule } from './command.ts'
import type { SiteDatabase } from './database.ts'
import { ledgerModule } from './ledger-module.ts'
import { applyEntry } from './projection.ts'
import { statement } from './statements.ts'

/** What comparing the stored tables with a replay of the ledger found. */
export interface RebuildReport {
  readonly entries: number
  /** Where the chain does not continue or an entry's hash is wrong. */
  readonly breaks: readonly { readonly incarnation: number; readonly seq: number; readonly why: string }[]
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly equal: boolean }[]
  readonly equal: boolean
}

interface EntryRow {
  readonly incarnation: number
  readonly seq: number
  readonly hash: string
  readonly text: string
}

/** Replays the whole ledger of `db` into fresh tables, checks its chains, and compares every projected table. */
export function checkRebuild(db: SiteDatabase, modules: readonly LedgerModule[]): RebuildReport {
  const all = [ledgerModule, ...modules]
  const fresh = new Database(':memory:')
  try {
    for (const module of all) fresh.exec(module.tablesSql)
    const { entries, breaks } = replay(db, fresh, all)
    const tables = withAllTables(db, all, () =>
      all.flatMap((module) => module.projectedTables).map((table) => compareTable(db, fresh, table)),
    )
    return { entries, breaks, tables, equal: breaks.length === 0 && tables.every(({ equal }) => equal) }
  } finally {
    fresh.close()
  }
}

function replay(
  db: SiteDatabase,
  fresh: SiteDatabase,
  modules: readonly LedgerModule[],
): Pick<RebuildReport, 'entries' | 'breaks'> {
  const projections = modules.map((module) => module.projections)
  const heads = new Map<number, ChainHead>()
  const breaks: { incarnation: number; seq: number; why: string }[] = []
  let entries = 0
  const rows = statement<EntryRow>(
    db,
    'SELECT incarnation, seq, hash, text FROM entries ORDER BY incarnation, seq',
  ).iterate()
  for (const row of rows) {
    const why = brokenLink(row, heads.get(row.incarnation) ?? emptyHead)
    if (why) breaks.push({ incarnation: row.incarnation, seq: row.seq, why })
    heads.set(row.incarnation, { seq: row.seq, hash: row.hash })
    const frame = entryFrameSchema.safeParse(JSON.parse(row.text))
    const event = frame.success ? parseEvent(frame.data) : undefined
    if (frame.success && event) applyEntry(fresh, projections, event, frame.data)
    entries += 1
  }
  return { entries, breaks }
}

function brokenLink(row: EntryRow, head: ChainHead): string | undefined {
  if (sha256Hex(row.text) !== row.hash) return 'wrong_hash'
  const { seq, prev } = JSON.parse(row.text) as { seq: number; prev: string }
  return chainBreak(head, { seq, prev })
}

/** A release before made no tables that came later: what the next start makes of the store is compared, and undone. */
function withAllTables<T>(db: SiteDatabase, modules: readonly LedgerModule[], compare: () => T): T {
  const behind = modules.filter(({ projectedTables }) =>
    projectedTables.some((table) => !hasTable(db, table)),
  )
  if (behind.length === 0) return compare()
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const { tablesSql } of behind) db.exec(tablesSql)
    return compare()
  } finally {
    db.exec('ROLLBACK')
  }
}

function hasTable(db: SiteDatabase, table: string): boolean {
  return statement(db, 'SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined
}

function compareTable(db: SiteDatabase, fresh: SiteDatabase, table: string): RebuildReport['tables'][number] {
  const stored = tableDigest(db, table)
  const replayed = tableDigest(fresh, table)
  return { table, rows: stored.rows, equal: stored.digest === replayed.digest }
}

function tableDigest(db: SiteDatabase, table: string): { rows: number; digest: string } {
  const rows = db
    .prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`)
    .all()
    .map((row) => JSON.stringify(row))
    .sort()
  return { rows: rows.length, digest: sha256Hex(rows.join('\n')) }
}
