import { describe, expect, test } from 'vitest'
import { loanIdSchema, spaceIdSchema } from '../ids/ids.ts'
import { loanEndSchema } from '../wire/v1/loans.ts'
import type {
  CloudLoanCommand,
  CloudLoanCommandKind,
  CloudLoanContext,
  CloudLoanRefusal,
} from './cloud-command.ts'
import { type CloudLoan, type CloudLoanKind, type KnownCloudLoan, unknownLoan } from './cloud-loan.ts'
import { decideCloudLoan } from './decide-cloud-loan.ts'

const hour = 3_600_000
const terms = {
  loanId: loanIdSchema.parse('ln_1'),
  spaceId: spaceIdSchema.parse('room-1'),
  fromMs: 10 * hour,
  toMs: 14 * hour,
  sellUntilMs: 9 * hour,
  epoch: 1,
}
const context: CloudLoanContext = {
  nowMs: 8 * hour,
  epoch: 1,
  incarnation: 1,
  position: { epoch: 1, rev: 20 },
  restored: { siteCaughtUp: true, oldPassesOver: true },
}
const sold = {
  bookingId: 'bk_1',
  fromMs: 10 * hour,
  blockToMs: 11 * hour,
  status: 'confirmed' as const,
  position: { epoch: 1, rev: 5 },
}
const held = {
  ...sold,
  bookingId: 'bk_2',
  fromMs: 11 * hour,
  blockToMs: 12 * hour,
  status: 'held' as const,
  holdUntilMs: 9 * hour,
}
const facts = { terms, incarnation: 1, sales: [sold, held], freed: [] }
const states: Record<CloudLoanKind, CloudLoan> = {
  unknown: unknownLoan,
  open: { kind: 'open', ...facts },
  unconfirmed: { kind: 'unconfirmed', ...facts },
  suspended: { kind: 'suspended', ...facts },
  ended: { kind: 'ended', ...facts, reason: 'close', position: { epoch: 1, rev: 9 } },
  released: { kind: 'released', ...facts },
}
const commands: Record<CloudLoanCommandKind, CloudLoanCommand> = {
  openLoan: { kind: 'openLoan', terms, incarnation: 1 },
  sell: { kind: 'sell', bookingId: 'bk_3', fromMs: 12 * hour, blockToMs: 13 * hour },
  confirmSale: { kind: 'confirmSale', bookingId: 'bk_2' },
  freeSale: { kind: 'freeSale', bookingId: 'bk_1' },
  endLoan: { kind: 'endLoan', reason: 'recall' },
  settleSale: {
    kind: 'settleSale',
    bookingId: 'bk_1',
    position: { epoch: 1, rev: 5 },
    outcome: 'taken',
    standing: sold,
  },
  leaveSale: { kind: 'leaveSale', bookingId: 'bk_1' },
  confirmLoan: { kind: 'confirmLoan', terms, incarnation: 1 },
  releaseLoan: { kind: 'releaseLoan' },
  startIncarnation: { kind: 'startIncarnation' },
  startEpoch: { kind: 'startEpoch' },
}

type Expected = CloudLoanKind | { readonly refused: CloudLoanRefusal }
const no = (refused: CloudLoanRefusal): Expected => ({ refused })
const known = (kind: CloudLoanKind) => ({
  openLoan: kind,
  confirmSale: kind,
  freeSale: kind,
  settleSale: kind,
  leaveSale: kind,
  releaseLoan: 'released' as const,
})
const table: Record<CloudLoanKind, Record<CloudLoanCommandKind, Expected>> = {
  unknown: {
    openLoan: 'open',
    sell: no('unknown_loan'),
    confirmSale: no('unknown_loan'),
    freeSale: no('unknown_loan'),
    endLoan: no('unknown_loan'),
    settleSale: no('unknown_loan'),
    leaveSale: no('unknown_loan'),
    confirmLoan: 'open',
    releaseLoan: no('unknown_loan'),
    startIncarnation: 'unknown',
    startEpoch: 'unknown',
  },
  open: {
    ...known('open'),
    sell: 'open',
    endLoan: 'ended',
    confirmLoan: 'open',
    startIncarnation: 'unconfirmed',
    startEpoch: 'suspended',
  },
  unconfirmed: {
    ...known('unconfirmed'),
    sell: no('loan_unconfirmed'),
    endLoan: 'ended',
    confirmLoan: 'open',
    startIncarnation: 'unconfirmed',
    startEpoch: 'suspended',
  },
  suspended: {
    ...known('suspended'),
    sell: no('loan_suspended'),
    endLoan: no('loan_suspended'),
    confirmLoan: 'suspended',
    startIncarnation: 'suspended',
    startEpoch: 'suspended',
  },
  ended: {
    ...known('ended'),
    sell: no('loan_ended'),
    endLoan: 'ended',
    confirmLoan: 'ended',
    startIncarnation: 'ended',
    startEpoch: 'ended',
  },
  released: {
    ...known('released'),
    sell: no('loan_ended'),
    endLoan: 'released',
    confirmLoan: 'released',
    startIncarnation: 'released',
    startEpoch: 'released',
  },
}

