import { beginSession, evolveSession as evolveAtSite } from '@gatehouse/shared/parking/session'
import { parseEvent } from '@gatehouse/shared/wire/v1/entries'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { captured, held, price } from '../sites/testing/events.ts'
import { evolve } from './evolve.ts'
import { noRows } from './projected-rows.ts'

const session = { sessionId: 'ss_1' }

const arrived = {
  type: 'session.arrived',
  body: {
    ...session,
    laneId: 'ln_in',
    ticket: 'T1',
    vehicleClass: 'car',
    tariffId: 'tf_car',
    tariffVersion: 1,
    effectId: 'ef_1',
  },
}

const capturedFor = (of: typeof session, paymentId: string, amountMinor: number) => ({
  type: 'payment.captured',
  body: {
    ...{ paymentId, amountMinor, subject: { kind: 'session', ...of } },
    ...{ method: 'cash', currency: 'EUR', takenBy: 'site' },
  },
})

/** Folds events one after another; returns the last refusal and the rows. */
function fold(events: readonly { type: string; body: object }[]) {
  const rows = noRows()
  const refusals = events.map(({ type, body }, at) => {
    const event = parseEvent({ type, body: body as Record<string, unknown> })
    if (event === undefined) throw new TypeError(`unreadable ${type}`)
    return evolve(rows, event, { seq: at + 1, atMs: 1_000 * (at + 1) })
  })
  return { rows, refusals }
}

describe('a parking session', () => {
  it('goes from arrival to departure with its money and times', () => {
    const { rows, refusals } = fold([
      arrived,
      { type: 'session.entered', body: { ...session, laneId: 'ln_in', zoneId: 'zn_1' } },
      { type: 'session.charged', body: { ...session, price: price(450), untilMs: 9_000, dueMinor: 450 } },
      capturedFor(session, 'py_1', 450),
      { type: 'session.departing', body: { ...session, laneId: 'ln_out', effectId: 'ef_2', debtMinor: 0 } },
      { type: 'session.departed', body: { ...session, laneId: 'ln_out', zoneId: 'zn_1' } },
    ])
    expect(refusals.every((refusal) => refusal === undefined)).toBe(true)
    expect(rows.sessions.get('ss_1')).toMatchObject({
      state: 'departed',
      zone_id: 'zn_1',
      exit_lane_id: 'ln_out',
      arrived_ms: 1_000,
      entered_ms: 2_000,
      departed_ms: 6_000,
      charged_minor: 450,
      paid_minor: 450,
      seq: 6,
    })
  })

  it('is in the state that it has at the site, whatever is told of it in whatever order', () => {
    const at = { wallMs: 1, bootId: 'b', monotonicMs: 1, quality: 'trusted' } as const
    const told = {
      entered: { type: 'session.entered', body: { ...session, laneId: 'ln_in', zoneId: 'zn_1' } },
      voided: { type: 'session.voided', body: { ...session, reason: 'backed_out' } },
      departing: {
        type: 'session.departing',
        body: { ...session, laneId: 'ln_out', effectId: 'ef_2', debtMinor: 0 },
      },
      departed: { type: 'session.departed', body: { ...session, laneId: 'ln_out', zoneId: 'zn_1' } },
      backedOut: { type: 'lane.refused', body: { ...session, laneId: 'ln_out', reason: 'backed_out' } },
      inferred: {
        type: 'incident.opened',
        body: { incidentId: 'inc_1', kind: 'session_inferred', about: session.sessionId },
      },
    }
    const names = [...(Object.keys(told) as (keyof typeof told)[]), 'charged', 'captured'] as const
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names), { maxLength: 9 }), (order) => {
        let chargedMinor = 0
        let paidMinor = 0
        const events = order.map((name, index) => {
          if (name === 'captured') {
            paidMinor += 200
            return capturedFor(session, `py_${index}`, 200)
          }
          if (name !== 'charged') return told[name]
          chargedMinor += 300
          const dueMinor = Math.max(0, chargedMinor - paidMinor)
          const body = { ...session, price: price(chargedMinor), untilMs: 9_000, dueMinor }
          return { type: 'session.charged', body }
        })
        const parsed = [arrived, ...events].flatMap(({ type, body }) => parseEvent({ type, body }) ?? [])
        const [first] = parsed
        if (first?.type !== 'session.arrived') throw new TypeError('unreadable')
        const atSite = parsed.reduce(
          (stay, event) => evolveAtSite(stay, event, at),
          beginSession(first.body, at),
        )
        const row = fold([arrived, ...events]).rows.sessions.get('ss_1')
        expect(row?.state).toBe(atSite.kind === 'charged' ? 'inside' : atSite.kind)
        expect(row?.paid_minor).toBe(atSite.stay.paidMinor)
      }),
      { numRuns: 2_000 },
    )
  })

  it('cannot arrive twice, nor do anything before it arrived', () => {
    expect(fold([arrived, arrived]).refusals[1]).toBe('session_exists')
    const left = { type: 'session.departed', body: { ...session, laneId: 'ln_out', zoneId: 'zn_1' } }
    expect(fold([left]).refusals[0]).toBe('unknown_session')
  })
})

