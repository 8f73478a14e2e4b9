import type { ExceptionFix, ExceptionKind } from '@gatehouse/shared/api/exception-view'
import { assertNever } from '@gatehouse/shared/result/result'
import type { ActCode, ActOrigin } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import type { Transaction } from '../database/pool.ts'
import type { ExceptionAct, ExceptionDecision, ExceptionState } from './decide.ts'
import { type ExceptionSide, moneyOf, printOf } from './kinds.ts'

/** A case as it is stored. */
export interface StoredException {
  readonly exceptionId: number
  readonly siteId: string
  readonly kind: ExceptionKind
  readonly state: ExceptionState
  readonly sides: readonly ExceptionSide[]
  /** The differences as they were found last. */
  readonly print: string
  /** Minor units; `undefined` when no money is concerned. */
  readonly amountMinor: number | undefined
  readonly foundMs: number
}

interface ExceptionRow {
  readonly exception_id: number
  readonly site_id: string
  readonly kind: ExceptionKind
  readonly state: ExceptionState['kind']
  readonly sides: readonly ExceptionSide[]
  readonly amount_minor: number | null
  readonly opened_ms: number
  readonly found_ms: number | null
  readonly owner_id: string | null
  readonly proposed_by: string | null
  readonly fix: ExceptionFix | 'resolved_by_itself' | null
  readonly note: string | null
  readonly settled_by: string | null
  readonly accepted: string | null
}

/** Names a case: the same one is never stored twice. */
export interface CaseKey {
  readonly siteId: string
  readonly kind: ExceptionKind
  readonly about: string
}

/** Reads a case by its number and locks it until the transaction ends. */
export async function lockException(
  tx: Transaction,
  exceptionId: number,
): Promise<StoredException | undefined> {
  const { rows } = await tx.query<ExceptionRow>(
    'SELECT * FROM exceptions WHERE exception_id = $1 FOR UPDATE',
    [exceptionId],
  )
  return rows[0] && storedOf(rows[0])
}

/** Reads a case by what it is about and locks it until the transaction ends. */
export async function lockCase(
  tx: Transaction,
  { siteId, kind, about }: CaseKey,
): Promise<StoredException | undefined> {
  const { rows } = await tx.query<ExceptionRow>(
    'SELECT * FROM exceptions WHERE site_id = $1 AND kind = $2 AND about = $3 FOR UPDATE',
    [siteId, kind, about],
  )
  return rows[0] && storedOf(rows[0])
}

function storedOf(row: ExceptionRow): StoredException {
  return {
    exceptionId: row.exception_id,
    siteId: row.site_id,
    kind: row.kind,
    state: stateOf(row),
    sides: row.sides,
    print: printOf(row.sides),
    amountMinor: row.amount_minor ?? undefined,
    foundMs: row.found_ms ?? row.opened_ms,
  }
}

/** The state in the columns of a row; columns that a state does not need are ignored. */
function stateOf(row: ExceptionRow): ExceptionState {
  const ownerId = row.owner_id ?? ''
  const note = row.note ?? undefined
  switch (row.state) {
    case 'open':
      return { kind: 'open' }
    case 'taken':
      return { kind: 'taken', ownerId }
    case 'proposed': {
      const fix = row.fix as ExceptionFix
      return { kind: 'proposed', ownerId, proposal: { byId: row.proposed_by ?? '', fix, note } }
    }
    case 'settled': {
      const fix = row.fix ?? 'resolved_by_itself'
      const [byId, accepted] = [row.settled_by ?? 'cloud', row.accepted ?? undefined]
      const proposedBy = row.proposed_by ?? undefined
      return {
        kind: 'settled',
        settlement: { ownerId: row.owner_id ?? undefined, byId, fix, note, proposedBy, accepted },
      }
    }
    default:
      return assertNever(row.state)
  }
}

interface StateColumns {
  readonly owner_id: string | null
  readonly proposed_by: string | null
  readonly fix: string | null
  readonly note: string | null
  readonly settled_by: string | null
  readonly accepted: string | null
}

const nothing: StateColumns = {
  owner_id: null,
  proposed_by: null,
  fix: null,
  note: null,
  settled_by: null,
  accepted: null,
}

