import { cloudOrigin } from '../audit/act.ts'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { decideException } from './decide.ts'
import { type ExceptionSide, moneyOf, printOf, severityOf } from './kinds.ts'
import { addStep, type CaseKey, lockCase, type StoredException, writeDecision } from './store.ts'

/** A case that was found again is not written down more often than this. */
const foundAgainMs = 60_000

export interface NewException extends CaseKey {
  /** What the site says and what the cloud says. */
  readonly sides: readonly ExceptionSide[]
  /** Further facts for whoever looks closely: ids, codes, hashes. */
  readonly detail: Readonly<Record<string, unknown>>
  /** The ledger entry to look at. */
  readonly entry?: { readonly incarnation: number; readonly seq: number }
  readonly nowMs: number
}

/**
 * Opens an exception, or opens it again when it had been settled; one that is being worked on keeps its state
 * and gets the new figures. Tells whether it is news. Call it last in the transaction.
 */
export async function openException(tx: Transaction, found: NewException): Promise<boolean> {
  const { siteId, kind, about, sides, detail, entry, nowMs } = found
  const money = moneyOf(sides)
  const { rows } = await tx.query<{ exception_id: number }>(
    `INSERT INTO exceptions (site_id, kind, about, detail, opened_ms, found_ms, severity, sides, amount_minor,
       currency, incarnation, seq)
     VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (site_id, kind, about) DO NOTHING
     RETURNING exception_id`,
    [
      ...[siteId, kind, about, JSON.stringify(detail), nowMs, severityOf(kind), JSON.stringify(sides)],
      ...[money?.amountMinor ?? null, money?.currency ?? null],
      ...[entry?.incarnation ?? null, entry?.seq ?? null],
    ],
  )
  const [opened] = rows
  if (opened !== undefined) {
    const by = { byId: 'cloud', act: 'opened', state: 'open' } as const
    const amountMinor = money?.amountMinor
    await addStep(tx, { exceptionId: opened.exception_id, atMs: nowMs, sides, amountMinor, ...by })
    return true
  }
  const before = await lockCase(tx, found)
  return before === undefined ? false : foundAgain(tx, before, found)
}

async function foundAgain(tx: Transaction, before: StoredException, found: NewException): Promise<boolean> {
  const { sides, detail, entry, nowMs } = found
  const print = printOf(sides)
  const decided = decideException(
    before.state,
    { kind: 'find', print },
    { print: before.print, needsSecond: true },
  )
  if (!decided.ok) return false
  const { act } = decided.value
  if (before.state.kind === 'settled' && act === undefined) return false
  if (act === undefined && print === before.print && nowMs - before.foundMs < foundAgainMs) return false
  await tx.query(
    `UPDATE exceptions SET found_ms = $2, detail = $3, incarnation = $4, seq = $5 WHERE exception_id = $1`,
    [
      ...[before.exceptionId, nowMs, JSON.stringify(detail)],
      ...[entry?.incarnation ?? null, entry?.seq ?? null],
    ],
  )
  await writeDecision(tx, cloudOrigin(nowMs), { before, decision: decided.value, sides })
  return act === 'reopened'
}

/** SQL that tells whether a row of `exceptions` is a case that can be settled. */
export const openCaseSql = '(closed_ms IS NULL OR accepted IS NOT NULL)'

/** Settles a case that the cloud no longer finds, as `resolved_by_itself`. Tells whether there was one. */
export async function resolveException(pool: Pool, key: CaseKey, nowMs: number): Promise<boolean> {
  // Asked at every heartbeat: nearly always there is none.
  const { rowCount } = await pool.query(
    `SELECT FROM exceptions WHERE site_id = $1 AND kind = $2 AND about = $3 AND ${openCaseSql}`,
    [key.siteId, key.kind, key.about],
  )
  return rowCount === 0 ? false : inTransaction(pool, (tx) => resolve(tx, key, nowMs))
}

async function resolve(tx: Transaction, key: CaseKey, nowMs: number): Promise<boolean> {
  const before = await lockCase(tx, key)
  if (before === undefined) return false
  const facts = { print: before.print, needsSecond: true }
  const decided = decideException(before.state, { kind: 'resolve' }, facts)
  if (!decided.ok) return false
  await writeDecision(tx, cloudOrigin(nowMs), { before, decision: decided.value, sides: before.sides })
  return decided.value.act !== undefined
}
