import { describe, expect, test } from 'vitest'
import { effectIdSchema, laneIdSchema, sessionIdSchema, spaceIdSchema, tariffIdSchema } from '../ids/ids.ts'
import { type Arrival, decideArrival } from './arrival.ts'
import { beginSession } from './session.ts'

const arrival: Arrival = {
  laneId: laneIdSchema.parse('entry-1'),
  vehicleClass: 'car',
  alreadyInside: false,
  unseen: false,
  fire: false,
  lockedDown: false,
  siteClosed: false,
  full: false,
  allocatedSpaceId: spaceIdSchema.parse('bay-1'),
  tariff: { tariffId: tariffIdSchema.parse('t-1'), version: 2 },
  sessionId: sessionIdSchema.parse('ps_1'),
  ticket: '0000-0000',
  effectId: effectIdSchema.parse('fx_1'),
}
const booked = spaceIdSchema.parse('bay-9')

function without(key: 'allocatedSpaceId' | 'tariff'): Arrival {
  const { [key]: _left, ...rest } = arrival
  return rest
}

describe('decideArrival', () => {
  test('opens, gives a bay and freezes the tariff version', () => {
    const { events, outcome } = decideArrival(arrival)
    expect(outcome).toEqual({ kind: 'opened', sessionId: 'ps_1', spaceId: 'bay-1' })
    expect(events).toMatchObject([{ type: 'session.arrived', body: { spaceId: 'bay-1', tariffVersion: 2 } }])
  })

  test.each([
    ['lockdown', { ...arrival, lockedDown: true, siteClosed: true, bookedSpaceId: booked }],
    ['site_closed', { ...arrival, siteClosed: true, full: true }],
    ['full', { ...arrival, full: true }],
    ['no_space', without('allocatedSpaceId')],
    ['fire', { ...arrival, fire: true, lockedDown: true }],
    ['lane_trouble', { ...arrival, unseen: true }],
    ['already_inside', { ...arrival, alreadyInside: true }],
    ['no_tariff', without('tariff')],
  ])('refuses as %s, on record', (reason, asked) => {
    expect(decideArrival(asked)).toEqual({
      events: [{ type: 'lane.refused', body: { laneId: 'entry-1', reason } }],
      outcome: { kind: 'refused', reason },
    })
  })

  test('a booked bay is promised: FULL does not refuse it', () => {
    const { outcome } = decideArrival({ ...without('allocatedSpaceId'), full: true, bookedSpaceId: booked })
    expect(outcome).toMatchObject({ kind: 'opened', spaceId: 'bay-9' })
  })

  test('who has a booking comes into a site that sells nothing new', () => {
    expect(decideArrival({ ...arrival, siteClosed: true, bookedSpaceId: booked }).outcome.kind).toBe('opened')
  })

  test('an unconfirmed authorisation is used again without a second session', () => {
    const [first] = decideArrival(arrival).events
    const moment = { wallMs: 0, monotonicMs: 0, bootId: 'b', quality: 'trusted' } as const
    const unconfirmed = first?.type === 'session.arrived' ? beginSession(first.body, moment) : undefined
    const again = decideArrival({ ...arrival, full: true, ...(unconfirmed ? { unconfirmed } : {}) })
    expect(again).toEqual({ events: [], outcome: { kind: 'again', sessionId: 'ps_1', spaceId: 'bay-1' } })
    const locked = decideArrival({ ...arrival, lockedDown: true, ...(unconfirmed ? { unconfirmed } : {}) })
    expect(locked.outcome).toEqual({ kind: 'refused', reason: 'lockdown' })
  })
})