function columnsOf(state: ExceptionState): StateColumns {
  switch (state.kind) {
    case 'open':
      return nothing
    case 'taken':
      return { ...nothing, owner_id: state.ownerId }
    case 'proposed': {
      const { byId, fix, note = null } = state.proposal
      return { ...nothing, owner_id: state.ownerId, proposed_by: byId, fix, note }
    }
    case 'settled': {
      const { ownerId = null, byId, fix, note = null, proposedBy = null, accepted = null } = state.settlement
      return { owner_id: ownerId, settled_by: byId, proposed_by: proposedBy, fix, note, accepted }
    }
    default:
      return assertNever(state)
  }
}

const actCodeOf: Readonly<Record<Exclude<ExceptionAct, 'opened' | 'changed'>, ActCode>> = {
  taken: 'exception.taken',
  released: 'exception.released',
  proposed: 'exception.proposed',
  rejected: 'exception.rejected',
  settled: 'exception.settled',
  reopened: 'exception.reopened',
}

/** What is written with a decision. */
export interface ExceptionStep {
  readonly before: StoredException
  readonly decision: ExceptionDecision
  /** The figures from now on. */
  readonly sides: readonly ExceptionSide[]
  /** What the person wrote. */
  readonly note?: string | undefined
}

/**
 * Writes a decision: the state, a step of the history and the act of the audit, in one transaction. Call it
 * last in the transaction, as `recordActs` asks.
 */
export async function writeDecision(tx: Transaction, origin: ActOrigin, step: ExceptionStep): Promise<void> {
  const { before, decision, sides } = step
  const { state, act } = decision
  const money = moneyOf(sides)
  const columns = columnsOf(state)
  await tx.query(
    `UPDATE exceptions SET state = $2, owner_id = $3, proposed_by = $4, fix = $5, note = $6, settled_by = $7,
       accepted = $8, sides = $9, amount_minor = $10, currency = $11,
       closed_ms = CASE WHEN $2 = 'settled' THEN coalesce(closed_ms, $12) END,
       opened_ms = CASE WHEN $13 THEN $12 ELSE opened_ms END
     WHERE exception_id = $1`,
    [
      ...[before.exceptionId, state.kind, columns.owner_id, columns.proposed_by, columns.fix, columns.note],
      ...[columns.settled_by, columns.accepted, JSON.stringify(sides)],
      ...[money?.amountMinor ?? null, money?.currency ?? null, origin.nowMs, act === 'reopened'],
    ],
  )
  if (act === undefined) return
  const { exceptionId, siteId, kind } = before
  await addStep(tx, {
    ...{ exceptionId, act, atMs: origin.nowMs, state: state.kind, sides, note: step.note },
    ...{ byId: origin.actor.id, fix: columns.fix, amountMinor: money?.amountMinor },
  })
  if (act === 'opened' || act === 'changed') return
  const after = {
    kind,
    ...(columns.fix !== null && { fix: columns.fix }),
    ...(money && { amountMinor: money.amountMinor, currency: money.currency }),
  }
  const subject = { kind: 'exception', id: String(exceptionId) } as const
  await recordActs(tx, origin, [{ act: actCodeOf[act], subject, siteId, after }])
}

/** One step of a history. */
interface HistoryStep {
  readonly exceptionId: number
  readonly act: ExceptionAct
  readonly atMs: number
  readonly byId: string
  readonly state: ExceptionState['kind']
  readonly sides: readonly ExceptionSide[]
  readonly fix?: string | null
  readonly note?: string | undefined
  readonly amountMinor?: number | undefined
}

/** Adds a step to the history of a case whose row is locked or new. */
export async function addStep(tx: Transaction, step: HistoryStep): Promise<void> {
  const { exceptionId, act, atMs, byId, state, sides, fix = null, note = null, amountMinor = null } = step
  await tx.query(
    `INSERT INTO exception_history (exception_id, step, act, at_ms, by_id, state, fix, note, amount_minor, sides)
     SELECT $1, coalesce(max(step), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 FROM exception_history
     WHERE exception_id = $1`,
    [exceptionId, act, atMs, byId, state, fix, note, amountMinor, JSON.stringify(sides)],
  )
}