describe('a loan in the cloud', () => {
  for (const [state, row] of Object.entries(table)) {
    for (const [command, expected] of Object.entries(row)) {
      test(`${state} × ${command}`, () => {
        const decided = decideCloudLoan(
          states[state as CloudLoanKind],
          commands[command as CloudLoanCommandKind],
          context,
        )
        const got = decided.ok ? decided.value.loan.kind : { refused: decided.error }
        expect(got).toEqual(expected)
      })
    }
  }

  const run = (loan: CloudLoan, command: CloudLoanCommand, change: Partial<CloudLoanContext> = {}) =>
    decideCloudLoan(loan, command, { ...context, ...change })
  const after = (loan: CloudLoan, command: CloudLoanCommand): KnownCloudLoan => {
    const decided = run(loan, command)
    if (!decided.ok || decided.value.loan.kind === 'unknown') throw new TypeError('refused')
    return decided.value.loan
  }

  test.each<
    [
      string,
      Partial<Extract<CloudLoanCommand, { kind: 'sell' }>>,
      Partial<CloudLoanContext>,
      CloudLoanRefusal,
    ]
  >([
    ['at its cut-off', {}, { nowMs: 9 * hour }, 'sell_until_passed'],
    ['a block that begins before it', { fromMs: 9 * hour }, {}, 'outside_loan'],
    ['a block whose gap ends behind it', { blockToMs: 14 * hour + 1 }, {}, 'outside_loan'],
    ['what is held', { fromMs: 11.5 * hour }, {}, 'taken'],
    ['a reversed block', { blockToMs: 12 * hour }, {}, 'reversed'],
    ['the same booking twice', { bookingId: 'bk_1' }, {}, 'booking_exists'],
  ])('does not sell %s', (_, change, now, refusal) => {
    const command = {
      kind: 'sell',
      bookingId: 'bk_3',
      fromMs: 12 * hour,
      blockToMs: 13 * hour,
      ...change,
    } as const
    expect(run(states.open, command, now)).toEqual({ ok: false, error: refusal })
  })

  test('sells up to the last millisecond before its cut-off, and to both of its ends', () => {
    expect(run(states.open, commands.sell, { nowMs: 9 * hour - 1 }).ok).toBe(true)
    const last = { kind: 'sell', bookingId: 'bk_3', fromMs: 13 * hour, blockToMs: 14 * hour } as const
    expect(run(states.open, last).ok).toBe(true)
  })

  test('sells a cancelled block again only after the site answered that row, and to its own booking at once', () => {
    const freed = after(states.open, { kind: 'freeSale', bookingId: 'bk_1' })
    const again = { kind: 'sell', bookingId: 'bk_3', fromMs: 10 * hour, blockToMs: 11 * hour } as const
    expect(run(freed, again)).toEqual({ ok: false, error: 'awaiting_site' })
    expect(run(freed, { ...again, bookingId: 'bk_1' }).ok).toBe(true)
    const settle = { kind: 'settleSale', bookingId: 'bk_1', outcome: 'freed', standing: null } as const
    const early = after(freed, { ...settle, position: { epoch: 1, rev: 19 } })
    expect(run(early, again)).toEqual({ ok: false, error: 'awaiting_site' })
    const settled = after(early, { ...settle, position: { epoch: 1, rev: 20 } })
    expect(run(settled, again).ok).toBe(true)
  })

  test('takes a cancelled sale back when the holder was there first', () => {
    const freed = after(states.open, { kind: 'freeSale', bookingId: 'bk_1' })
    const stands = after(freed, {
      kind: 'settleSale',
      bookingId: 'bk_1',
      outcome: 'too_late',
      standing: { fromMs: 10 * hour, blockToMs: 11 * hour },
      position: { epoch: 1, rev: 20 },
    })
    expect(stands.freed).toEqual([])
    expect(stands.sales.map(({ bookingId }) => bookingId).sort()).toEqual(['bk_1', 'bk_2'])
  })

  test('sells the block of an unpaid hold again at once', () => {
    const freed = after(states.open, { kind: 'freeSale', bookingId: 'bk_2' })
    const again = { kind: 'sell', bookingId: 'bk_3', fromMs: 11 * hour, blockToMs: 12 * hour } as const
    expect(run(freed, again).ok).toBe(true)
  })

  test('its end names what stays sold and what waits for the site', () => {
    const freed = after(states.open, { kind: 'freeSale', bookingId: 'bk_1' })
    const ended = run(freed, { kind: 'endLoan', reason: 'close' })
    const endRow = ended.ok ? loanEndSchema.parse(ended.value.endRow) : undefined
    expect(endRow?.kept.map(({ bookingId, status }) => [bookingId, status])).toEqual([['bk_2', 'held']])
    expect(endRow?.freed.map(({ bookingId }) => bookingId)).toEqual(['bk_1'])
  })

  test('opens no loan of another epoch or an earlier incarnation', () => {
    expect(run(unknownLoan, commands.openLoan, { epoch: 2 })).toMatchObject({
      value: { loan: { kind: 'suspended' } },
    })
    expect(run(unknownLoan, commands.openLoan, { incarnation: 2 })).toMatchObject({
      value: { loan: { kind: 'unconfirmed' } },
    })
  })

  test('after a restore ends a loan only when the site has caught up and no old pass can be valid', () => {
    const end = { kind: 'endLoan', reason: 'restored' } as const
    const restored = (siteCaughtUp: boolean, oldPassesOver: boolean) =>
      run(states.suspended, end, { epoch: 2, restored: { siteCaughtUp, oldPassesOver } })
    expect(restored(false, true)).toEqual({ ok: false, error: 'site_not_caught_up' })
    expect(restored(true, false)).toEqual({ ok: false, error: 'passes_alive' })
    expect(restored(true, true)).toMatchObject({ value: { loan: { kind: 'ended' } } })
    expect(run(states.open, end)).toEqual({ ok: false, error: 'wrong_reason' })
  })

  test('confirms no hold of an earlier epoch, and none that ran out', () => {
    expect(run(states.suspended, commands.confirmSale, { epoch: 2 })).toEqual({
      ok: false,
      error: 'loan_suspended',
    })
    expect(run(states.ended, commands.confirmSale, { nowMs: 9 * hour })).toEqual({
      ok: false,
      error: 'hold_over',
    })
  })
})
