import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { ActOrigin } from '../audit/act.ts'
import { actOnce } from '../audit/act-once.ts'
import type { Pool } from '../database/pool.ts'
import { decideException, type ExceptionRefusal, type PersonCommand } from './decide.ts'
import { fixesOf, needsSecond, type SecondPersonRule } from './kinds.ts'
import type { VisibleSites } from './read.ts'
import { lockException, writeDecision } from './store.ts'

export interface ExceptionAction {
  readonly exceptionId: number
  readonly visible: VisibleSites
  readonly command: PersonCommand
  readonly secondPerson: SecondPersonRule
}

type ActRefusal = ExceptionRefusal | 'not_found' | 'fix_not_for_kind'

/**
 * Carries out what a person wants with a case, in one transaction with its history and the audit. Refuses
 * `not_found` (also for a case at somebody else's site), `fix_not_for_kind` and what the decision refuses.
 */
export async function actOnException(
  pool: Pool,
  origin: ActOrigin,
  { exceptionId, visible, command, secondPerson }: ExceptionAction,
): Promise<Result<null, ActRefusal>> {
  return actOnce<null, ActRefusal>(pool, origin, null, async (tx) => {
    const before = await lockException(tx, exceptionId)
    if (before === undefined || (visible !== 'all' && !visible.includes(before.siteId))) {
      return err('not_found')
    }
    if (command.kind === 'propose' && !fixesOf[before.kind].includes(command.fix)) {
      return err('fix_not_for_kind')
    }
    const facts = { print: before.print, needsSecond: needsSecond(secondPerson, before) }
    const decided = decideException(before.state, command, facts)
    if (!decided.ok) return decided
    const note = 'note' in command ? command.note : undefined
    await writeDecision(tx, origin, { before, decision: decided.value, sides: before.sides, note })
    return ok(null)
  })
}
