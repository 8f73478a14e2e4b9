import { expect, test } from 'vitest'
import { type DoorObservation, type DoorReport, type DoorSession, observeDoor } from './door-session.ts'

const at = { atMs: 100_000, heldOpenMs: 30_000 }

const states: Record<DoorSession['kind'], DoorSession> = {
  unknown: { kind: 'unknown' },
  locked: { kind: 'locked' },
  unlocked: { kind: 'unlocked', untilMs: 101_000 },
  open: { kind: 'open', sinceMs: 99_000 },
  held_open: { kind: 'held_open', sinceMs: 1_000 },
  forced: { kind: 'forced', sinceMs: 99_000 },
}
const observations: Record<DoorObservation['kind'], DoorObservation> = {
  released: { kind: 'released', pulseMs: 3_000 },
  opened: { kind: 'opened' },
  closed: { kind: 'closed' },
  ticked: { kind: 'ticked' },
}

type Expected = readonly [DoorSession['kind'], DoorReport?]
const table: Record<DoorSession['kind'], Record<DoorObservation['kind'], Expected>> = {
  unknown: {
    released: ['unlocked'],
    opened: ['open', 'open'],
    closed: ['locked', 'closed'],
    ticked: ['unknown'],
  },
  locked: { released: ['unlocked'], opened: ['forced', 'forced'], closed: ['locked'], ticked: ['locked'] },
  unlocked: { released: ['unlocked'], opened: ['open', 'open'], closed: ['unlocked'], ticked: ['unlocked'] },
  open: { released: ['open'], opened: ['open'], closed: ['locked', 'closed'], ticked: ['open'] },
  held_open: {
    released: ['held_open'],
    opened: ['held_open'],
    closed: ['locked', 'closed'],
    ticked: ['held_open'],
  },
  forced: { released: ['forced'], opened: ['forced'], closed: ['locked', 'closed'], ticked: ['forced'] },
}

for (const [state, row] of Object.entries(table)) {
  for (const [observation, [kind, report]] of Object.entries(row)) {
    test(`a door that is ${state} and is ${observation} becomes ${kind}`, () => {
      const step = observeDoor(
        states[state as DoorSession['kind']],
        observations[observation as DoorObservation['kind']],
        at,
      )
      expect([step.session.kind, step.report]).toEqual([kind, report])
    })
  }
}

test('relocks at the last millisecond of the pulse, not before', () => {
  const session: DoorSession = { kind: 'unlocked', untilMs: 5_000 }
  const tick = (atMs: number) =>
    observeDoor(session, { kind: 'ticked' }, { atMs, heldOpenMs: 1 }).session.kind
  expect([tick(4_999), tick(5_000)]).toEqual(['unlocked', 'locked'])
})

test('alarms once when a door is held open', () => {
  const open: DoorSession = { kind: 'open', sinceMs: 0 }
  const first = observeDoor(open, { kind: 'ticked' }, { atMs: 30_000, heldOpenMs: 30_000 })
  const second = observeDoor(first.session, { kind: 'ticked' }, { atMs: 40_000, heldOpenMs: 30_000 })
  expect([first.report, second.report]).toEqual(['held_open', undefined])
})
