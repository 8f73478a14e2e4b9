import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bookingIdSchema } from '../ids/ids.ts'
import type { Occupancy } from './availability.ts'
import { noBooking } from './booking.ts'
import { decide } from './decide.ts'
import { extensionOffers, latestEnd } from './extension-offers.ts'
import {
  apply,
  at,
  bookingId,
  calendar,
  checkedIn,
  codeOf,
  end,
  extending,
  extendTo,
  gapMs,
  holdBooking,
  hour,
  later,
  minute,
  price,
  start,
} from './testing/paid-booking.ts'

describe('what stands in the way of a later end', () => {
  const other = bookingIdSchema.parse('bk_other')
  const neighbour = {
    bookingId: other,
    fromMs: end + hour,
    toMs: end + 2 * hour,
    blockToMs: end + 2 * hour + gapMs,
  }

  it('is the next booking, with the gap before it kept', () => {
    expect(codeOf(checkedIn, extendTo(end + 50 * minute, [neighbour]), at(start))).toBe('ok')
    expect(codeOf(checkedIn, extendTo(end + 50 * minute + 1, [neighbour]), at(start))).toBe('space_taken')
    expect(latestEnd({ ...calendar([neighbour]), nowMs: start }, checkedIn as never)).toBe(end + 50 * minute)
  })

  it('is never its own block, nor its own held extension', () => {
    const own = {
      bookingId,
      fromMs: start,
      toMs: end,
      blockToMs: later + gapMs,
      added: { fromMs: end + gapMs, holdUntilMs: end },
    }
    expect(codeOf(extending, extendTo(end + 2 * hour, [own]), at(end - minute))).toBe('ok')
  })

  it('is no longer the held extension of another booking when its hold is over', () => {
    const before = {
      bookingId: other,
      fromMs: start - hour,
      toMs: start,
      blockToMs: end + gapMs,
      added: { fromMs: start + gapMs, holdUntilMs: end },
    }
    const hold = (nowMs: number) =>
      decide(noBooking, { ...holdBooking, fromMs: end, toMs: later, calendar: calendar([before]) }, at(nowMs))
    expect(hold(end - 1)).toEqual({ ok: false, error: 'space_taken' })
    const decided = hold(end)
    expect(decided.ok && decided.value).toMatchObject([
      { type: 'booking.extension_dropped', body: { bookingId: other, blockToMs: start + gapMs } },
      { type: 'booking.held' },
    ])
  })

  it('offers 15, 30 and 60 minutes as far as they fit, and the latest end', () => {
    const offers = (occupied: Occupancy[]) =>
      extensionOffers({ ...calendar(occupied), nowMs: start }, checkedIn as never, price).map(
        ({ toMs, longest }) => [(toMs - end) / minute, longest],
      )
    expect(offers([neighbour])).toEqual([
      [15, false],
      [30, false],
      [50, true],
    ])
    expect(offers([]).at(-1)).toEqual([6 * 60, true])
    expect(offers([{ ...neighbour, fromMs: end + gapMs }])).toEqual([])
  })

  it('never overlaps anybody: whatever is offered is accepted, and whatever is accepted keeps all gaps', () => {
    const minutes = fc.integer({ min: 0, max: 12 * 60 })
    fc.assert(
      fc.property(minutes, fc.integer({ min: 1, max: 240 }), minutes, (from, length, wanted) => {
        const fromMs = end + gapMs + from * minute
        const toMs = fromMs + length * minute
        const occupied = [{ bookingId: other, fromMs, toMs, blockToMs: toMs + gapMs }]
        const nowMs = start
        for (const { toMs: offered } of extensionOffers(
          { ...calendar(occupied), nowMs },
          checkedIn as never,
          price,
        )) {
          expect(codeOf(checkedIn, extendTo(offered, occupied), at(nowMs))).toBe('ok')
        }
        const asked = end + wanted * minute
        const decided = decide(checkedIn, extendTo(asked, occupied), at(nowMs))
        if (!decided.ok) return
        const after = apply(checkedIn, decided.value, nowMs)
        const blockToMs = after.kind === 'checked_in' ? (after.extension?.blockToMs ?? after.blockToMs) : 0
        expect(blockToMs).toBeGreaterThan(asked)
        expect(blockToMs <= fromMs || toMs + gapMs <= start).toBe(true)
      }),
    )
  })
})
