import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ExitInput,
  type ExitWait,
  defaultExitPolicy as policy,
  standingMsMax,
  stepExitWait,
  unreadCallMs,
  type WaitCause,
} from './exit-wait.ts'

const { attendantWaitMs, unpaidWaitMs } = policy
const states = {
  clear: { kind: 'clear' },
  unread: { kind: 'standing', sinceMs: 0, cause: 'unread' },
  unpaid: { kind: 'standing', sinceMs: 0, cause: 'unpaid' },
  calledUnread: { kind: 'called', sinceMs: 0, calledMs: 0, cause: 'unread' },
  calledSeveral: { kind: 'called', sinceMs: 0, calledMs: 0, cause: 'several' },
  calledUnpaid: { kind: 'called', sinceMs: 0, calledMs: 0, cause: 'unpaid' },
  released: { kind: 'released' },
} as const satisfies Record<string, ExitWait>
const inputs = {
  stands: [{ kind: 'tick', stands: 'yes' }, 1],
  standsForAttendant: [{ kind: 'tick', stands: 'yes' }, attendantWaitMs],
  standsForUnpaid: [{ kind: 'tick', stands: 'yes' }, unpaidWaitMs],
  gone: [{ kind: 'tick', stands: 'no' }, 1],
  unheardLong: [{ kind: 'tick', stands: 'unheard' }, unpaidWaitMs],
  refusedUnknown: [{ kind: 'refused', cause: 'unknown' }, 1],
  refusedUnpaid: [{ kind: 'refused', cause: 'unpaid' }, 1],
  letOut: [{ kind: 'let_out' }, 1],
} as const satisfies Record<string, readonly [ExitInput, number]>

const table: Record<keyof typeof states, Record<keyof typeof inputs, string>> = {
  clear: {
    stands: 'standing unread',
    standsForAttendant: 'standing unread',
    standsForUnpaid: 'standing unread',
    gone: 'clear',
    unheardLong: 'clear',
    refusedUnknown: 'called unknown call',
    refusedUnpaid: 'standing unpaid',
    letOut: 'clear',
  },
  unread: {
    stands: 'standing unread',
    standsForAttendant: 'called unread call',
    standsForUnpaid: 'called unread call',
    gone: 'clear',
    unheardLong: 'clear',
    refusedUnknown: 'called unknown call',
    refusedUnpaid: 'standing unpaid',
    letOut: 'clear',
  },
  unpaid: {
    stands: 'standing unpaid',
    standsForAttendant: 'called unpaid call',
    standsForUnpaid: 'called unpaid call',
    gone: 'clear',
    unheardLong: 'clear',
    refusedUnknown: 'standing unpaid',
    refusedUnpaid: 'standing unpaid',
    letOut: 'clear',
  },
  calledUnread: {
    stands: 'called unread',
    standsForAttendant: 'released release',
    standsForUnpaid: 'released release',
    gone: 'clear',
    unheardLong: 'clear',
    refusedUnknown: 'called unknown',
    refusedUnpaid: 'called unpaid',
    letOut: 'clear',
  },
  calledSeveral: {
    stands: 'called several',
    standsForAttendant: 'released release',
    standsForUnpaid: 'released release',
    gone: 'clear',
    unheardLong: 'clear',
    refusedUnknown: 'called unknown',
    refusedUnpaid: 'called unpaid',
    letOut: 'clear',
  },
  calledUnpaid: {
    stands: 'called unpaid',
    standsForAttendant: 'called unpaid',
    standsForUnpaid: 'released release',
    gone: 'clear',
    unheardLong: 'clear',
    refusedUnknown: 'called unpaid',
    refusedUnpaid: 'called unpaid',
    letOut: 'clear',
  },
  released: {
    stands: 'released',
    standsForAttendant: 'released',
    standsForUnpaid: 'released',
    gone: 'clear',
    unheardLong: 'released',
    refusedUnknown: 'released',
    refusedUnpaid: 'released',
    letOut: 'clear',
  },
}

const words = (...parts: (string | undefined)[]) => parts.filter((part) => part !== undefined).join(' ')

describe('a vehicle that waits at an exit', () => {
  for (const [stateName, row] of Object.entries(table)) {
    for (const [inputName, expected] of Object.entries(row)) {
      test(`${stateName} × ${inputName} → ${expected}`, () => {
        const [input, nowMs] = inputs[inputName as keyof typeof inputs]
        const { state, fact } = stepExitWait(states[stateName as keyof typeof states], input, {
          nowMs,
          policy,
        })
        expect(words(state.kind, 'cause' in state ? state.cause : undefined, fact)).toBe(expected)
      })
    }
  }

  test('an unread vehicle calls exactly at its limit', () => {
    const tick = { kind: 'tick', stands: 'yes' } as const
    const at = (nowMs: number) => stepExitWait(states.unread, tick, { nowMs, policy }).fact
    expect([at(unreadCallMs - 1), at(unreadCallMs)]).toEqual([undefined, 'call'])
  })

  test('whatever it shows and whatever a site sets, it has called once and is released once in time', () => {
    const causes: readonly WaitCause[] = ['unread', 'unknown', 'several', 'unpaid']
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.constantFrom(...causes)), { maxLength: 40 }),
        fc.record({
          attendantWaitMs: fc.integer({ min: 0, max: 3_600_000 }),
          unpaidWaitMs: fc.integer({ min: 0, max: 3_600_000 }),
        }),
        (shown, own) => {
          let state: ExitWait = { kind: 'clear' }
          const facts: string[] = []
          const stepMs = Math.max(1, Math.ceil(standingMsMax(own) / 20))
          // Two ticks more: the first one notices the vehicle, and a call and a release are two steps.
          for (let step = 0; step < 22 + shown.length; step += 1) {
            const cause = shown[step]
            const tick = { kind: 'tick', stands: 'yes' } as const
            for (const input of cause ? [{ kind: 'refused', cause } as const, tick] : [tick]) {
              const next = stepExitWait(state, input, { nowMs: step * stepMs, policy: own })
              state = next.state
              if (next.fact) facts.push(next.fact)
            }
            if (step === 22) expect(facts).toContain('call')
          }
          const late = stepExitWait(
            state,
            { kind: 'tick', stands: 'yes' },
            { nowMs: 23 * stepMs * 3, policy: own },
          )
          if (late.fact) facts.push(late.fact)
          expect(facts).toEqual(['call', 'release'])
        },
      ),
    )
  })
})
