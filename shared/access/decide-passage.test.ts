import { describe, expect, test } from 'vitest'
import * as ids from '../ids/ids.ts'
import { decidePassage, type PassageSituation } from './decide-passage.ts'

const lobby = ids.zoneIdSchema.parse('lobby')
const vault = ids.zoneIdSchema.parse('vault')
const ada = ids.memberIdSchema.parse('m-ada')
const ben = ids.memberIdSchema.parse('m-ben')
const minute = 60_000
/** Friday 2026-11-20, 10:00 in Berlin. */
const atMs = Date.parse('2026-11-20T10:00:00+01:00')

const situation: PassageSituation = {
  atMs,
  clockTrusted: true,
  timeZone: 'Europe/Berlin',
  door: { outerZoneId: lobby, zoneId: vault },
  antiPassback: { mode: 'hard' },
  place: { zoneId: lobby, sinceMs: atMs - minute },
  othersSecured: true,
  memberId: ada,
  waiting: undefined,
}
const decide = (change: Partial<PassageSituation>) => {
  const decided = decidePassage({ ...situation, ...change })
  return decided.ok ? decided.value : decided.error
}
const inVault = (sinceMs = atMs - minute) => ({ zoneId: vault, sinceMs })

describe('anti-passback', () => {
  test('lets in who comes from before the door, and who was not seen', () => {
    expect(decide({})).toEqual({})
    expect(decide({ place: undefined })).toEqual({})
  })

  test('hard refuses who is inside by the doors, and who is anywhere else than before the door', () => {
    expect(decide({ place: inVault() })).toBe('anti_passback')
    expect(decide({ place: inVault(), door: { zoneId: vault } })).toBe('anti_passback')
    expect(decide({ door: { zoneId: vault } })).toBe('anti_passback')
  })

  test('soft lets in and says so', () =>
    expect(decide({ place: inVault(), antiPassback: { mode: 'soft' } })).toEqual({
      violation: 'anti_passback',
    }))

  test('is asked only where the zone has a rule', () =>
    expect(decide({ place: inVault(), antiPassback: undefined })).toEqual({}))

  test('timed refuses the same zone again until its time is over, and nothing else', () => {
    const timed = { mode: 'timed', againMs: 5 * minute } as const
    const again = (sinceMs: number) => decide({ antiPassback: timed, place: inVault(sinceMs) })
    expect([again(atMs), again(atMs - 5 * minute + 1)]).toEqual(['anti_passback', 'anti_passback'])
    expect(again(atMs - 5 * minute)).toEqual({})
    expect(
      decide({ antiPassback: timed, place: { zoneId: ids.zoneIdSchema.parse('yard'), sinceMs: atMs } }),
    ).toEqual({})
  })

  test('forgives at the hour of the zone’s clock', () => {
    const rule = { mode: 'hard', forgiveAt: '04:00' } as const
    const fourMs = Date.parse('2026-11-20T04:00:00+01:00')
    const from = (sinceMs: number, when = atMs) =>
      decide({ antiPassback: rule, place: inVault(sinceMs), atMs: when })
    expect(from(fourMs)).toEqual({})
    expect(from(fourMs + 1)).toBe('anti_passback')
    expect(from(fourMs - 60 * minute, fourMs - 1)).toBe('anti_passback')
    expect(from(fourMs - 60 * minute, fourMs)).toEqual({})
  })

  test('decides in the person’s favour what an untrusted clock cannot say', () => {
    const untrusted = { clockTrusted: false, place: inVault() }
    expect(decide({ ...untrusted, antiPassback: { mode: 'timed' } })).toEqual({})
    expect(decide({ ...untrusted, antiPassback: { mode: 'hard', forgiveAt: '04:00' } })).toEqual({})
    expect(decide(untrusted)).toBe('anti_passback')
  })

  test('judges a timed entry from the future in the person’s favour', () =>
    expect(decide({ antiPassback: { mode: 'timed' }, place: inVault(atMs + 1) })).toEqual({}))
})

describe('an interlock', () => {
  const door = { ...situation.door, interlock: 'mantrap' }
  test('refuses while another of its doors is not secured', () => {
    expect(decide({ door, othersSecured: false })).toBe('interlock')
    expect(decide({ door })).toEqual({})
    expect(decide({ othersSecured: false })).toEqual({})
  })
})

describe('a door for two', () => {
  const door = { ...situation.door, twoPersonMs: 15_000 }
  const waiting = { memberId: ben, untilMs: atMs + 15_000 }
  test('wants a second, different member within its time', () => {
    expect(decide({ door })).toBe('second_member_wanted')
    expect(decide({ door, waiting })).toEqual({ withMemberId: ben })
    expect(decide({ door, waiting: { ...waiting, untilMs: atMs } })).toEqual({ withMemberId: ben })
    expect(decide({ door, waiting: { ...waiting, untilMs: atMs - 1 } })).toBe('second_member_wanted')
  })

  test('takes neither the same member twice nor a guest', () => {
    expect(decide({ door, waiting: { ...waiting, memberId: ada } })).toBe('second_member_wanted')
    expect(decide({ door, waiting, memberId: undefined })).toBe('second_member_wanted')
  })

  test('forgets who waited when the clock was set back', () =>
    expect(decide({ door, waiting: { ...waiting, untilMs: atMs + 15_001 } })).toBe('second_member_wanted'))
})

test('the first refusal is the answer: anti-passback, then interlock, then the second member', () => {
  const door = { ...situation.door, interlock: 'mantrap', twoPersonMs: 15_000 }
  const all = { door, othersSecured: false, place: inVault() }
  expect(decide(all)).toBe('anti_passback')
  expect(decide({ ...all, place: undefined })).toBe('interlock')
  expect(decide({ ...all, place: undefined, othersSecured: true })).toBe('second_member_wanted')
})
