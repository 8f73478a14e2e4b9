import type { BookingView } from '@gatehouse/shared/api/views'
import { describe, expect, it } from 'vitest'
import { type CheckInEvent, type CheckInState, checkInStep } from './check-in-flow.ts'

const booking = { bookingId: 'bk_1' } as BookingView
const own = { displayName: 'Ada', bookings: [booking] }

const states: Record<CheckInState['kind'], CheckInState> = {
  enter: { kind: 'enter' },
  member: { kind: 'member' },
  choose: { kind: 'choose', own },
  booking: { kind: 'booking', own, booking },
  asking: { kind: 'asking', own, booking },
  done: { kind: 'done', booking },
}
const events: Record<CheckInEvent['kind'], CheckInEvent> = {
  asMember: { kind: 'asMember' },
  recognised: { kind: 'recognised', own },
  found: { kind: 'found', booking },
  askCancel: { kind: 'askCancel' },
  changed: { kind: 'changed', booking },
  back: { kind: 'back' },
}
type Row = Record<CheckInEvent['kind'], CheckInState['kind'] | ''>
const table: Record<CheckInState['kind'], Row> = {
  enter: { asMember: 'member', recognised: 'choose', found: 'booking', askCancel: '', changed: '', back: '' },
  member: { asMember: '', recognised: 'choose', found: '', askCancel: '', changed: '', back: 'enter' },
  choose: { asMember: '', recognised: '', found: 'booking', askCancel: '', changed: '', back: 'enter' },
  booking: { asMember: '', recognised: '', found: '', askCancel: 'asking', changed: 'done', back: 'choose' },
  asking: { asMember: '', recognised: '', found: '', askCancel: '', changed: 'done', back: 'booking' },
  done: { asMember: '', recognised: '', found: '', askCancel: '', changed: '', back: '' },
}

describe('checking in', () => {
  for (const [from, row] of Object.entries(table) as [CheckInState['kind'], Row][]) {
    for (const [event, expected] of Object.entries(row) as [CheckInEvent['kind'], string][]) {
      it(`goes from ${from} by ${event} to ${expected || 'the same'}`, () => {
        const next = checkInStep(states[from], events[event])
        if (expected === '') expect(next).toBe(states[from])
        else expect(next.kind).toBe(expected)
      })
    }
  }

  it('goes back to the reference when the booking was found by it', () => {
    expect(checkInStep({ kind: 'booking', own: undefined, booking }, events.back)).toEqual({ kind: 'enter' })
  })
})
