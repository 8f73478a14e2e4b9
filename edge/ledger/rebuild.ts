import { type ChainHead, chainBreak, sha256Hex } from '@gatehouse/shared/ledger/chain'
import Database from 'better-sqlite3'
import type { LedgerModule } from './command.ts'
import type { SiteDatabase } from './database.ts'
import { prunedHead } from './kept-chain.ts'
import { ledgerModule } from './ledger-module.ts'
import { applyStored } from './projection.ts'
import { statement } from './statements.ts'

/** What comparing the stored tables with a replay of the ledger found. */
export interface RebuildReport {
  /** How many were replayed. */
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

/** Tables as of an entry, from which a replay goes on; its caller closes them. */
export interface ReplayStart {
  readonly db: SiteDatabase
  /** The last entry that is in them already. */
  readonly position: { readonly incarnation: number; readonly seq: number }
}

/**
 * Replays the ledger of `db` into fresh tables, or from a checkpoint into its own, checks its chains, and compares every
 * projected table. A ledger that was pruned is equal only from its checkpoint.
 */
export function checkRebuild(
  db: SiteDatabase,
  modules: readonly LedgerModule[],
  checkpoint?: ReplayStart,
): RebuildReport {
  const all = [ledgerModule, ...modules]
  const fresh = checkpoint?.db ?? new Database(':memory:')
  try {
    for (const module of all) fresh.exec(module.tablesSql)
    const { entries, breaks } = replay(db, fresh, { modules: all, after: checkpoint?.position })
    const tables = withAllTables(db, all, () =>
      all.flatMap((module) => module.projectedTables).map((table) => compareTable(db, fresh, table)),
    )
    return { entries, breaks, tables, equal: breaks.length === 0 && tables.every(({ equal }) => equal) }
  } finally {
    if (!checkpoint) fresh.close()
  }
}

function replay(
  db: SiteDatabase,
  fresh: SiteDatabase,
  {
    modules,
    after = { incarnation: 0, seq: 0 },
  }: { readonly modules: readonly LedgerModule[]; readonly after: ReplayStart['position'] | undefined },
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
    const why = brokenLink(row, heads.get(row.incarnation) ?? prunedHead(db, row.incarnation))
    if (why) breaks.push({ incarnation: row.incarnation, seq: row.seq, why })
    heads.set(row.incarnation, { seq: row.seq, hash: row.hash })
    if (isAtOrBefore(row, after)) continue
    applyStored(fresh, projections, row.text)
    entries += 1
  }
  return { entries, breaks }
}

function isAtOrBefore(row: EntryRow, { incarnation, seq }: ReplayStart['position']): boolean {
  return row.incarnation < incarnation || (row.incarnation === incarnation && row.seq <= seq)
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
