import type { BookingView, SpaceView } from '@gatehouse/shared/api/views'
import { describe, expect, it } from 'vitest'
import { type BookEvent, type BookState, bookStep, heldBooking } from './book-flow.ts'

const wish = { kind: 'desk', durationMs: 3_600_000 }
const booking = { bookingId: 'bk_1' } as BookingView
const pick = { space: { spaceId: 'desk-1' } as SpaceView, fromMs: 0, toMs: 3_600_000 }
const who = { kind: 'guest', guestName: 'Ada' } as const

const states: Record<BookState['kind'], BookState> = {
  when: { kind: 'when', wish },
  space: { kind: 'space', wish },
  who: { kind: 'who', wish, pick },
  member: { kind: 'member', wish, pick },
  guest: { kind: 'guest', wish, pick },
  price: { kind: 'price', wish, pick, who, booking },
  cash: { kind: 'cash', wish, pick, who, booking },
  done: { kind: 'done', booking, receipt: undefined },
}
const events: Record<BookEvent['kind'], BookEvent> = {
  wished: { kind: 'wished', wish },
  picked: { kind: 'picked', pick },
  asked: { kind: 'asked', who: 'guest' },
  held: { kind: 'held', who, booking },
  cash: { kind: 'cash' },
  confirmed: { kind: 'confirmed', booking, receipt: undefined },
  back: { kind: 'back' },
}

const same = 'same'
const table: Record<BookState['kind'], Record<BookEvent['kind'], BookState['kind'] | typeof same>> = {
  when: { wished: 'space', picked: same, asked: same, held: same, cash: same, confirmed: same, back: same },
  space: { wished: same, picked: 'who', asked: same, held: same, cash: same, confirmed: same, back: 'when' },
  who: { wished: same, picked: same, asked: 'guest', held: same, cash: same, confirmed: same, back: 'space' },
  member: {
    wished: same,
    picked: same,
    asked: same,
    held: 'price',
    cash: same,
    confirmed: same,
    back: 'who',
  },
  guest: { wished: same, picked: same, asked: same, held: 'price', cash: same, confirmed: same, back: 'who' },
  price: {
    wished: same,
    picked: same,
    asked: same,
    held: same,
    cash: 'cash',
    confirmed: 'done',
    back: 'space',
  },
  cash: { wished: same, picked: same, asked: same, held: same, cash: same, confirmed: 'done', back: 'price' },
  done: { wished: same, picked: same, asked: same, held: same, cash: same, confirmed: same, back: same },
}

describe('booking at the kiosk', () => {
  for (const [from, row] of Object.entries(table) as [BookState['kind'], (typeof table)['when']][]) {
    for (const [event, expected] of Object.entries(row) as [BookEvent['kind'], string][]) {
      it(`goes from ${from} by ${event} to ${expected}`, () => {
        const next = bookStep(states[from], events[event])
        if (expected === same) expect(next).toBe(states[from])
        else expect(next.kind).toBe(expected)
      })
    }
  }

  it('gives back a hold only while one is held', () => {
    const holding = Object.values(states).filter((state) => heldBooking(state) !== undefined)
    expect(holding.map((state) => state.kind)).toEqual(['price', 'cash'])
  })
})
