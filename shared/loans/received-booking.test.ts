import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bookingIdSchema, loanIdSchema, passIdSchema } from '../ids/ids.ts'
import { type ReceivedBooking, soldBookingSchema } from '../wire/v1/loans.ts'
import { evolveKnownBooking, standsAs } from './known-booking.ts'
import {
  adoptBooking,
  type KnownBooking,
  type KnownBookingKind,
  type ReceivedContext,
  receiveBooking,
} from './received-booking.ts'
import type { SiteLoan } from './site-loan.ts'

const golden = JSON.parse(readFileSync(new URL('../wire/v1/golden/directory.json', import.meta.url), 'utf8'))
const confirmed = soldBookingSchema.parse(golden.booking)
const { fromMs, blockToMs } = confirmed
const hour = 3_600_000
const bookingId = bookingIdSchema.parse('bk_1')
const loanId = loanIdSchema.parse('ln_1')
const terms = {
  loanId,
  spaceId: confirmed.spaceId,
  fromMs: fromMs - hour,
  toMs: blockToMs + hour,
  sellUntilMs: fromMs,
  epoch: 1,
}
const lent: SiteLoan = { kind: 'lent', terms }
const ended: SiteLoan = { kind: 'ended', loanId, position: { epoch: 1, rev: 9 }, row: golden.loan }
const free: ReceivedContext = { loans: [lent], inTheWay: [] }
const taken = (by: 'cloud_hold' | 'adopted' | 'other'): ReceivedContext => ({
  ...free,
  inTheWay: [{ bookingId: 'bk_9', fromMs, blockToMs: fromMs + 1, by }],
})

const known = { block: { fromMs, blockToMs }, position: { epoch: 1, rev: 5 } }
const states: Record<KnownBookingKind, KnownBooking> = {
  none: { kind: 'none' },
  kept: { kind: 'kept', block: known.block },
  held: { kind: 'held', ...known },
  adopted: { kind: 'adopted', block: known.block },
  confirmed: { kind: 'confirmed', ...known },
  checked_in: { kind: 'checked_in', ...known },
  used: { kind: 'used', ...known },
  gone: { kind: 'gone', position: known.position },
}
const moved = { ...confirmed, fromMs: fromMs + hour / 2, blockToMs: blockToMs + hour / 2 }
const rows = {
  held: { ...confirmed, status: 'held' as const },
  confirmed,
  moved,
  cancelled: { ...confirmed, status: 'cancelled' as const },
  expired: { ...confirmed, status: 'expired' as const },
}
type Outcome = ReceivedBooking['outcome']
const table: Record<KnownBookingKind, Record<keyof typeof rows, Outcome>> = {
  none: { held: 'taken', confirmed: 'taken', moved: 'taken', cancelled: 'freed', expired: 'freed' },
  kept: { held: 'taken', confirmed: 'taken', moved: 'taken', cancelled: 'freed', expired: 'freed' },
  held: { held: 'taken', confirmed: 'taken', moved: 'taken', cancelled: 'freed', expired: 'freed' },
  adopted: { held: 'known', confirmed: 'known', moved: 'taken', cancelled: 'freed', expired: 'freed' },
  confirmed: { held: 'known', confirmed: 'known', moved: 'taken', cancelled: 'freed', expired: 'freed' },
  checked_in: {
    held: 'known',
    confirmed: 'known',
    moved: 'too_late',
    cancelled: 'too_late',
    expired: 'too_late',
  },
  used: { held: 'known', confirmed: 'known', moved: 'too_late', cancelled: 'too_late', expired: 'too_late' },
  gone: { held: 'too_late', confirmed: 'too_late', moved: 'too_late', cancelled: 'freed', expired: 'freed' },
}
const position = { epoch: 1, rev: 6 }
const receive = (state: KnownBooking, row: typeof confirmed, context = free, at = position) =>
  receiveBooking(state, { bookingId, row, position: at }, context)[0]?.body

