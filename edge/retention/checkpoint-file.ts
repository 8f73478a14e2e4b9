import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { LedgerModule, Projections } from '../ledger/command.ts'
import { openDatabase, type SiteDatabase } from '../ledger/database.ts'
import { placeInChain } from '../ledger/kept-chain.ts'
import { ledgerModule } from '../ledger/ledger-module.ts'
import { applyStored } from '../ledger/projection.ts'
import { statement } from '../ledger/statements.ts'
import { claimStoreFormat } from '../site/store-format.ts'
import type { LedgerPlace } from './decide-retention.ts'

/** Every table that is projected, as of one entry of the ledger; beside the store, inside the data folder. */
export const checkpointFile = 'checkpoint.sqlite'

/** What to do about a checkpoint that cannot be used. */
export const checkpointAdvice =
  'The site works on and keeps its entries. Put checkpoint.sqlite back from a backup of this store, or let another box adopt the site.'

const tablesSql = `CREATE TABLE IF NOT EXISTS checkpoint_position (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  incarnation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT`

/** Rows of a table that are digested before somebody else gets a turn. */
const digestRowsMax = 500

/** An entry by its place and hash. */
export interface NamedEntry extends LedgerPlace {
  readonly hash: string
}

/** An entry as the ledger holds it. */
export interface LedgerRow extends NamedEntry {
  readonly text: string
}

/** What the store says of its checkpoint. */
export interface StoredCheckpoint extends NamedEntry {
  /** Over the projected tables as of that entry. */
  readonly stateDigest: string
  readonly madeMs: number
}

/** Why a checkpoint cannot stand for the entries that were pruned. */
export type CheckpointProblem =
  | 'checkpoint_missing'
  | 'checkpoint_behind'
  | 'checkpoint_elsewhere'
  | 'checkpoint_altered'

/**
 * The tables of a site as of one entry, made by replaying the ledger portion by portion.
 *
 *   none ─ first portion ─▶ under way ─ last portion ─▶ complete: its digest goes into the store, then entries are pruned
 *                              ▲─── next portion ──┘                       complete ─ later entries got old ─▶ under way
 *
 * Position and tables move in one transaction, so that a crash leaves a whole checkpoint of an earlier entry.
 */
export class CheckpointFile {
  readonly db: SiteDatabase
  readonly #projections: readonly Projections[]
  readonly #tables: readonly string[]

  /** Opens the file, or makes it. Throws `store_damaged` and the like. */
  constructor(path: string, modules: readonly LedgerModule[]) {
    this.db = openDatabase({ path, locking: 'shared' })
    claimStoreFormat(this.db)
    const all = [ledgerModule, ...modules]
    for (const module of all) this.db.exec(module.tablesSql)
    this.db.exec(tablesSql)
    this.#projections = all.map(({ projections }) => projections)
    this.#tables = all.flatMap(({ projectedTables }) => projectedTables)
  }

  /** The last entry that is in it; `undefined` while there is none. */
  get position(): NamedEntry | undefined {
    return positionIn(this.db)
  }

  /** Applies the entries that follow its position, in order; durable when it returns. */
  advance(rows: readonly LedgerRow[]): void {
    const last = rows.at(-1)
    if (!last) return
    this.db.transaction(() => {
      for (const { text } of rows) applyStored(this.db, this.#projections, text)
      statement(
        this.db,
        `INSERT INTO checkpoint_position (one, incarnation, seq, hash) VALUES (1, ?, ?, ?)
         ON CONFLICT (one) DO UPDATE SET incarnation = excluded.incarnation, seq = excluded.seq, hash = excluded.hash`,
      ).run(last.incarnation, last.seq, last.hash)
    })()
  }

  /**
   * A digest over every projected table, behind one over their columns: only digests of the same columns compare. `rest`
   * is awaited after each portion of rows.
   */
  async stateDigest(rest: () => Promise<void>): Promise<string> {
    const digest = createHash('sha256')
    const columns = this.#tables.map((table) => [table, columnsOf(this.db, table)])
    for (const table of this.#tables) {
      digest.update(`${table}\n`)
      let rows = 0
      for (const row of this.db.prepare(inOrder(this.db, table)).iterate()) {
        digest.update(`${JSON.stringify(row)}\n`)
        rows += 1
        if (rows % digestRowsMax === 0) await rest()
      }
    }
    return `${sha256Hex(JSON.stringify(columns)).slice(0, 16)}:${digest.digest('hex')}`
  }

  close(): void {
    this.db.close()
  }
}

function positionIn(db: SiteDatabase): NamedEntry | undefined {
  const sql = 'SELECT incarnation, seq, hash FROM checkpoint_position WHERE one = 1'
  return statement<NamedEntry>(db, sql).get()
}

function columnsOf(db: SiteDatabase, table: string): string[] {
  return db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table)
}

