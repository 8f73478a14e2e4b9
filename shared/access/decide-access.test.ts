import { describe, expect, test } from 'vitest'
import * as ids from '../ids/ids.ts'
import { usualSettings } from '../wire/v1/testing/usual-settings.ts'
import { type AccessSituation, decideAccess } from './decide-access.ts'
import { countWrongPin, freshPinGuard, isPinLocked } from './pin-guard.ts'

const doorId = ids.doorIdSchema.parse('door-1')
const roomDoor = ids.doorIdSchema.parse('door-elm')
const memberId = ids.memberIdSchema.parse('m-1')
const bookingId = ids.bookingIdSchema.parse('bk-1')
const device = ids.deviceIdSchema.parse('d-1')
const minute = 60_000
const noon = 1_800_000_000_000

const situation: AccessSituation = {
  atMs: noon,
  doorId,
  door: {
    name: 'Front door',
    levelId: ids.levelIdSchema.parse('l-0'),
    public: true,
    readerDeviceId: device,
    strikeDeviceId: device,
    pulseMs: 3000,
    at: { x: 0, y: 0 },
  },
  settings: usualSettings,
  credential: {
    key: ids.credentialIdSchema.parse('c-1'),
    body: { kind: 'card', digest: 'd', memberId, revoked: false },
  },
  member: { displayName: 'Demo Member', planId: ids.planIdSchema.parse('p-1'), vehicles: [] },
  plan: {
    name: 'Resident',
    monthlyMinor: 1,
    discountPercent: 0,
    covers: [],
    access: { doors: 'public', hours: [] },
  },
  planOpenNow: true,
  bookings: [],
  lockdown: false,
  directoryAgeMs: 0,
  clockTrusted: true,
}
const refusal = (change: Partial<AccessSituation>) => {
  const decided = decideAccess({ ...situation, ...change })
  return decided.ok ? decided.value.right : decided.error
}
const withCredential = (change: object) => ({
  credential: {
    key: ids.credentialIdSchema.parse('c-1'),
    body: { ...situation.credential!.body, ...change },
  },
})
const booking = {
  bookingId,
  fromMs: noon + 15 * minute,
  toMs: noon + 75 * minute,
  doorId: roomDoor,
  spaceFreeNow: true,
}
const inRoom = { doorId: roomDoor, door: { ...situation.door, public: false } }

describe('a card at a door', () => {
  test('opens a public door for a member with a plan', () => expect(refusal({})).toBe('plan'))
  test('is refused when nobody knows it', () =>
    expect(refusal({ credential: undefined })).toBe('credential_unknown'))
  test('is refused when revoked, even with a right', () =>
    expect(refusal(withCredential({ revoked: true }))).toBe('credential_revoked'))
  test('is refused before its first and from its last instant', () => {
    expect(refusal(withCredential({ fromMs: noon + 1 }))).toBe('credential_not_yet_valid')
    expect(refusal(withCredential({ toMs: noon }))).toBe('credential_expired')
  })
  test('is refused when the directory is older than the site allows', () =>
    expect(refusal({ directoryAgeMs: situation.settings.memberOfflineMs + 1 })).toBe('directory_too_old'))
  test('is refused sooner where the door or the card says so', () => {
    const strict = { offlineMaxMs: minute }
    for (const change of [{ door: { ...situation.door, ...strict } }, withCredential(strict)]) {
      expect(refusal({ ...change, directoryAgeMs: minute })).toBe('plan')
      expect(refusal({ ...change, directoryAgeMs: minute + 1 })).toBe('directory_too_old')
    }
  })
  test('is refused outside the hours of the plan', () =>
    expect(refusal({ planOpenNow: false })).toBe('outside_hours'))
  test('is refused at a private door of another space', () => expect(refusal(inRoom)).toBe('no_right'))
  test('is refused when the plan has ended', () =>
    expect(refusal({ member: { ...situation.member!, planToMs: noon } })).toBe('no_right'))
})

describe('without a trusted clock', () => {
  const lost = { clockTrusted: false, atMs: 0 }
  test('a known card opens, whatever the hours and the end of its plan', () => {
    const ended = { member: { ...situation.member!, planToMs: 1 } }
    expect(refusal({ ...lost, planOpenNow: false, ...ended })).toBe('plan')
  })
  test('the age of the directory counts only at doors and for cards that are strict by name', () => {
    const old = { ...lost, directoryAgeMs: situation.settings.memberOfflineMs + 1 }
    expect(refusal(old)).toBe('plan')
    expect(refusal({ ...old, door: { ...situation.door, offlineMaxMs: minute } })).toBe('directory_too_old')
  })
  test('a card that is limited in time, one that was revoked and another room’s door stay refused', () => {
    expect(refusal({ ...lost, ...withCredential({ toMs: noon }) })).toBe('clock_untrusted')
    expect(refusal({ ...lost, ...withCredential({ fromMs: 0 }) })).toBe('clock_untrusted')
    expect(refusal({ ...lost, ...withCredential({ revoked: true }) })).toBe('credential_revoked')
    expect(refusal({ ...lost, ...inRoom })).toBe('no_right')
  })
  test('a booking opens nothing', () =>
    expect(refusal({ ...lost, ...inRoom, atMs: booking.fromMs, bookings: [booking] })).toBe('no_right'))
})

describe('a booking', () => {
  test('opens its room from 15 minutes before', () => {
    expect(refusal({ ...inRoom, bookings: [booking] })).toBe('booking')
    expect(refusal({ ...inRoom, atMs: noon - 1, bookings: [booking] })).toBe('no_right')
  })
  test('does not open early while another visitor is still inside', () =>
    expect(refusal({ ...inRoom, bookings: [{ ...booking, spaceFreeNow: false }] })).toBe('no_right'))
  test('opens until 15 minutes after its end, exclusive', () => {
    const end = booking.toMs + 15 * minute
    expect(refusal({ ...inRoom, atMs: end - 1, bookings: [booking] })).toBe('booking')
    expect(refusal({ ...inRoom, atMs: end, bookings: [booking] })).toBe('no_right')
  })
  test('opens the public door for a member without a plan', () =>
    expect(refusal({ plan: undefined, bookings: [booking] })).toBe('booking'))
})

describe('PIN guessing', () => {
  const guess = (times: number, start: typeof freshPinGuard = freshPinGuard) =>
    Array.from({ length: times }).reduce((guard: typeof freshPinGuard) => countWrongPin(guard, noon), start)
  test('locks at the fifth wrong PIN for five minutes', () => {
    expect(isPinLocked(guess(4), noon)).toBe(false)
    expect(isPinLocked(guess(5), noon + 5 * minute - 1)).toBe(true)
    expect(isPinLocked(guess(5), noon + 5 * minute)).toBe(false)
  })
  test('doubles the lock the next time', () =>
    expect(guess(5, guess(5)).lockedUntilMs).toBe(noon + 10 * minute))
  test('forgets guesses that are more than ten minutes old', () =>
    expect(isPinLocked(countWrongPin(guess(4), noon + 10 * minute), noon + 10 * minute)).toBe(false))
})
