import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callDelayMaxMs } from './call-delay.ts'
import { type Boot, type BootBeat, hearBoot, isOtherHeard } from './decide-boots.ts'

type Heard = readonly [bootId: string, monotonicMs: number, heardMs: number]

/** Hears heartbeats in turn; tells what the last one told, and whether any told of twins. */
function hear(beats: readonly Heard[], incarnation = 1) {
  let boots: readonly Boot[] = []
  let anyTwins = false
  let isLate = false
  for (const [bootId, monotonicMs, heardMs] of beats) {
    const hearing = hearBoot(boots, { incarnation, bootId, monotonicMs }, heardMs)
    boots = hearing.boots
    isLate = hearing.isLate
    anyTwins ||= hearing.twins
  }
  return { boots, isLate, anyTwins }
}

describe('heartbeats of one machine', () => {
  it('are late when an earlier boot, or the same one earlier, sent them', () => {
    const restarted: readonly Heard[] = [
      ['a', 100_000, 1_000_000],
      ['b', 5_000, 1_020_000],
    ]
    expect(hear(restarted).isLate).toBe(false)
    expect(hear([...restarted, ['a', 110_000, 1_021_000]])).toMatchObject({ isLate: true, anyTwins: false })
    expect(hear([...restarted, ['b', 4_000, 1_021_000]]).isLate).toBe(true)
    expect(hear([...restarted, ['b', 6_000, 1_021_000]]).isLate).toBe(false)
  })

  it('are current again soon after the cloud’s clock was set back', () => {
    const ahead: readonly Heard[] = [['a', 0, 10_000_000]]
    expect(hear([...ahead, ['b', 0, 9_000_000]]).isLate).toBe(false)
  })

  it('never tell of twins, whatever restarts and delays a network allows', () => {
    const step = fc.record({
      restarts: fc.boolean(),
      aliveMs: fc.nat(120_000),
      delayMs: fc.nat(callDelayMaxMs - 1),
      isLost: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let [nowMs, boot, zeroMs] = [1_000_000_000, 0, 999_000_000]
        const sent: { at: number; heard: Heard }[] = []
        for (const { restarts, aliveMs, delayMs, isLost } of steps) {
          if (restarts) {
            boot += 1
            nowMs += 1
            zeroMs = nowMs
          }
          nowMs += aliveMs
          const at = nowMs + delayMs
          if (!isLost) sent.push({ at, heard: [`boot-${boot}`, nowMs - zeroMs, at] })
        }
        const beats = sent.sort((one, other) => one.at - other.at).map(({ heard }) => heard)
        expect(hear(beats).anyTwins).toBe(false)
      }),
    )
  })
})

describe('two machines of one life', () => {
  it('are told apart within 100 s of heartbeats every 10 s, however these are delayed by up to 5 s', () => {
    const delays = fc.array(fc.nat(5_000), { minLength: 20, maxLength: 20 })
    fc.assert(
      fc.property(delays, fc.nat(3_600_000), (late, zeroMs) => {
        const beats: Heard[] = []
        for (let at = 0; at < 10; at += 1) {
          const sentMs = 1_000_000_000 + at * 10_000
          beats.push(['one', zeroMs + at * 10_000, sentMs + (late[at * 2] ?? 0)])
          beats.push(['two', at * 10_000, sentMs + (late[at * 2 + 1] ?? 0)])
        }
        expect(hear(beats).anyTwins).toBe(true)
      }),
    )
  })

  it('of different lives are a matter of the older life', () => {
    const old = hear([['a', 0, 1_000_000]]).boots
    const beat: BootBeat = { incarnation: 2, bootId: 'b', monotonicMs: 500_000 }
    const younger = hearBoot(old, beat, 1_000_100)
    expect(younger.twins).toBe(false)
    expect(isOtherHeard(younger.boots, beat, 0)).toBe(false)
    expect(isOtherHeard(younger.boots, { incarnation: 1, bootId: 'c' }, 0)).toBe(true)
  })
})

it('remembers eight boots for an hour', () => {
  const many = Array.from({ length: 20 }, (_, at): Heard => [`boot-${at}`, 0, 1_000_000 + at])
  expect(hear(many).boots).toHaveLength(8)
  expect(hear([...many, ['last', 0, 1_000_019 + 3_600_000]]).boots).toHaveLength(1)
})
