import { describe, expect, test } from 'vitest'
import { type HoldSituation, wantedHold } from './door-hold.ts'

/** Friday 2026-11-20 in Berlin. */
const at = (wall: string) => Date.parse(`2026-11-20T${wall}:00+01:00`)
const hours = [{ weekday: 5, from: '08:00', to: '18:00' }]
const situation: HoldSituation = {
  atMs: at('10:00'),
  clockTrusted: true,
  door: { unlock: { hours } },
  site: { timeZone: 'Europe/Berlin' },
  fire: false,
  lockdown: false,
  memberInMs: undefined,
}
const wanted = (change: Partial<HoldSituation>) => wantedHold({ ...situation, ...change })

describe('an unlock schedule', () => {
  test('keeps the door released in its hours, half-open', () => {
    const times = ['07:59', '08:00', '17:59', '18:00'].map((wall) => wanted({ atMs: at(wall) }))
    expect(times).toEqual([undefined, 'schedule', 'schedule', undefined])
  })

  test('follows the holidays of the site, and a site that is closed', () => {
    const closed = [{ date: '2026-11-20', name: 'Harbour Day', hours: [] }]
    const short = [{ date: '2026-11-20', name: 'Harbour Day', hours: [{ from: '09:00', to: '11:00' }] }]
    expect(wanted({ site: { ...situation.site, holidays: closed } })).toBeUndefined()
    expect(wanted({ site: { ...situation.site, holidays: short } })).toBe('schedule')
    expect(wanted({ site: { ...situation.site, status: 'closed' } })).toBeUndefined()
  })

  test('stops in a lockdown and without a trusted clock', () => {
    expect(wanted({ lockdown: true })).toBeUndefined()
    expect(wanted({ clockTrusted: false })).toBeUndefined()
  })

  test('is not for doors of an interlock or for two members', () => {
    expect(wanted({ door: { unlock: { hours }, interlock: 'mantrap' } })).toBeUndefined()
    expect(wanted({ door: { unlock: { hours }, twoPersonMs: 15_000 } })).toBeUndefined()
  })

  test('may wait for the first member, who comes a little before or any time later', () => {
    const door = { unlock: { hours, firstPerson: true } }
    const by = (memberInMs: number | undefined) => wanted({ door, memberInMs })
    expect(by(undefined)).toBeUndefined()
    expect([by(at('07:30') - 1), by(at('07:30')), by(at('10:00'))]).toEqual([
      undefined,
      'schedule',
      'schedule',
    ])
    expect(by(at('10:00') + 1)).toBeUndefined()
    expect(by(at('10:00') - 24 * 3_600_000)).toBeUndefined()
  })

  test('past midnight belongs to the day it began', () => {
    const late = { unlock: { hours: [{ weekday: 4, from: '20:00', to: '02:00' }], firstPerson: true } }
    const memberInMs = Date.parse('2026-11-19T20:10:00+01:00')
    expect(wanted({ atMs: at('01:59'), door: late, memberInMs })).toBe('schedule')
    expect(wanted({ atMs: at('02:00'), door: late, memberInMs })).toBeUndefined()
  })
})

test('fire beats lockdown, the clock, and having no schedule', () => {
  expect(wanted({ fire: true, lockdown: true, clockTrusted: false, door: {} })).toBe('fire')
})
