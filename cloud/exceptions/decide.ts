import type { ExceptionFix } from '@gatehouse/shared/api/exception-view'
import { assertNever, err, ok, type Result } from '@gatehouse/shared/result/result'
import { isStanding } from './kinds.ts'

/*
 *            take               propose, needs a second person
 *   open ──────────▶ taken ───────────────────────────▶ proposed
 *    ▲ ◀──release───── │ ◀──reject, or other figures──────── │
 *    │                 │ propose, no second person           │ approve, by another person
 *    │                 ▼                                     │
 *    └── found ── settled ◀──────────────────────────────────┘
 *        again        ▲
 *                     └── gone by itself, from every state
 */
export type ExceptionState =
  | { readonly kind: 'open' }
  | { readonly kind: 'taken'; readonly ownerId: string }
  | { readonly kind: 'proposed'; readonly ownerId: string; readonly proposal: Proposal }
  | { readonly kind: 'settled'; readonly settlement: Settlement }

/** What somebody says was done. */
export interface Proposal {
  readonly byId: string
  readonly fix: ExceptionFix
  readonly note?: string | undefined
}

/** How a case ended; `accepted` is the print of the differences that were left as they are. */
export interface Settlement {
  readonly ownerId?: string | undefined
  readonly byId: string
  readonly fix: ExceptionFix | 'resolved_by_itself'
  readonly note?: string | undefined
  readonly proposedBy?: string | undefined
  readonly accepted?: string | undefined
}

/** Who acts; `maySettle` is false for those who may only work on a case. */
export interface Person {
  readonly userId: string
  readonly maySettle: boolean
}

export type PersonCommand =
  | { readonly kind: 'take'; readonly by: Person }
  | { readonly kind: 'release'; readonly by: Person }
  | {
      readonly kind: 'propose'
      readonly by: Person
      readonly fix: ExceptionFix
      readonly note?: string | undefined
    }
  | { readonly kind: 'approve'; readonly by: Person }
  | { readonly kind: 'reject'; readonly by: Person; readonly note?: string | undefined }

export type ExceptionCommand =
  | PersonCommand
  /** The cloud found it again, with these differences. */
  | { readonly kind: 'find'; readonly print: string }
  /** The cloud looked and it is gone. */
  | { readonly kind: 'resolve' }

export type ExceptionRefusal =
  | 'exception_taken'
  | 'exception_not_taken'
  | 'not_owner'
  | 'exception_proposed'
  | 'nothing_proposed'
  | 'second_person_needed'
  | 'not_yours_to_settle'
  | 'exception_settled'

export type ExceptionAct =
  | 'opened'
  | 'taken'
  | 'released'
  | 'proposed'
  | 'rejected'
  | 'changed'
  | 'settled'
  | 'reopened'

/** What a command leads to; no act when nothing changes. */
export interface ExceptionDecision {
  readonly state: ExceptionState
  readonly act: ExceptionAct | undefined
}

/** What a decision needs to know of the case beside its state. */
export interface CaseFacts {
  /** The differences as they were found last. */
  readonly print: string
  readonly needsSecond: boolean
}

type Decided = Result<ExceptionDecision, ExceptionRefusal>
const cloud = 'cloud'

/** Decides a command on a case; every refusal is one of `ExceptionRefusal` (PRODUCT G5). */
export function decideException(state: ExceptionState, command: ExceptionCommand, facts: CaseFacts): Decided {
  switch (state.kind) {
    case 'open':
      return decideOpen(state, command, facts)
    case 'taken':
      return decideTaken(state, command, facts)
    case 'proposed':
      return decideProposed(state, command, facts)
    case 'settled':
      return decideSettled(state, command)
    default:
      return assertNever(state)
  }
}

type StateOf<K extends ExceptionState['kind']> = Extract<ExceptionState, { kind: K }>

