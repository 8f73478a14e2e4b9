import { describe, expect, test } from 'vitest'
import {
  type DoorObservation,
  type DoorReport,
  type DoorRules,
  type DoorSession,
  type DoorTrouble,
  keepsReleased,
  observeDoor,
} from './door-session.ts'

const atMs = 100_000
const rules: DoorRules = {
  heldOpenMs: 30_000,
  preAlarmMs: 10_000,
  lock: 'fail_secure',
  relock: 'after_pulse',
}
const at = { atMs, rules }
const never = Number.POSITIVE_INFINITY

const states: Record<DoorSession['kind'], DoorSession> = {
  unknown: { kind: 'unknown' },
  locked: { kind: 'locked' },
  unlocked: { kind: 'unlocked', untilMs: 101_000 },
  open: { kind: 'open', sinceMs: 99_000 },
  warned: { kind: 'warned', sinceMs: 79_000 },
  held_open: { kind: 'held_open', sinceMs: 1_000 },
  forced: { kind: 'forced', sinceMs: 99_000 },
  free: { kind: 'free' },
  free_open: { kind: 'free_open' },
  trouble: { kind: 'trouble', fault: 'open_circuit', held: false, securedFromMs: 0 },
}
const observations: Record<DoorObservation['kind'], DoorObservation> = {
  released: { kind: 'released', pulseMs: 3_000 },
  opened: { kind: 'opened' },
  closed: { kind: 'closed' },
  ticked: { kind: 'ticked' },
  hold_started: { kind: 'hold_started' },
  hold_ended: { kind: 'hold_ended' },
  line_faulty: { kind: 'line_faulty', fault: 'short' },
}

type Expected = readonly [DoorSession['kind'], (DoorReport | 'rest' | undefined)?, DoorTrouble?]
const openLeaf = {
  released: ['open'],
  opened: ['open'],
  closed: ['locked', 'closed'],
  hold_started: ['free_open'],
  line_faulty: ['trouble', undefined, 'short'],
} as const
const table: Record<DoorSession['kind'], Record<DoorObservation['kind'], Expected>> = {
  unknown: {
    released: ['unlocked'],
    opened: ['open', 'open'],
    closed: ['locked', 'closed'],
    ticked: ['unknown'],
    hold_started: ['free'],
    hold_ended: ['unknown'],
    line_faulty: ['trouble', undefined, 'short'],
  },
  locked: {
    released: ['unlocked'],
    opened: ['forced', 'forced'],
    closed: ['locked'],
    ticked: ['locked'],
    hold_started: ['free'],
    hold_ended: ['locked'],
    line_faulty: ['trouble', undefined, 'short'],
  },
  unlocked: {
    released: ['unlocked'],
    opened: ['open', 'open'],
    closed: ['unlocked'],
    ticked: ['unlocked'],
    hold_started: ['free'],
    hold_ended: ['unlocked'],
    line_faulty: ['trouble', undefined, 'short'],
  },
  open: { ...openLeaf, ticked: ['open'], hold_ended: ['open'] },
  warned: {
    ...openLeaf,
    released: ['warned'],
    opened: ['warned'],
    ticked: ['warned'],
    hold_ended: ['warned'],
  },
  held_open: {
    ...openLeaf,
    released: ['held_open'],
    opened: ['held_open'],
    ticked: ['held_open'],
    hold_ended: ['held_open'],
  },
  forced: {
    ...openLeaf,
    released: ['forced'],
    opened: ['forced'],
    ticked: ['forced'],
    hold_ended: ['forced'],
  },
  free: {
    released: ['free'],
    opened: ['free_open', 'open'],
    closed: ['free'],
    ticked: ['free'],
    hold_started: ['free'],
    hold_ended: ['locked', 'rest'],
    line_faulty: ['trouble', undefined, 'short'],
  },
  free_open: {
    released: ['free_open'],
    opened: ['free_open'],
    closed: ['free', 'closed'],
    ticked: ['free_open'],
    hold_started: ['free_open'],
    hold_ended: ['open', 'rest'],
    line_faulty: ['trouble', undefined, 'short'],
  },
  trouble: {
    released: ['trouble'],
    opened: ['forced', 'forced'],
    closed: ['locked', 'closed'],
    ticked: ['trouble'],
    hold_started: ['trouble'],
    hold_ended: ['trouble'],
    line_faulty: ['trouble', undefined, 'short'],
  },
}

describe('every state of a door with everything that can happen at it', () => {
  for (const [state, row] of Object.entries(table)) {
    for (const [observation, [kind, report, trouble]] of Object.entries(row)) {
      test(`a door that is ${state}: ${observation} makes it ${kind}`, () => {
        const step = observeDoor(
          states[state as DoorSession['kind']],
          observations[observation as DoorObservation['kind']],
          at,
        )
        const told = step.report ?? (step.rest ? 'rest' : undefined)
        expect([step.session.kind, told, step.trouble]).toEqual([kind, report, trouble])
      })
    }
  }
})