describe('a row of a booking that the cloud sold', () => {
  for (const [state, cells] of Object.entries(table)) {
    for (const [name, outcome] of Object.entries(cells)) {
      test(`${state} × ${name} → ${outcome}`, () => {
        const body = receive(states[state as KnownBookingKind], rows[name as keyof typeof rows])
        expect(body?.outcome).toBe(outcome)
        const isStanding = outcome === 'taken' || outcome === 'known' || outcome === 'too_late'
        const isOver = state === 'used' || state === 'gone'
        expect(body?.standing !== null).toBe(isStanding && !isOver)
      })
    }
  }

  test('changes nothing when it comes again, or late', () => {
    for (const rev of [4, 5])
      expect(receive(states.confirmed, rows.cancelled, free, { epoch: 1, rev })).toBeUndefined()
    expect(receive(states.confirmed, rows.cancelled, free, { epoch: 2, rev: 1 })?.outcome).toBe('freed')
  })

  test('gives way to what the site sold, never to the papers', () => {
    expect(receive(states.none, confirmed, taken('other'))).toMatchObject({
      outcome: 'displaced',
      standing: null,
    })
    const unknown = { loans: [{ kind: 'none' as const }], inTheWay: [] }
    expect(receive(states.none, confirmed, unknown)).toMatchObject({
      outcome: 'taken',
      irregular: 'unknown_loan',
    })
  })

  test('of a hold leaves a booking adopted that its pass proved paid', () => {
    const sent = { bookingId, row: rows.held, position }
    const [late] = receiveBooking(states.adopted, sent, free)
    expect(late && evolveKnownBooking(states.adopted, late)).toEqual({ ...known, kind: 'adopted', position })
    const [first] = receiveBooking(states.none, sent, free)
    expect(first && evolveKnownBooking(states.none, first)).toEqual({ ...known, kind: 'held', position })
  })

  test('of an unpaid hold is over when a pass was sold over it', () => {
    expect(receive(states.none, rows.held, taken('adopted'))?.outcome).toBe('freed')
    expect(receive(states.none, confirmed, taken('adopted'))?.outcome).toBe('displaced')
  })

  test('of an unpaid hold is over, too, once the holder of that pass has come', () => {
    const came = { type: 'booking.checked_in', body: { bookingId } } as const
    const inPass = evolveKnownBooking(states.adopted, came)
    expect(receive(states.none, rows.held, taken(standsAs(inPass)))?.outcome).toBe('freed')
    const inRow = evolveKnownBooking(states.confirmed, came)
    expect(receive(states.none, rows.held, taken(standsAs(inRow)))?.outcome).toBe('displaced')
  })
})

describe('a pass that names a booking', () => {
  const { spaceId, holder, reference, loanIds, toMs } = confirmed
  const pass = {
    bookingId,
    passId: passIdSchema.parse('pa_1'),
    loanIds,
    spaceId,
    holder,
    reference,
    fromMs,
    toMs,
    blockToMs,
  }
  const adopt = (state: KnownBooking, context = free) => {
    const decided = adoptBooking(state, pass, context)
    return decided.ok
      ? [decided.value.verdict, ...decided.value.events.map(({ type }) => type)]
      : decided.error
  }
  const expected: Record<KnownBookingKind, string | readonly string[]> = {
    none: ['serve', 'booking.adopted'],
    kept: ['serve', 'booking.adopted'],
    held: ['serve'],
    adopted: ['serve'],
    confirmed: ['serve'],
    checked_in: ['serve'],
    used: 'booking_over',
    gone: 'booking_cancelled',
  }
  test.each(Object.entries(expected))('of a booking that is %s', (state, answer) => {
    expect(adopt(states[state as KnownBookingKind])).toEqual(answer)
  })

  test('is adopted in no loan that is over, nor beyond one', () => {
    expect(adopt(states.none, { ...free, loans: [ended] })).toBe('loan_ended')
    const short: SiteLoan = { kind: 'lent', terms: { ...terms, toMs: blockToMs - 1 } }
    expect(adopt(states.none, { ...free, loans: [short] })).toBe('outside_loan')
  })

  test('naming an unknown loan stops lending, and is served when the space is free', () => {
    const unknown: SiteLoan[] = [{ kind: 'none' }]
    expect(adopt(states.none, { ...free, loans: unknown })).toEqual([
      'serve',
      'lending.stopped',
      'booking.adopted',
    ])
    expect(adopt(states.none, { ...taken('other'), loans: unknown })).toEqual([
      'displaced',
      'lending.stopped',
    ])
  })

  test('proves the unpaid hold in its way over, and yields to anything else', () => {
    expect(adopt(states.none, taken('cloud_hold'))).toEqual(['serve', 'booking.adopted'])
    expect(adopt(states.none, taken('other'))).toEqual(['displaced'])
  })
})
