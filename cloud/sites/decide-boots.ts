import { callDelayMaxMs } from './call-delay.ts'

/** What was heard of one boot of one life; times by the cloud's clock in epoch ms, monotonic ones by the boot's own. */
export interface Boot {
  readonly incarnation: number
  readonly bootId: string
  /** When its monotonic time was zero, at the latest: the earliest that any of its heartbeats says. */
  readonly zeroMs: number
  readonly firstMonotonicMs: number
  readonly lastMonotonicMs: number
  /** When it was heard last. */
  readonly heardMs: number
}

/** What a heartbeat says of the boot that sent it. */
export interface BootBeat {
  readonly incarnation: number
  readonly bootId: string
  readonly monotonicMs: number
}

/** What a heartbeat tells: `isLate` when a younger one was heard before it, `twins` when two machines are one life. */
export interface BootHearing {
  readonly boots: readonly Boot[]
  readonly isLate: boolean
  readonly twins: boolean
}

/** Boots that are remembered at most, and how long after they were heard last. */
const bootsMax = 8
const rememberedMs = 3_600_000

/**
 * Takes a heartbeat into what is known of a site's boots (ARCHITECTURE §5: a clone). Between its first and its last
 * heartbeat a boot was alive; since a call may be 70 s under way, its end is that much earlier than it seems. Two boots
 * of one life that were alive at one time are two machines, however their heartbeats arrive; a machine that started anew
 * is never taken for two.
 */
export function hearBoot(before: readonly Boot[], beat: BootBeat, nowMs: number): BootHearing {
  // The cloud's own clock may have been set back; what then lies ahead tells nothing.
  const known = before.filter(
    ({ heardMs }) => heardMs > nowMs - rememberedMs && heardMs <= nowMs + callDelayMaxMs,
  )
  const same = known.find((boot) => isSame(boot, beat))
  const boot = heard(same, beat, nowMs)
  const others = known.filter((other) => other !== same)
  const boots = [...others, boot].sort((a, b) => a.heardMs - b.heardMs).slice(-bootsMax)
  const sentMs = boot.zeroMs + beat.monotonicMs
  return {
    boots,
    isLate: known.some((one) => sentMs < one.zeroMs + one.lastMonotonicMs),
    twins: others.some((other) => other.incarnation === boot.incarnation && livedTogether(boot, other)),
  }
}

/** Tells whether another boot of this life was heard since a time. */
export function isOtherHeard(
  boots: readonly Boot[],
  { incarnation, bootId }: Pick<BootBeat, 'incarnation' | 'bootId'>,
  sinceMs: number,
): boolean {
  return boots.some(
    (boot) => boot.incarnation === incarnation && boot.bootId !== bootId && boot.heardMs > sinceMs,
  )
}

function isSame(one: Pick<BootBeat, 'incarnation' | 'bootId'>, other: typeof one): boolean {
  return one.incarnation === other.incarnation && one.bootId === other.bootId
}

function heard(boot: Boot | undefined, beat: BootBeat, nowMs: number): Boot {
  const { incarnation, bootId, monotonicMs } = beat
  const zeroMs = nowMs - monotonicMs
  return {
    ...{ incarnation, bootId, heardMs: nowMs, zeroMs: Math.min(zeroMs, boot?.zeroMs ?? zeroMs) },
    firstMonotonicMs: Math.min(monotonicMs, boot?.firstMonotonicMs ?? monotonicMs),
    lastMonotonicMs: Math.max(monotonicMs, boot?.lastMonotonicMs ?? monotonicMs),
  }
}

function livedTogether(one: Boot, other: Boot): boolean {
  return aliveFrom(one) <= aliveTo(other) && aliveFrom(other) <= aliveTo(one)
}

const aliveFrom = ({ zeroMs, firstMonotonicMs }: Boot) => zeroMs + firstMonotonicMs
const aliveTo = ({ zeroMs, lastMonotonicMs }: Boot) => zeroMs + lastMonotonicMs - callDelayMaxMs
