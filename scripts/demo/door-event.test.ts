import { describe, expect, it } from 'vitest'
import { lastDoorEvent } from './door-event.ts'
import { demoMembers } from './world/people.ts'

const [member] = demoMembers
const granted = { kind: 'granted', atMs: 100, memberId: member?.memberId ?? '' }

describe('the last event of a door', () => {
  it('is the alarm when a door was forced or held open after the last card', () => {
    const forced = { kind: 'forced', atMs: 120 } as const
    expect(lastDoorEvent(granted, forced)).toEqual(forced)
    expect(lastDoorEvent(undefined, { kind: 'held_open', atMs: 5 })).toEqual({ kind: 'held_open', atMs: 5 })
  })

  it('is the card with its member once one came after the alarm', () => {
    expect(lastDoorEvent(granted, { kind: 'forced', atMs: 99 })).toEqual({
      kind: 'granted',
      atMs: 100,
      who: member?.displayName,
    })
    const refused = { kind: 'refused', atMs: 7, reason: 'unknown' }
    expect(lastDoorEvent(refused, undefined)).toEqual(refused)
  })

  it('is nothing while nothing happened, or what a later edge tells is not known here', () => {
    expect(lastDoorEvent(undefined, undefined)).toBeUndefined()
    expect(lastDoorEvent({ kind: 'levitated', atMs: 1 }, undefined)).toBeUndefined()
  })
})