function decideOpen(state: StateOf<'open'>, command: ExceptionCommand, facts: CaseFacts): Decided {
  switch (command.kind) {
    case 'take':
      return become({ kind: 'taken', ownerId: command.by.userId }, 'taken')
    case 'propose':
      // One step for whoever sees at once what to do: it is taken with the proposal.
      return propose(command, command.by.userId, facts)
    case 'release':
      return err('exception_not_taken')
    case 'approve':
    case 'reject':
      return err('nothing_proposed')
    case 'find':
      return become(state, undefined)
    case 'resolve':
      return resolved(undefined)
    default:
      return assertNever(command)
  }
}

function decideTaken(state: StateOf<'taken'>, command: ExceptionCommand, facts: CaseFacts): Decided {
  switch (command.kind) {
    case 'take':
      return err('exception_taken')
    case 'propose':
      return command.by.userId === state.ownerId ? propose(command, state.ownerId, facts) : err('not_owner')
    case 'release':
      return release(state.ownerId, command.by)
    case 'approve':
    case 'reject':
      return err('nothing_proposed')
    case 'find':
      return become(state, undefined)
    case 'resolve':
      return resolved(state.ownerId)
    default:
      return assertNever(command)
  }
}

function decideProposed(state: StateOf<'proposed'>, command: ExceptionCommand, facts: CaseFacts): Decided {
  const { ownerId, proposal } = state
  switch (command.kind) {
    case 'take':
      return err('exception_taken')
    case 'propose':
      return err('exception_proposed')
    case 'release':
      return release(ownerId, command.by)
    case 'approve':
      if (!command.by.maySettle) return err('not_yours_to_settle')
      if (command.by.userId === proposal.byId) return err('second_person_needed')
      return become(settledBy(command.by.userId, ownerId, proposal, facts.print), 'settled')
    case 'reject':
      if (!command.by.maySettle) return err('not_yours_to_settle')
      return become({ kind: 'taken', ownerId }, 'rejected')
    case 'find':
      // What was proposed was about other figures.
      return command.print === facts.print
        ? become(state, undefined)
        : become({ kind: 'taken', ownerId }, 'changed')
    case 'resolve':
      return resolved(ownerId)
    default:
      return assertNever(command)
  }
}

function decideSettled(state: StateOf<'settled'>, command: ExceptionCommand): Decided {
  switch (command.kind) {
    case 'take':
    case 'propose':
    case 'release':
    case 'approve':
    case 'reject':
      return err('exception_settled')
    case 'find':
      return state.settlement.accepted === command.print
        ? become(state, undefined)
        : become({ kind: 'open' }, 'reopened')
    case 'resolve':
      // What was accepted is over: should it come back, that is news.
      return become({ kind: 'settled', settlement: { ...state.settlement, accepted: undefined } }, undefined)
    default:
      return assertNever(command)
  }
}

function propose(
  { by, fix, note }: Extract<PersonCommand, { kind: 'propose' }>,
  ownerId: string,
  facts: CaseFacts,
): Decided {
  const proposal: Proposal = { byId: by.userId, fix, note }
  if (by.maySettle && !facts.needsSecond) {
    return become(settledBy(by.userId, ownerId, proposal, facts.print), 'settled')
  }
  return become({ kind: 'proposed', ownerId, proposal }, 'proposed')
}

/** The owner gives it back, or somebody who may settle takes it from them. */
function release(ownerId: string, by: Person): Decided {
  return by.userId === ownerId || by.maySettle ? become({ kind: 'open' }, 'released') : err('not_owner')
}

function settledBy(
  byId: string,
  ownerId: string,
  { fix, note, byId: proposedBy }: Proposal,
  print: string,
): ExceptionState {
  const accepted = isStanding(fix) ? print : undefined
  return { kind: 'settled', settlement: { ownerId, byId, fix, note, proposedBy, accepted } }
}

function resolved(ownerId: string | undefined): Decided {
  return become(
    { kind: 'settled', settlement: { ownerId, byId: cloud, fix: 'resolved_by_itself' } },
    'settled',
  )
}

function become(state: ExceptionState, act: ExceptionAct | undefined): Decided {
  return ok({ state, act })
}
