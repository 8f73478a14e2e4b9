import type { BookingStatus } from '@gatehouse/shared/api/views'
import { describe, expect, it } from 'vitest'
import {
  type CancelDecision,
  type ConfirmRefusal,
  decideCancel,
  decideConfirm,
  decideExtend,
  decideRelease,
  type EndRefusal,
} from './decide-change.ts'

const confirmed: Record<BookingStatus, ConfirmRefusal | undefined> = {
  held: undefined,
  pending: 'still_pending',
  confirmed: 'already_confirmed',
  checked_in: 'already_confirmed',
  completed: 'ended',
  displaced: 'ended',
  cancelled: 'already_cancelled',
  no_show: 'no_show',
  expired: 'hold_expired',
  refused: 'request_withdrawn',
}

const cancelled: Record<BookingStatus, CancelDecision['kind']> = {
  held: 'ask_site',
  pending: 'withdraw',
  confirmed: 'ask_site',
  checked_in: 'refuse',
  completed: 'refuse',
  displaced: 'refuse',
  cancelled: 'nothing',
  no_show: 'refuse',
  expired: 'refuse',
  refused: 'nothing',
}

const ends: Record<
  BookingStatus,
  readonly [extend: EndRefusal | undefined, release: EndRefusal | undefined]
> = {
  held: ['not_confirmed', 'not_checked_in'],
  pending: ['still_pending', 'still_pending'],
  confirmed: [undefined, 'not_checked_in'],
  checked_in: [undefined, undefined],
  completed: ['ended', 'ended'],
  displaced: ['ended', 'ended'],
  cancelled: ['already_cancelled', 'already_cancelled'],
  no_show: ['no_show', 'no_show'],
  expired: ['hold_expired', 'hold_expired'],
  refused: ['request_withdrawn', 'request_withdrawn'],
}

describe('changing a booking', () => {
  for (const [status, [extend, release]] of Object.entries(ends) as [
    BookingStatus,
    (typeof ends)['held'],
  ][]) {
    it(`extending or leaving one that is ${status}`, () => {
      expect([decideExtend(status), decideRelease(status)]).toEqual([extend, release])
    })
  }

  for (const [status, expected] of Object.entries(confirmed) as [BookingStatus, ConfirmRefusal][]) {
    it(`confirming one that is ${status}: ${expected ?? 'the site decides'}`, () => {
      expect(decideConfirm(status, 500, 'card')).toBe(expected)
    })
  }

  for (const [status, expected] of Object.entries(cancelled) as [BookingStatus, string][]) {
    it(`cancelling one that is ${status}: ${expected}`, () => {
      expect(decideCancel(status, status === 'pending' ? 'holdBooking' : undefined).kind).toBe(expected)
    })
  }

  it('lets a plan pay only what it covers fully', () => {
    expect(decideConfirm('held', 1, 'plan')).toBe('plan_does_not_cover')
    expect(decideConfirm('held', 0, 'plan')).toBeUndefined()
  })

  it('does not cancel while the site still decides a confirmation', () => {
    expect(decideCancel('pending', 'confirmBooking')).toEqual({ kind: 'refuse', code: 'still_pending' })
  })
})
