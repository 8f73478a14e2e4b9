import type { BookingView } from '@gatehouse/shared/api/views'
import { describe, expect, it } from 'vitest'
import { type CheckInEvent, type CheckInState, checkInStep } from './check-in-flow.ts'

const booking = { bookingId: 'bk_1' } as BookingView
const own = { displayName: 'Ada', bookings: [booking] }

const extending = { ...booking, extension: { toMs: 2, holdUntilMs: 1 } } as BookingView

const states: Record<CheckInState['kind'], CheckInState> = {
  enter: { kind: 'enter' },
  member: { kind: 'member' },
  choose: { kind: 'choose', own },
  booking: { kind: 'booking', own, booking },
  asking: { kind: 'asking', own, booking },
  leaving: { kind: 'leaving', own, booking },
  extending: { kind: 'extending', own, booking },
  price: { kind: 'price', own, booking: extending },
  cash: { kind: 'cash', own, booking: extending },
  done: { kind: 'done', booking },
}
const events: Record<CheckInEvent['kind'], CheckInEvent> = {
  asMember: { kind: 'asMember' },
  recognised: { kind: 'recognised', own },
  found: { kind: 'found', booking },
  scanned: { kind: 'scanned', booking },
  askCancel: { kind: 'askCancel' },
  askLeave: { kind: 'askLeave' },
  askExtend: { kind: 'askExtend' },
  extensionHeld: { kind: 'extensionHeld', booking: extending },
  payCash: { kind: 'payCash' },
  extended: { kind: 'extended', booking, receipt: undefined },
  changed: { kind: 'changed', booking },
  back: { kind: 'back' },
}
type Row = Record<CheckInEvent['kind'], CheckInState['kind'] | ''>
const nothing: Row = {
  asMember: '',
  recognised: '',
  found: '',
  scanned: 'booking',
  askCancel: '',
  askLeave: '',
  askExtend: '',
  extensionHeld: '',
  payCash: '',
  extended: '',
  changed: '',
  back: '',
}
const table: Record<CheckInState['kind'], Row> = {
  enter: { ...nothing, asMember: 'member', recognised: 'choose', found: 'booking' },
  member: { ...nothing, recognised: 'choose', back: 'enter' },
  choose: { ...nothing, found: 'booking', back: 'enter' },
  booking: {
    ...nothing,
    askCancel: 'asking',
    askLeave: 'leaving',
    askExtend: 'extending',
    changed: 'done',
    back: 'choose',
  },
  asking: { ...nothing, changed: 'done', back: 'booking' },
  leaving: { ...nothing, changed: 'done', back: 'booking' },
  extending: { ...nothing, scanned: '', extensionHeld: 'price', back: 'booking' },
  price: { ...nothing, scanned: '', payCash: 'cash', extended: 'done', back: 'extending' },
  cash: { ...nothing, scanned: '', extended: 'done', back: 'price' },
  done: nothing,
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

  it('is done at once when a later end costs nothing', () => {
    const next = checkInStep(states.extending, { kind: 'extensionHeld', booking })
    expect(next).toEqual({ kind: 'done', booking, extended: true })
  })

  it('asks for the reference when the one that was scanned is not known', () => {
    const event: CheckInEvent = { kind: 'scanned', booking: undefined }
    expect(checkInStep(states.done, event)).toEqual({ kind: 'enter' })
    expect(checkInStep(states.cash, event)).toBe(states.cash)
  })

  it('goes back to the reference when the booking was found by it', () => {
    expect(checkInStep({ kind: 'booking', own: undefined, booking }, events.back)).toEqual({ kind: 'enter' })
  })
})
