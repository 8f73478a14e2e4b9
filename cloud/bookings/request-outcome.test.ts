import { describe, expect, it } from 'vitest'
import { isTimeToWithdraw, outcomeOf, type RequestKind } from './request-outcome.ts'

const kinds: Record<RequestKind, readonly string[]> = {
  holdBooking: ['booking.held'],
  confirmBooking: ['booking.confirmed'],
  cancelBooking: ['booking.cancelled'],
  extendBooking: ['booking.extension_held', 'booking.extended'],
  confirmExtension: ['booking.extended'],
  releaseBooking: ['booking.completed'],
}
const answers = new Set([...Object.values(kinds).flat(), 'request.refused', 'door.state_changed'])

describe('the outcome of a request', () => {
  for (const [kind, types] of Object.entries(kinds) as [RequestKind, readonly string[]][]) {
    for (const answered of answers) {
      it(`${kind} answered by ${answered}`, () => {
        const outcome = outcomeOf(kind, { type: answered, body: { requestId: 'r1', code: 'space_taken' } })
        if (types.includes(answered)) expect(outcome).toEqual({ kind: 'done' })
        else if (answered === 'request.refused')
          expect(outcome).toEqual({ kind: 'refused', code: 'space_taken' })
        else expect(outcome).toEqual({ kind: 'refused', code: 'answer_unreadable' })
      })
    }
  }

  it('does not trust a refusal without a code', () => {
    expect(outcomeOf('holdBooking', { type: 'request.refused', body: {} })).toEqual({
      kind: 'refused',
      code: 'answer_unreadable',
    })
  })
})

it('takes an unanswered hold back a minute after it expired, not a millisecond earlier', () => {
  const request = { kind: 'holdBooking', expiresMs: 1_000 } as const
  expect(isTimeToWithdraw(request, 60_999)).toBe(false)
  expect(isTimeToWithdraw(request, 61_000)).toBe(true)
})

it('keeps an unanswered confirmation for days, because it may have been made in time', () => {
  expect(isTimeToWithdraw({ kind: 'confirmBooking', expiresMs: 0 }, 24 * 3_600_000)).toBe(false)
})