/** Lets a door live through observations; says what was reported. */
function live(
  from: DoorSession,
  seen: readonly (readonly [DoorObservation, number])[],
  set: DoorRules = rules,
) {
  let session = from
  const told: unknown[] = []
  for (const [observation, whenMs] of seen) {
    const step = observeDoor(session, observation, { atMs: whenMs, rules: set })
    session = step.session
    for (const word of [step.report, step.trouble, step.rest && 'rest']) if (word) told.push(word)
  }
  return { session, told }
}
const { opened, closed, ticked, released } = observations
const faulty = (fault: 'short' | 'open_circuit' | 'chatter' | 'offline') =>
  ({ kind: 'line_faulty', fault }) as const

describe('the time of a door', () => {
  test('relocks at the last millisecond of the pulse, not before', () => {
    const session: DoorSession = { kind: 'unlocked', untilMs: 5_000 }
    const tick = (whenMs: number) => live(session, [[ticked, whenMs]]).session.kind
    expect([tick(4_999), tick(5_000)]).toEqual(['unlocked', 'locked'])
  })

  test('is prolonged by a second release and never shortened', () => {
    const after = live(states.unlocked, [[{ kind: 'released', pulseMs: 200 }, atMs]])
    expect(after.session).toEqual({ kind: 'unlocked', untilMs: 101_000 })
  })

  test('warns before it alarms, and alarms once', () => {
    const open: DoorSession = { kind: 'open', sinceMs: 0 }
    const kindAt = (whenMs: number) => live(open, [[ticked, whenMs]]).session.kind
    expect([19_999, 20_000, 29_999, 30_000].map(kindAt)).toEqual(['open', 'warned', 'warned', 'held_open'])
    expect(
      live(
        open,
        [20_000, 30_000, 40_000].map((ms) => [ticked, ms] as const),
      ).told,
    ).toEqual(['held_open'])
  })

  test('does not warn where no warning is set', () => {
    const silent = { ...rules, preAlarmMs: 0 }
    expect(live({ kind: 'open', sinceMs: 0 }, [[ticked, 29_999]], silent).session.kind).toBe('open')
  })

  test('of a leaf that stands open counts from the end of the hold', () => {
    const after = live(states.free_open, [[observations.hold_ended, 50_000]])
    expect(after.session).toEqual({ kind: 'open', sinceMs: 50_000 })
  })
})

describe('the lock', () => {
  const through = [
    [released, 0],
    [opened, 1_000],
    [closed, 2_000],
  ] as const
  test.each([
    ['after_pulse', ['open', 'closed']],
    ['on_open', ['open', 'rest', 'closed']],
    ['on_close', ['open', 'closed', 'rest']],
  ] as const)('relocks %s', (relock, told) => {
    expect(live(states.locked, through, { ...rules, relock }).told).toEqual(told)
  })

  test('that relocks on close is kept released while the leaf is open, until that takes too long', () => {
    const kept = Object.values(states).filter((session) => keepsReleased(session, { relock: 'on_close' }))
    expect(kept.map(({ kind }) => kind)).toEqual(['open', 'warned', 'free', 'free_open'])
    const usual = Object.values(states).filter((session) => keepsReleased(session, rules))
    expect(usual.map(({ kind }) => kind)).toEqual(['free', 'free_open'])
  })
})

describe('a line that cannot be believed', () => {
  test('is never taken for an opening', () => {
    for (const fault of ['short', 'open_circuit', 'chatter'] as const) {
      expect(live(states.locked, [[faulty(fault), atMs]]).told).toEqual([fault])
    }
  })

  test('hides no forced door: cut, then found open, is forced', () => {
    const after = live(states.locked, [
      [faulty('open_circuit'), atMs],
      [opened, atMs + 1],
    ])
    expect(after.told).toEqual(['open_circuit', 'forced'])
  })

  test('allows who was let in while it lasts', () => {
    const after = live(states.trouble, [
      [released, atMs],
      [opened, atMs + 2_999],
    ])
    expect(after.told).toEqual(['open'])
    const late = live(states.trouble, [
      [released, atMs],
      [opened, atMs + 3_000],
    ])
    expect(late.told).toEqual(['forced'])
  })

  test.each([
    ['fail_secure', 'forced'],
    ['fail_safe', 'open'],
  ] as const)('of a board that was silent and finds a %s door open says %s', (lock, report) => {
    const silent = [
      [faulty('offline'), atMs],
      [opened, atMs + 1],
    ] as const
    expect(live(states.locked, silent, { ...rules, lock }).told).toEqual([report])
  })

  test('stays the same while its board is silent as well, and is told again when it differs', () => {
    expect(live(states.trouble, [[faulty('offline'), atMs]])).toEqual({ session: states.trouble, told: [] })
    expect(live(states.trouble, [[faulty('open_circuit'), atMs]]).told).toEqual([])
    expect(live(states.trouble, [[faulty('short'), atMs]]).told).toEqual(['short'])
  })

  test('goes on being held released, and is secured from the end of the hold', () => {
    const held = live(states.free, [[faulty('short'), atMs]])
    expect(held.session).toEqual({ kind: 'trouble', fault: 'short', held: true, securedFromMs: never })
    expect(keepsReleased(held.session, rules)).toBe(true)
    const after = live(held.session, [
      [observations.hold_ended, atMs],
      [opened, atMs + 1],
    ])
    expect(after.told).toEqual(['rest', 'forced'])
  })
})
