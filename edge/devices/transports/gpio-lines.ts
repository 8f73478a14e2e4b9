import { ok, type Result } from '@gatehouse/shared/result/result'
import type { GpioLineRefusal } from './gpio-chip.ts'

/** Which lines of which chip. Channels of device rows → line offsets. */
export interface GpioLines {
  readonly chip: string
  readonly outputs: Readonly<Record<string, number>>
  readonly inputs: Readonly<Record<string, number>>
  readonly outputsActiveLow: boolean
  readonly inputsActiveLow: boolean
}

/** One line as the library onoff gives it. */
export interface OnoffLine {
  readSync(): number
  writeSync(value: 0 | 1): void
  watch(listener: (error: Error | null | undefined, value: number) => void): void
  unexport(): void
}

/** The constructor of onoff, as far as it is used. */
export type OnoffGpio = new (
  gpio: number,
  direction: 'in' | 'high' | 'low',
  edge: 'none' | 'both',
  options: { readonly activeLow: boolean; readonly debounceTimeout?: number },
) => OnoffLine

/** What the keeper of the lines says. */
export type GpioSaid =
  | { readonly kind: 'ready' }
  | { readonly kind: 'fatal'; readonly reason: string }
  | { readonly kind: 'input'; readonly channel: number; readonly closed: boolean }
  | {
      readonly kind: 'ended'
      readonly id: number
      readonly outcome: 'done' | 'failed'
      readonly detail?: string
    }

/** What it is asked. */
export interface GpioPulse {
  readonly id: number
  readonly channel: number
  readonly pulseMs: number
}

/** Holds lines for as long as it runs. */
export interface GpioKeeper {
  pulse(pulse: GpioPulse): void
  /** Lets running pulses end, puts outputs to rest, then resolves. */
  end(): Promise<void>
}

/** Contacts bounce for a few milliseconds. */
const debounceMs = 10
/** Longest pulse, milliseconds. */
export const pulseMsMax = 60_000

interface KeeperOptions {
  readonly lines: GpioLines
  readonly gpio: OnoffGpio
  readonly find: (line: { chip: string; offset: number }) => Result<number, GpioLineRefusal>
  readonly say: (said: GpioSaid) => void
}

/**
 * Takes the lines and keeps them. Outputs start at rest without a glitch: the direction is set together with the
 * level. Says `ready`, then every input once, then each change.
 */
export function keepGpioLines(options: KeeperOptions): GpioKeeper {
  const { lines, say } = options
  // onoff writes `high` or `low` to sysfs, which is the physical level also for active-low lines.
  const rest = lines.outputsActiveLow ? 'high' : 'low'
  const outputs = takeLines(options, lines.outputs, (gpio, number) => {
    return new gpio(number, rest, 'none', { activeLow: lines.outputsActiveLow })
  })
  const inputs = takeLines(options, lines.inputs, (gpio, number) => {
    return new gpio(number, 'in', 'both', { activeLow: lines.inputsActiveLow, debounceTimeout: debounceMs })
  })
  if (!outputs.ok) say({ kind: 'fatal', reason: outputs.error })
  else if (!inputs.ok) say({ kind: 'fatal', reason: inputs.error })
  else {
    say({ kind: 'ready' })
    for (const [channel, line] of inputs.value) reportInput(channel, line, say)
  }
  const pulser = createPulser(outputs.ok ? outputs.value : new Map(), say)
  return {
    pulse: pulser.pulse,
    end: async () => {
      await pulser.end()
      // Outputs stay exported at rest: giving them back would let them float.
      if (inputs.ok) for (const line of inputs.value.values()) line.unexport()
    },
  }
}

function takeLines(
  { lines, gpio, find }: KeeperOptions,
  channels: Readonly<Record<string, number>>,
  open: (gpio: OnoffGpio, number: number) => OnoffLine,
): Result<Map<number, OnoffLine>, GpioLineRefusal> {
  const taken = new Map<number, OnoffLine>()
  for (const [channel, offset] of Object.entries(channels)) {
    const found = find({ chip: lines.chip, offset })
    if (!found.ok) return found
    taken.set(Number(channel), open(gpio, found.value))
  }
  return ok(taken)
}

function reportInput(channel: number, line: OnoffLine, say: KeeperOptions['say']): void {
  say({ kind: 'input', channel, closed: line.readSync() === 1 })
  line.watch((error, value) => {
    if (!error) say({ kind: 'input', channel, closed: value === 1 })
  })
}

function createPulser(outputs: ReadonlyMap<number, OnoffLine>, say: KeeperOptions['say']): GpioKeeper {
  const running = new Map<number, { readonly timer: NodeJS.Timeout; readonly done: () => void }>()
  const ends = new Set<Promise<void>>()
  const runFor = (channel: number, line: OnoffLine, pulseMs: number) => {
    const before = running.get(channel)
    clearTimeout(before?.timer)
    before?.done()
    line.writeSync(1)
    const ended = new Promise<void>((done) => {
      const timer = setTimeout(() => {
        line.writeSync(0)
        running.delete(channel)
        done()
      }, pulseMs)
      running.set(channel, { timer, done })
    })
    ends.add(ended)
    ended.then(() => ends.delete(ended))
  }
  return {
    pulse: ({ id, channel, pulseMs }) => {
      const line = outputs.get(channel)
      if (!line) return say({ kind: 'ended', id, outcome: 'failed', detail: 'no_such_channel' })
      if (!(pulseMs > 0 && pulseMs <= pulseMsMax)) {
        return say({ kind: 'ended', id, outcome: 'failed', detail: 'wrong_pulse' })
      }
      runFor(channel, line, pulseMs)
      say({ kind: 'ended', id, outcome: 'done' })
    },
    end: async () => {
      await Promise.all(ends)
      for (const line of outputs.values()) line.writeSync(0)
    },
  }
}
