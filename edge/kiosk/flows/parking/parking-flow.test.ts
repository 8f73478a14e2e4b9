import type { QuoteView, ReceiptView, SessionView } from '@gatehouse/shared/api/views'
import { describe, expect, it } from 'vitest'
import { type ParkingEvent, type ParkingState, parkingStep } from './parking-flow.ts'

const search = { by: 'plate', text: 'BGH12' } as const
const session = { sessionId: 'ps_1' } as SessionView
const other = { sessionId: 'ps_2' } as SessionView
const quote = { quoteId: 'qt_1' } as QuoteView
const receipt = { number: 'R-1' } as ReceiptView
const found = [session, other]

const states: Record<ParkingState['kind'], ParkingState> = {
  enter: { kind: 'enter', search },
  choose: { kind: 'choose', search, found },
  verify: { kind: 'verify', search, found, session },
  quote: { kind: 'quote', search, found, session, quote },
  cash: { kind: 'cash', search, found, session, quote },
  done: { kind: 'done', session, receipt },
}
const events: Record<ParkingEvent['kind'], ParkingEvent> = {
  found: { kind: 'found', search, found },
  chosen: { kind: 'chosen', session },
  quoted: { kind: 'quoted', quote },
  cash: { kind: 'cash' },
  paid: { kind: 'paid', session, receipt },
  back: { kind: 'back' },
}
type Row = Record<ParkingEvent['kind'], ParkingState['kind'] | ''>
const table: Record<ParkingState['kind'], Row> = {
  enter: { found: 'choose', chosen: '', quoted: '', cash: '', paid: '', back: '' },
  choose: { found: '', chosen: 'verify', quoted: '', cash: '', paid: '', back: 'enter' },
  verify: { found: '', chosen: '', quoted: 'quote', cash: '', paid: '', back: 'choose' },
  quote: { found: '', chosen: '', quoted: 'quote', cash: 'cash', paid: 'done', back: 'verify' },
  cash: { found: '', chosen: '', quoted: 'cash', cash: '', paid: 'done', back: 'quote' },
  done: { found: '', chosen: '', quoted: '', cash: '', paid: '', back: '' },
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

  it('stays where it is when nothing was found', () => {
    expect(parkingStep(states.enter, { kind: 'found', search, found: [] })).toBe(states.enter)
  })
})
