import { describe, expect, test } from 'vitest'
import * as ids from '../ids/ids.ts'
import type { HeldPass } from '../passes/pass.ts'
import { bookingPass, issuedMs, samplePasses } from '../passes/testing/sample-passes.ts'
import { usualSettings } from '../wire/v1/testing/usual-settings.ts'
import type { AccessBooking } from './decide-access.ts'
import { decidePass, type PassSituation } from './decide-pass.ts'

const minute = 60_000
const nowMs = issuedMs + 60 * minute
const device = ids.deviceIdSchema.parse('d-1')
const doorId = ids.doorIdSchema.parse('door-elm')
const booking: AccessBooking = {
  bookingId: ids.bookingIdSchema.parse('bk_0123456789abcdef012345678'),
  fromMs: nowMs,
  toMs: nowMs + 60 * minute,
  doorId,
  spaceFreeNow: true,
}
const situation: PassSituation = {
  atMs: nowMs,
  doorId,
  door: {
    name: 'Elm',
    levelId: ids.levelIdSchema.parse('l-0'),
    public: false,
    readerDeviceId: device,
    strikeDeviceId: device,
    pulseMs: 3_000,
    at: { x: 0, y: 0 },
  },
  settings: usualSettings,
  member: { displayName: 'Demo Member', planId: ids.planIdSchema.parse('p-1'), vehicles: [] },
  plan: {
    name: 'Resident',
    monthlyMinor: 1,
    discountPercent: 0,
    covers: [],
    access: { doors: 'all', hours: [] },
  },
  planOpenNow: true,
  lockdown: false,
  directoryAgeMs: 0,
  clockTrusted: true,
  pass: bookingPass,
  booking: { kind: 'in_force', bookings: [booking] },
  bookings: [],
  window: 7,
  lastUse: undefined,
}
const memberPass: HeldPass = { ...(samplePasses.member as HeldPass), doors: [] }
const decide = (change: Partial<PassSituation>) => {
  const decided = decidePass({ ...situation, ...change })
  return decided.ok ? decided.value.right : decided.error
}
const strictDoor = { ...situation.door, offlineMaxMs: 30 * minute }

describe('a booking’s pass at a door', () => {
  test('opens the room of the booking and says which use is to be kept', () => {
    expect(decidePass(situation)).toEqual({
      ok: true,
      value: {
        credentialId: bookingPass.passId,
        memberId: 'mb-ada',
        right: 'booking',
        bookingId: booking.bookingId,
        use: { slot: 'any', window: 7 },
      },
    })
  })

  test('of a guest opens it without naming a member', () => {
    const decided = decidePass({ ...situation, pass: samplePasses.guest })
    expect(decided.ok && decided.value).not.toHaveProperty('memberId')
  })

  test.each([
    ['nobody here knows the booking', { booking: { kind: 'unknown' } }, 'booking_unknown'],
    ['it is over, cancelled or not paid', { booking: { kind: 'not_in_force' } }, 'booking_not_in_force'],
    ['it is too early, whatever the member’s plan says', { atMs: nowMs - 15 * minute - 1 }, 'no_right'],
    ['the door is another room’s', { doorId: ids.doorIdSchema.parse('door-oak') }, 'no_right'],
    ['this presentation opened before', { lastUse: { slot: 'any', window: 7 } }, 'presentation_used'],
    ['a later presentation opened before', { lastUse: { slot: 'any', window: 8 } }, 'presentation_used'],
    ['it is paper of a garage', { pass: samplePasses.ticket }, 'pass_not_for_doors'],
  ] satisfies [string, Partial<PassSituation>, string][])('is refused when %s', (_, change, code) => {
    expect(decide(change)).toBe(code)
  })

  test('that lets one pass once does so once', () => {
    const pass = { ...bookingPass, singlePassage: true }
    expect(decide({ pass })).toBe('booking')
    expect(decide({ pass, lastUse: { slot: 'in', window: 1 } })).toBe('pass_used')
  })
})

describe('a member’s pass at a door', () => {
  test('opens by plan or by a booking of the member, as a card does', () => {
    expect(decide({ pass: memberPass })).toBe('plan')
    expect(decide({ pass: memberPass, plan: undefined })).toBe('no_right')
    expect(decide({ pass: memberPass, plan: undefined, bookings: [booking] })).toBe('booking')
    expect(decide({ pass: memberPass, planOpenNow: false })).toBe('outside_hours')
  })

  test('that names doors opens no other', () => {
    expect(decide({ pass: { ...memberPass, doors: [ids.doorIdSchema.parse('door-main')] } })).toBe(
      'pass_other_door',
    )
  })

  test('brings knowledge as young as itself, which a strict door still judges', () => {
    const longAgo = 40 * 24 * 60 * minute
    expect(decide({ pass: memberPass, directoryAgeMs: longAgo })).toBe('plan')
    expect(decide({ pass: memberPass, directoryAgeMs: longAgo, door: strictDoor })).toBe('directory_too_old')
    expect(decide({ pass: memberPass, directoryAgeMs: 30 * minute, door: strictDoor })).toBe('plan')
  })
})
