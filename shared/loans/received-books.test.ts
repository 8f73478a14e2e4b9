import { describe, expect, it } from 'vitest'
import type { ReceivedBooking } from '../wire/v1/loans.ts'
import { soldBookingSchema } from '../wire/v1/loans.ts'
import {
  type BookedStatus,
  postingsOfRow,
  statusAfterAdopted,
  statusAfterReceived,
} from './received-books.ts'

const block = { fromMs: 0, blockToMs: 10 }
const row = soldBookingSchema.parse({
  status: 'confirmed',
  loanIds: ['ln_1'],
  spaceId: 'room-1',
  holder: { kind: 'member', memberId: 'm-1' },
  reference: 'T-1',
  fromMs: 0,
  toMs: 10,
  blockToMs: 10,
  price: {
    currency: 'EUR',
    lines: [],
    totalMinor: 100,
    taxMinor: 0,
    taxRatePercent: 0,
    tariffId: 't',
    tariffVersion: 1,
    tzdataVersion: 'x',
  },
  payments: [{ paymentId: 'py_1', method: 'card', amountMinor: 100 }],
  refunds: [{ paymentId: 'py_1.refund', ofPaymentId: 'py_1', method: 'card', amountMinor: 40 }],
})

type Case = [
  before: BookedStatus | undefined,
  rowStatus: (typeof row)['status'],
  outcome: ReceivedBooking['outcome'],
  stands: boolean,
  after: BookedStatus,
]
const cases: readonly Case[] = [
  [undefined, 'held', 'taken', true, 'held'],
  [undefined, 'confirmed', 'taken', true, 'confirmed'],
  [undefined, 'confirmed', 'displaced', false, 'displaced'],
  [undefined, 'cancelled', 'freed', false, 'cancelled'],
  [undefined, 'expired', 'freed', false, 'expired'],
  // A hold whose block was sold to the holder of a pass was over.
  [undefined, 'held', 'freed', false, 'expired'],
  ['held', 'confirmed', 'taken', true, 'confirmed'],
  ['held', 'cancelled', 'freed', false, 'cancelled'],
  ['confirmed', 'held', 'known', true, 'confirmed'],
  ['confirmed', 'cancelled', 'freed', false, 'cancelled'],
  ['confirmed', 'confirmed', 'displaced', false, 'displaced'],
  ['checked_in', 'cancelled', 'too_late', true, 'checked_in'],
  ['checked_in', 'confirmed', 'known', true, 'checked_in'],
  ['completed', 'cancelled', 'too_late', false, 'completed'],
  ['no_show', 'cancelled', 'too_late', false, 'no_show'],
  ['displaced', 'cancelled', 'freed', false, 'displaced'],
  ['cancelled', 'confirmed', 'too_late', false, 'cancelled'],
]

describe('the books after the site answered a row', () => {
  it.each(cases)('%s, row %s, %s (stands: %s): %s', (before, status, outcome, stands, after) => {
    const received = { row: { ...row, status }, outcome, standing: stands ? block : null }
    expect(statusAfterReceived(before, received)).toBe(after)
  })

  it('a pass makes a hold good, and changes nothing that is beyond it', () => {
    expect(
      [undefined, 'held', 'confirmed', 'checked_in', 'completed'].map((before) =>
        statusAfterAdopted(before as BookedStatus),
      ),
    ).toEqual(['confirmed', 'confirmed', 'confirmed', 'checked_in', 'completed'])
  })
})

describe('money in a row', () => {
  const bookingId = 'bk_1' as ReceivedBooking['bookingId']

  it('is posted once, each way by its id', () => {
    const all = postingsOfRow(bookingId, row, () => false)
    expect(all.map(({ type, body }) => [type, body.paymentId, body.amountMinor, body.takenBy])).toEqual([
      ['payment.captured', 'py_1', 100, 'cloud'],
      ['payment.refunded', 'py_1.refund', 40, 'cloud'],
    ])
    expect(postingsOfRow(bookingId, row, (id) => id === 'py_1').map(({ body }) => body.paymentId)).toEqual([
      'py_1.refund',
    ])
    expect(postingsOfRow(bookingId, row, () => true)).toEqual([])
  })
})
