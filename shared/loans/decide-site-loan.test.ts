import { describe, expect, test } from 'vitest'
import { loanIdSchema, spaceIdSchema } from '../ids/ids.ts'
import {
  decideSiteLoan,
  lentLoanInTheWay,
  type SiteLoanCommand,
  type SiteLoanCommandKind,
  type SiteLoanContext,
  type SiteLoanRefusal,
} from './decide-site-loan.ts'
import { evolveSiteLoan, isRunning, noLoan, type SiteLoan, type SiteLoanKind } from './site-loan.ts'

const hour = 3_600_000
const terms = {
  loanId: loanIdSchema.parse('ln_1'),
  spaceId: spaceIdSchema.parse('room-1'),
  fromMs: 10 * hour,
  toMs: 14 * hour,
  sellUntilMs: 9 * hour,
  epoch: 1,
}
const row = {
  reason: 'close' as const,
  spaceId: terms.spaceId,
  fromMs: terms.fromMs,
  toMs: terms.toMs,
  kept: [],
  freed: [],
}
const position = { epoch: 1, rev: 9 }
const context: SiteLoanContext = {
  nowMs: 0,
  epoch: 1,
  mayLend: true,
  isCombined: false,
  occupied: [],
  others: [],
}
const states: Record<SiteLoanKind, SiteLoan> = {
  none: noLoan,
  lent: { kind: 'lent', terms },
  recalled: { kind: 'recalled', terms },
  ended: { kind: 'ended', loanId: terms.loanId, row, position },
}
const commands: Record<SiteLoanCommandKind, SiteLoanCommand> = {
  grantLoan: { kind: 'grantLoan', terms },
  recallLoan: { kind: 'recallLoan', reason: 'kiosk' },
  applyLoanEnd: { kind: 'applyLoanEnd', loanId: terms.loanId, row, position },
  confirmLoan: { kind: 'confirmLoan', terms },
}
type Expected = SiteLoanKind | { readonly refused: SiteLoanRefusal }
const table: Record<SiteLoanKind, Record<SiteLoanCommandKind, Expected>> = {
  none: {
    grantLoan: 'lent',
    recallLoan: { refused: 'unknown_loan' },
    applyLoanEnd: 'ended',
    confirmLoan: 'lent',
  },
  lent: { grantLoan: 'lent', recallLoan: 'recalled', applyLoanEnd: 'ended', confirmLoan: 'lent' },
  recalled: { grantLoan: 'recalled', recallLoan: 'recalled', applyLoanEnd: 'ended', confirmLoan: 'recalled' },
  ended: {
    grantLoan: { refused: 'loan_ended' },
    recallLoan: 'ended',
    applyLoanEnd: 'ended',
    confirmLoan: { refused: 'loan_ended' },
  },
}

describe('a loan on the site', () => {
  for (const [state, cells] of Object.entries(table)) {
    for (const [command, expected] of Object.entries(cells)) {
      test(`${state} × ${command}`, () => {
        const loan = states[state as SiteLoanKind]
        const decided = decideSiteLoan(loan, commands[command as SiteLoanCommandKind], context)
        const got = decided.ok ? decided.value.reduce(evolveSiteLoan, loan).kind : { refused: decided.error }
        expect(got).toEqual(expected)
      })
    }
  }

  const other = { ...terms, loanId: loanIdSchema.parse('ln_2'), fromMs: 13 * hour, toMs: 15 * hour }
  test.each<[string, Partial<typeof terms>, Partial<SiteLoanContext>, SiteLoanRefusal]>([
    ['a reversed interval', { toMs: 10 * hour }, {}, 'reversed'],
    ['what could not be sold any more', {}, { nowMs: 9 * hour }, 'cut_off'],
    ['beyond its own end', { sellUntilMs: 15 * hour }, {}, 'cut_off'],
    ['to an epoch that is over', {}, { epoch: 2 }, 'old_epoch'],
    ['a combined space', {}, { isCombined: true }, 'combined_space'],
    ['while lending is stopped', {}, { mayLend: false }, 'lending_stopped'],
    ['what is lent', {}, { others: [{ kind: 'lent', terms: other }] }, 'already_lent'],
    [
      'what is booked',
      {},
      { occupied: [{ bookingId: 'b', fromMs: 9 * hour, blockToMs: 10 * hour + 1 }] },
      'not_free',
    ],
  ])('is not granted for %s', (_, change, now, refused) => {
    const command = { kind: 'grantLoan', terms: { ...terms, ...change } } as const
    expect(decideSiteLoan(noLoan, command, { ...context, ...now })).toEqual({ ok: false, error: refused })
  })

  test('that meets an own sale is confirmed after a restore and asked back at once', () => {
    const occupied = [{ bookingId: 'b', fromMs: 11 * hour, blockToMs: 12 * hour }]
    const types = (soldIn?: string) => {
      const booked = soldIn === undefined ? occupied : occupied.map((one) => ({ ...one, soldIn }))
      const decided = decideSiteLoan(noLoan, commands.confirmLoan, { ...context, occupied: booked })
      return decided.ok ? decided.value.map(({ type }) => type) : []
    }
    expect(types()).toEqual(['loan.confirmed', 'loan.recalled'])
    expect(types('ln_1')).toEqual(['loan.confirmed'])
  })

  test('keeps the site from selling what meets it, and nothing that only touches it', () => {
    const running = [states.lent].filter(isRunning)
    const block = (fromMs: number, blockToMs: number, spaceId = 'room-1') => ({ spaceId, fromMs, blockToMs })
    expect(lentLoanInTheWay(running, [block(9 * hour, 10 * hour)])).toBeUndefined()
    expect(lentLoanInTheWay(running, [block(9 * hour, 10 * hour + 1)])).toBeDefined()
    expect(lentLoanInTheWay(running, [block(14 * hour, 15 * hour)])).toBeUndefined()
    expect(lentLoanInTheWay(running, [block(11 * hour, 12 * hour, 'room-2')])).toBeUndefined()
  })
})