describe('a payment', () => {
  it('counts once and is posted even for a booking that is not known', () => {
    const { rows, refusals } = fold([captured('py_1', 'bk_1', 500), captured('py_1', 'bk_1', 500)])
    expect(refusals).toEqual([undefined, 'payment_exists'])
    expect(rows.payments.size).toBe(1)
  })

  it('and its refund leave the booking with both sums', () => {
    const { body } = captured('py_2', 'bk_1', 300)
    const refund = { type: 'payment.refunded', body: { ...body, ofPaymentId: 'py_1' } }
    const { rows } = fold([held('bk_1', 'sp_1', 1, 2), captured('py_1', 'bk_1', 500), refund])
    expect(rows.bookings.get('bk_1')).toMatchObject({ paid_minor: 500, refunded_minor: 300 })
  })
})

describe('blocks of a space', () => {
  const refusalOf = (...events: Parameters<typeof fold>[0]) => fold(events).refusals.at(-1)

  it('may touch but not overlap, gaps included', () => {
    const gap = { blockToMs: held('x', 'sp_1', 1, 3).body.toMs }
    expect(refusalOf(held('a', 'sp_1', 1, 2), held('b', 'sp_1', 2, 3))).toBeUndefined()
    expect(refusalOf(held('a', 'sp_1', 1, 2, gap), held('b', 'sp_1', 2, 3))).toBe('overlap')
    expect(refusalOf(held('a', 'sp_1', 1, 2), held('b', 'sp_2', 1, 2))).toBeUndefined()
  })
})

describe('a later or an earlier end', () => {
  const booked = held('bk_1', 'sp_1', 1, 2)
  const { spaceId, fromMs, toMs } = booked.body
  const later = { bookingId: 'bk_1', spaceId, fromMs, toMs: toMs + 2, blockToMs: toMs + 3, price: price(600) }
  const asked = { type: 'booking.extension_held', body: { ...later, holdUntilMs: 9_000 } }
  const extended = { type: 'booking.extended', body: later }
  const rowAfter = (...events: Parameters<typeof fold>[0]) =>
    fold([booked, ...events]).rows.bookings.get('bk_1')

  it('is held beside the booking until it is paid, which adds its price', () => {
    expect(rowAfter(asked)).toMatchObject({
      to_ms: toMs,
      block_to_ms: toMs + 3,
      extension: { toMs: toMs + 2, blockFromMs: toMs, holdUntilMs: 9_000 },
    })
    const paid = { to_ms: toMs + 2, block_to_ms: toMs + 3, extension: null, price: { totalMinor: 1_600 } }
    expect(rowAfter(asked, extended)).toMatchObject(paid)
  })

  it('leaves the booking as it was when it was not paid, also after a second wish', () => {
    const second = { ...asked, body: { ...asked.body, blockToMs: toMs + 9 } }
    const dropped = { type: 'booking.extension_dropped', body: { bookingId: 'bk_1', blockToMs: toMs } }
    expect(rowAfter(asked, second)?.extension?.blockFromMs).toBe(toMs)
    expect(rowAfter(asked, second, dropped)).toMatchObject({
      to_ms: toMs,
      block_to_ms: toMs,
      extension: null,
    })
  })

  it('cannot be posted over a neighbour, nor for a booking that is not known', () => {
    expect(fold([booked, held('bk_2', 'sp_1', 2, 3), asked]).refusals.at(-1)).toBe('overlap')
    expect(fold([asked]).refusals).toEqual(['unknown_booking'])
  })

  it('keeps the instant at which the holder left, and gives the unpaid end up', () => {
    const left = { type: 'booking.completed', body: { bookingId: 'bk_1', endedMs: fromMs + 1 } }
    expect(rowAfter(asked, left)).toMatchObject({
      status: 'completed',
      ended_ms: fromMs + 1,
      block_to_ms: toMs,
      extension: null,
    })
  })
})
