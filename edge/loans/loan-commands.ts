import * as ids from '@gatehouse/shared/ids/ids'
import { decideSiteLoan, type SiteLoanCommand } from '@gatehouse/shared/loans/decide-site-loan'
import type { SiteLoanEvent } from '@gatehouse/shared/loans/site-loan'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { entryBodies } from '@gatehouse/shared/wire/v1/entries'
import { loanEndSchema, loanTermsSchema, positionSchema } from '@gatehouse/shared/wire/v1/loans'
import { z } from 'zod'
import {
  type Command,
  type CommandContext,
  type Decision,
  defineCommand,
  type Refusal,
} from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { occupiedBlocks } from './known-booking-store.ts'
import { lendingStop } from './lending-state.ts'
import { loadLoan, runningLoansOf } from './loan-store.ts'

/** What decisions about loans know besides the store. */
export interface LoanEnvironment {
  readonly directory: DirectoryReader & {
    position(): { readonly epoch: number; readonly rev: number }
  }
}

/** How many loans one command may ask back. */
export const recalledMax = 500

const spaces = { loanId: ids.loanIdSchema, spaceId: ids.spaceIdSchema, fromMs: z.int(), toMs: z.int() }

/** The commands of lending; those that the cloud's rows give run with the rows (`directory-sales.ts`). */
export function loanCommands(env: LoanEnvironment): Command[] {
  return [
    defineCommand({
      kind: 'grantLoan',
      priority: 3,
      sells: true,
      input: loanTermsSchema,
      run: (db, terms, context) => {
        if (!env.directory.get('space', terms.spaceId)) return err({ code: 'unknown_space' })
        return decide(env, db, { ...terms, command: { kind: 'grantLoan', terms } }, context)
      },
    }),
    defineCommand({
      kind: 'recallLoans',
      priority: 2,
      sells: false,
      input: z.object({
        loanIds: z.array(ids.loanIdSchema).max(recalledMax),
        reason: entryBodies['loan.recalled'].shape.reason,
      }),
      run: (db, { loanIds, reason }, context) => recallLoans(env, db, { loanIds, reason }, context),
    }),
    defineCommand({
      kind: 'confirmLoan',
      priority: 2,
      sells: false,
      input: loanTermsSchema,
      run: (db, terms, context) =>
        decide(env, db, { ...terms, command: { kind: 'confirmLoan', terms } }, context),
    }),
    defineCommand({
      kind: 'applyLoanEnd',
      priority: 3,
      sells: false,
      input: z.object({ loanId: ids.loanIdSchema, row: loanEndSchema, position: positionSchema }),
      run: (db, { loanId, row, position }, context) =>
        decide(
          env,
          db,
          { ...row, loanId, command: { kind: 'applyLoanEnd', loanId, row, position } },
          context,
        ),
    }),
    stopLending,
    resumeLending,
  ]
}

type Asked = z.infer<z.ZodObject<typeof spaces>> & { readonly command: SiteLoanCommand }

function decide(
  env: LoanEnvironment,
  db: SiteDatabase,
  asked: Asked,
  context: CommandContext,
): Result<Decision<{ readonly loanId: string }>, Refusal> {
  const { loanId } = asked
  const decided = decideSiteLoan(loadLoan(db, loanId), asked.command, loanContext(env, db, asked, context))
  if (!decided.ok) return err({ code: decided.error })
  return ok({ events: decided.value, answer: () => ({ loanId }) })
}

function loanContext(
  { directory }: LoanEnvironment,
  db: SiteDatabase,
  { loanId, spaceId, fromMs, toMs }: Asked,
  { at }: CommandContext,
) {
  const others = runningLoansOf(db, spaceId, { fromMs, toMs })
  return {
    nowMs: at.wallMs,
    epoch: directory.position().epoch,
    mayLend: at.quality === 'trusted' && lendingStop(db) === undefined,
    isCombined: (directory.get('space', spaceId)?.parts ?? []).length > 0,
    occupied: occupiedBlocks(db, { spaceId, fromMs, blockToMs: toMs, loanId }),
    others: others.filter(({ terms }) => terms.loanId !== loanId),
  }
}

/** Asks loans back that run; of the others nothing is recorded. Refusal: none. */
function recallLoans(
  env: LoanEnvironment,
  db: SiteDatabase,
  {
    loanIds,
    reason,
  }: Pick<Extract<SiteLoanCommand, { kind: 'recallLoan' }>, 'reason'> & {
    readonly loanIds: readonly ids.LoanId[]
  },
  context: CommandContext,
): Result<Decision<{ readonly recalled: number }>, Refusal> {
  const events: SiteLoanEvent[] = []
  for (const loanId of new Set(loanIds)) {
    const loan = loadLoan(db, loanId)
    if (loan.kind !== 'lent') continue
    const asked = { ...loan.terms, command: { kind: 'recallLoan', reason } as const }
    const decided = decideSiteLoan(loan, asked.command, loanContext(env, db, asked, context))
    if (decided.ok) events.push(...decided.value)
  }
  return ok({ events, answer: () => ({ recalled: events.length }) })
}

const stopLending = defineCommand({
  kind: 'stopLending',
  priority: 2,
  sells: false,
  input: entryBodies['lending.stopped'],
  run: (db, body) => {
    if (lendingStop(db) !== undefined) return ok({ events: [], answer: () => null })
    return ok({ events: [{ type: 'lending.stopped', body }], answer: () => null })
  },
})

const resumeLending = defineCommand({
  kind: 'resumeLending',
  priority: 2,
  sells: false,
  input: entryBodies['lending.resumed'],
  run: (db, body) => {
    if (lendingStop(db) === undefined) return ok({ events: [], answer: () => null })
    return ok({ events: [{ type: 'lending.resumed', body }], answer: () => null })
  },
})
