import { describe, expect, it } from 'vitest'
import { decide } from './decide.ts'
import {
  at,
  bookingId,
  checkedIn,
  end,
  extending,
  minute,
  price,
  run,
  start,
} from './testing/paid-booking.ts'

describe('leaving early', () => {
  it('ends the booking now, once, and gives nothing back by itself', () => {
    const decided = decide(checkedIn, { kind: 'releaseEarly' }, at(start + 30 * minute))
    expect(decided).toEqual({
      ok: true,
      value: [{ type: 'booking.completed', body: { bookingId, endedMs: start + 30 * minute } }],
    })
    const left = run(checkedIn, { kind: 'releaseEarly' }, at(start + 30 * minute))
    expect(left).toMatchObject({ kind: 'completed', endedMs: start + 30 * minute, toMs: end })
    expect(decide(left, { kind: 'releaseEarly' }, at(end))).toEqual({ ok: true, value: [] })
  })

  it('gives the unpaid extension up', () => {
    expect('extension' in run(extending, { kind: 'releaseEarly' }, at(end))).toBe(false)
  })

  it('gives nothing back and names no end by a clock that is not trusted', () => {
    const command = { kind: 'releaseEarly', refund: { percent: 100, price } } as const
    expect(decide(checkedIn, command, at(0, { clockTrusted: false }))).toEqual({
      ok: true,
      value: [{ type: 'booking.completed', body: { bookingId } }],
    })
  })

  it.each([
    [start - minute, 100, 2400],
    [start + 30 * minute, 100, 1200],
    [start + 30 * minute, 50, 600],
    [start + 61 * minute, 100, 0],
    [end, 100, 0],
  ])('at %i gives back %i %% of the unused time: %i', (nowMs, percent, refundMinor) => {
    const decided = decide(checkedIn, { kind: 'releaseEarly', refund: { percent, price } }, at(nowMs))
    const back = decided.ok ? decided.value.filter(({ type }) => type === 'payment.refunded') : []
    expect(back.map(({ body }) => 'amountMinor' in body && body.amountMinor)).toEqual(
      refundMinor === 0 ? [] : [refundMinor],
    )
  })
})
