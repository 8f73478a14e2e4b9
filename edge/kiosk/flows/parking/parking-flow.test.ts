import type { QuoteView, ReceiptView, SessionView } from '@gatehouse/shared/api/views'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import { describe, expect, it } from 'vitest'
import { type ParkingEvent, type ParkingState, parkingStep } from './parking-flow.ts'

const price = { totalMinor: 3500 } as Price
const search = { by: 'plate', text: 'BGH12' } as const
const session = { sessionId: 'ps_1' } as SessionView
const other = { sessionId: 'ps_2' } as SessionView
const quote = { quoteId: 'qt_1' } as QuoteView
const receipt = { number: 'R-1' } as ReceiptView
const found = [session, other]

const states: Record<ParkingState['kind'], ParkingState> = {
  enter: { kind: 'enter', search },
  choose: { kind: 'choose', search, found },
  lost: { kind: 'lost', search, price },
  verify: { kind: 'verify', search, found, session },
  quote: { kind: 'quote', search, found, session, quote },
  cash: { kind: 'cash', search, found, session, quote },
  done: { kind: 'done', search, session, receipt },
}
const events: Record<ParkingEvent['kind'], ParkingEvent> = {
  found: { kind: 'found', search, found },
  nobody: { kind: 'nobody', search, price },
  lost: { kind: 'lost', session, quote },
  chosen: { kind: 'chosen', session },
  quoted: { kind: 'quoted', quote },
  cash: { kind: 'cash' },
  paid: { kind: 'paid', session, receipt },
  back: { kind: 'back' },
}
type Row = Record<ParkingEvent['kind'], ParkingState['kind'] | ''>
const none: Row = { found: '', nobody: '', lost: '', chosen: '', quoted: '', cash: '', paid: '', back: '' }
const table: Record<ParkingState['kind'], Row> = {
  enter: { ...none, found: 'choose', nobody: 'lost' },
  choose: { ...none, chosen: 'verify', back: 'enter' },
  lost: { ...none, lost: 'quote', back: 'enter' },
  verify: { ...none, quoted: 'quote', back: 'choose' },
  quote: { ...none, quoted: 'quote', cash: 'cash', paid: 'done', back: 'verify' },
  cash: { ...none, quoted: 'cash', paid: 'done', back: 'quote' },
  done: none,
}

describe('paying for parking', () => {
  for (const [from, row] of Object.entries(table) as [ParkingState['kind'], Row][]) {
    for (const [event, expected] of Object.entries(row) as [ParkingEvent['kind'], string][]) {
      it(`goes from ${from} by ${event} to ${expected || 'the same'}`, () => {
        const next = parkingStep(states[from], events[event])
        if (expected === '') expect(next).toBe(states[from])
        else expect(next.kind).toBe(expected)
      })
    }
  }

  it('asks for confirmation even when one vehicle was found, and goes back to typing from it', () => {
    const verify = parkingStep(states.enter, { kind: 'found', search, found: [session] })
    expect(verify.kind).toBe('verify')
    expect(parkingStep(verify, events.back)).toEqual(states.enter)
  })

  it('goes from the price of a lost ticket back to typing, which finds the same stay again', () => {
    const quoted = parkingStep(states.lost, events.lost)
    expect(parkingStep(quoted, events.back)).toEqual(states.enter)
  })

  it('stays where it is when nothing was found', () => {
    expect(parkingStep(states.enter, { kind: 'found', search, found: [] })).toBe(states.enter)
  })
})
