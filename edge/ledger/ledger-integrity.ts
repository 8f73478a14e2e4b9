import { type ChainHead, chainBreak, sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { SiteDatabase } from './database.ts'
import { prunedHead } from './kept-chain.ts'
import { statement } from './statements.ts'

/**
 * What is looked at before a store is used (decision record: damaged-ledger.md). The work is bounded, because
 * a site that restarts has people in front of its doors:
 * - the whole file by `quick_check` up to 256 MiB; beyond, every table but the two that grow without end;
 * - the whole chain up to 10,000 entries; beyond, the newest 10,000 and 500 links spread over the rest.
 */
export interface IntegrityBounds {
  readonly wholeFileBytesMax: number
  readonly newestEntriesMax: number
  readonly sampledLinksMax: number
}

const usualBounds: IntegrityBounds = {
  wholeFileBytesMax: 256 * 1024 * 1024,
  newestEntriesMax: 10_000,
  sampledLinksMax: 500,
}
const endlessTables = new Set(['entries', 'receipts'])

interface ChainRow {
  readonly seq: number
  readonly hash: string
  readonly text: string
}

/** Tells in a few words what is wrong with a store, or `undefined` when nothing was found. Never throws. */
export function findDamage(
  db: SiteDatabase,
  incarnation: number,
  bounds: IntegrityBounds = usualBounds,
): string | undefined {
  try {
    return brokenPages(db, bounds) ?? brokenChain(db, incarnation, bounds)
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : String(error)}`
  }
}

function brokenPages(db: SiteDatabase, { wholeFileBytesMax }: IntegrityBounds): string | undefined {
  const pages = db.pragma('page_count', { simple: true }) as number
  const bytes = pages * (db.pragma('page_size', { simple: true }) as number)
  if (bytes <= wholeFileBytesMax) return quickCheck(db, 'quick_check(1)')
  const tables = db
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .filter(({ name }) => !endlessTables.has(name) && !name.startsWith('sqlite_'))
  for (const { name } of tables) {
    const found = quickCheck(db, `quick_check('${name}')`)
    if (found !== undefined) return found
  }
  return undefined
}

function quickCheck(db: SiteDatabase, pragma: string): string | undefined {
  const answer = String(db.pragma(pragma, { simple: true }))
  return answer === 'ok' ? undefined : `quick_check: ${answer}`
}

function brokenChain(db: SiteDatabase, incarnation: number, bounds: IntegrityBounds): string | undefined {
  const hasEntries = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entries'").get() !== undefined
  if (!hasEntries) return undefined
  const last = statement<{ seq: number | null }>(
    db,
    'SELECT max(seq) AS seq FROM entries WHERE incarnation = ?',
  ).get(incarnation)
  const pruned = prunedHead(db, incarnation)
  const lastSeq = last?.seq ?? 0
  const chain = { db, incarnation, pruned }
  const firstSeq = Math.max(pruned.seq + 1, lastSeq - bounds.newestEntriesMax + 1)
  return brokenRun(chain, firstSeq, lastSeq) ?? brokenSample(chain, firstSeq, bounds.sampledLinksMax)
}

/** The kept chain of one life, which goes on from its last pruned entry. */
interface KeptChain {
  readonly db: SiteDatabase
  readonly incarnation: number
  readonly pruned: ChainHead
}

/** Checks every entry of `[firstSeq, lastSeq]`: its hash, its number and its link to the one before. */
function brokenRun(
  { db, incarnation, pruned }: KeptChain,
  firstSeq: number,
  lastSeq: number,
): string | undefined {
  const rows = statement<ChainRow>(
    db,
    'SELECT seq, hash, text FROM entries WHERE incarnation = ? AND seq BETWEEN ? AND ? ORDER BY seq',
  ).iterate(incarnation, firstSeq - 1, lastSeq)
  let head: ChainHead | undefined = firstSeq === pruned.seq + 1 ? pruned : undefined
  for (const row of rows) {
    const broken = brokenEntry(row, head)
    if (broken !== undefined) return `entry ${row.seq}: ${broken}`
    head = { seq: row.seq, hash: row.hash }
  }
  return head?.seq === lastSeq || (lastSeq === 0 && pruned.seq === 0) ? undefined : `entry ${lastSeq}: gap`
}

function brokenSample(chain: KeptChain, beforeSeq: number, countMax: number): string | undefined {
  const first = chain.pruned.seq + 1
  const step = Math.max(1, Math.ceil((beforeSeq - first + 1) / countMax))
  for (let seq = first; seq < beforeSeq - 1; seq += step) {
    const broken = brokenRun(chain, seq, seq + 1)
    if (broken !== undefined) return broken
  }
  return undefined
}

function brokenEntry(row: ChainRow, head: ChainHead | undefined): string | undefined {
  if (sha256Hex(row.text) !== row.hash) return 'wrong_hash'
  const { seq, prev } = JSON.parse(row.text) as { seq: number; prev: string }
  if (seq !== row.seq) return 'wrong_seq'
  return head && chainBreak(head, { seq, prev })
}