/** By primary key: an order that costs nothing, and that a copy of the file has as well. */
function inOrder(db: SiteDatabase, table: string): string {
  const keys = db
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(table)
  return `SELECT * FROM ${table} ORDER BY ${keys.length > 0 ? keys.join(', ') : 'rowid'}`
}

/** Removes a checkpoint's file and what an open one leaves beside it. */
export function removeCheckpoint(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true })
}

/** Reads what the store says of its checkpoint; `undefined` while nothing of it was pruned. */
export function storedCheckpoint(db: SiteDatabase): StoredCheckpoint | undefined {
  const exists = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'ledger_checkpoint'").get()
  if (exists === undefined) return undefined
  return statement<StoredCheckpoint>(
    db,
    `SELECT incarnation, seq, hash, state_digest AS stateDigest, made_ms AS madeMs FROM ledger_checkpoint`,
  ).get()
}

/** Tells why a checkpoint does not belong to a store; one further on than the store knows is fine. */
export function misfit(db: SiteDatabase, position: NamedEntry | undefined): CheckpointProblem | undefined {
  const stored = storedCheckpoint(db)
  if (position === undefined) return stored && 'checkpoint_missing'
  if (stored && isBefore(position, stored)) return 'checkpoint_behind'
  const place = placeInChain(db, position.incarnation, position.seq)
  return place.kind === 'known' && place.hash === position.hash ? undefined : 'checkpoint_elsewhere'
}

/** The same, of the file as it lies on disk beside a store that no edge has open. */
export function findMisfit(db: SiteDatabase, path: string): CheckpointProblem | undefined {
  const stored = storedCheckpoint(db)
  if (!stored) return undefined
  if (!existsSync(path)) return 'checkpoint_missing'
  const file = openDatabase({ path, locking: 'shared' })
  try {
    return misfit(db, positionIn(file))
  } finally {
    file.close()
  }
}

function isBefore(a: LedgerPlace, b: LedgerPlace): boolean {
  return a.incarnation < b.incarnation || (a.incarnation === b.incarnation && a.seq < b.seq)
}

/** A copy of the checkpoint on which later entries can be replayed; `done` removes it. */
export interface CheckpointCopy {
  readonly db: SiteDatabase
  readonly position: NamedEntry
  readonly done: () => void
}

/**
 * Copies the checkpoint behind which entries of `site` were pruned to `to`, and checks it: `undefined` while nothing was
 * pruned. The copy is made while a running edge may move the checkpoint on.
 */
export async function copyCheckpoint(
  site: SiteDatabase,
  files: { readonly path: string; readonly to: string },
  modules: readonly LedgerModule[],
): Promise<CheckpointCopy | CheckpointProblem | undefined> {
  const stored = storedCheckpoint(site)
  if (stored === undefined) return undefined
  if (!existsSync(files.path)) return 'checkpoint_missing'
  const { path, to } = files
  removeCheckpoint(to)
  const source = openDatabase({ path, locking: 'shared' })
  try {
    source.prepare('VACUUM INTO ?').run(to)
  } finally {
    source.close()
  }
  const copy = new CheckpointFile(to, modules)
  const done = () => {
    copy.close()
    removeCheckpoint(to)
  }
  const { position } = copy
  const problem = misfit(site, position) ?? (await altered(copy, stored))
  if (position !== undefined && problem === undefined) return { db: copy.db, position, done }
  done()
  return problem ?? 'checkpoint_missing'
}

/** Only the checkpoint that the store names has a digest to compare with. */
async function altered(
  copy: CheckpointFile,
  stored: StoredCheckpoint,
): Promise<CheckpointProblem | undefined> {
  const { position } = copy
  if (position?.incarnation !== stored.incarnation || position.seq !== stored.seq) return undefined
  const found = await copy.stateDigest(async () => {})
  // A release that knows more columns cannot compare with what an earlier one digested.
  if (found.split(':')[0] !== stored.stateDigest.split(':')[0]) return undefined
  return found === stored.stateDigest ? undefined : 'checkpoint_altered'
}
