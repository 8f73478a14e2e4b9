import type { ExceptionVerb, ExceptionView } from '@gatehouse/shared/api/exception-view'
import { type Login, permittedSites } from '../members/permissions.ts'
import { decideException, type ExceptionState, type Person, type PersonCommand } from './decide.ts'
import { fixesOf, needsSecond, printOf, type SecondPersonRule } from './kinds.ts'
import type { FoundException } from './read.ts'

/** Whoever is logged in, as the decisions on cases see them. */
export function personOf(login: Pick<Login, 'userId' | 'role' | 'managedSiteIds'>): Person {
  return { userId: login.userId, maySettle: permittedSites(login, 'hq.settle_exceptions') !== undefined }
}

/** A case as `person` sees it, with what they may do with it now. */
export function exceptionView(row: FoundException, person: Person, rule: SecondPersonRule): ExceptionView {
  const second = needsSecond(rule, { kind: row.kind, amountMinor: row.amountMinor ?? undefined })
  return {
    exceptionId: row.exceptionId,
    siteId: row.siteId,
    siteName: row.siteName ?? row.siteId,
    timeZone: row.timeZone ?? 'UTC',
    kind: row.kind,
    about: row.about,
    state: row.state,
    severity: row.severity,
    sinceMs: row.sinceMs,
    foundMs: row.foundMs,
    sides: [...row.sides],
    ...(row.amountMinor !== null && { amountMinor: row.amountMinor }),
    ...(row.currency !== null && { currency: row.currency }),
    needsSecond: second,
    fixes: [...fixesOf[row.kind]],
    ...(row.ownerId !== null && { owner: named(row.ownerId, row.ownerName) }),
    ...(row.proposedById !== null && { proposedBy: named(row.proposedById, row.proposedByName) }),
    ...(row.fix !== null && { fix: row.fix }),
    ...(row.note !== null && { note: row.note }),
    ...(row.settledById !== null && { settledBy: named(row.settledById, row.settledByName) }),
    ...(row.settledMs !== null && { settledMs: row.settledMs }),
    ...entryOf(row),
    may: verbsOf(row, person, second),
  }
}

function named(id: string, name: string | null): { id: string; name?: string } {
  return { id, ...(name !== null && { name }) }
}

function entryOf({ incarnation, seq, hash }: FoundException): Pick<ExceptionView, 'entry'> {
  if (incarnation === null || seq === null) return {}
  return { entry: { incarnation, seq, ...(hash !== null && { hash }) } }
}

/** What the decision itself would let somebody do. */
function verbsOf(row: FoundException, by: Person, second: boolean): ExceptionVerb[] {
  const state = stateOf(row)
  const facts = { print: printOf(row.sides), needsSecond: second }
  const allowed = (command: PersonCommand) => {
    const decided = decideException(state, command, facts)
    return decided.ok ? decided.value.state.kind : undefined
  }
  const proposed = allowed({ kind: 'propose', by, fix: fixesOf[row.kind][0] })
  return [
    ...(['take', 'release', 'approve', 'reject'] as const).filter(
      (kind) => allowed({ kind, by }) !== undefined,
    ),
    ...(proposed === 'settled' ? (['settle'] as const) : []),
    ...(proposed === 'proposed' ? (['propose'] as const) : []),
  ]
}

function stateOf({ state, ownerId, proposedById, fix, kind }: FoundException): ExceptionState {
  if (state === 'open') return { kind: 'open' }
  if (state === 'taken') return { kind: 'taken', ownerId: ownerId ?? '' }
  if (state === 'settled') return { kind: 'settled', settlement: { byId: '', fix: 'resolved_by_itself' } }
  const what = fix === null || fix === 'resolved_by_itself' ? fixesOf[kind][0] : fix
  return { kind: 'proposed', ownerId: ownerId ?? '', proposal: { byId: proposedById ?? '', fix: what } }
}

/** A case as a line of a file. */
export function csvRow(row: FoundException) {
  const { rank: _rank, sortMs: _sort, sides, sinceMs, ...told } = row
  return { since: new Date(sinceMs).toISOString(), sinceMs, ...told, sides }
}
