import type { Result } from '@gatehouse/shared/result/result'
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
const pulseMsMax = 60_000

/**
 * Takes the lines and keeps them. Outputs start at rest without a glitch: the direction is set together with the
 * level. Says `ready`, then every input once, then each change.
 */
export function keepGpioLines(options: {
  readonly lines: GpioLines
  readonly gpio: OnoffGpio
  readonly find: (line: { chip: string; offset: number }) => Result<number, GpioLineRefusal>
  readonly say: (said: GpioSaid) => void
}): GpioKeeper {
  const { lines, gpio: Gpio, find, say } = options
  const outputs = new Map<number, OnoffLine>()
  const inputs = new Map<number, OnoffLine>()
  const running = new Map<number, { readonly timer: NodeJS.Timeout; readonly done: () => void }>()
  const ended: Promise<void>[] = []

  const take = (
    channels: Readonly<Record<string, number>>,
    into: Map<number, OnoffLine>,
    output: boolean,
  ) => {
    for (const [channel, offset] of Object.entries(channels)) {
      const found = find({ chip: lines.chip, offset })
      if (!found.ok) return found.error
      const activeLow = output ? lines.outputsActiveLow : lines.inputsActiveLow
      // onoff writes `high` or `low` to sysfs, which is the physical level also for active-low lines.
      const rest = lines.outputsActiveLow ? 'high' : 'low'
      const line = output
        ? new Gpio(found.value, rest, 'none', { activeLow })
        : new Gpio(found.value, 'in', 'both', { activeLow, debounceTimeout: debounceMs })
      into.set(Number(channel), line)
    }
    return undefined
  }
  const refusal = take(lines.outputs, outputs, true) ?? take(lines.inputs, inputs, false)
  if (refusal !== undefined) say({ kind: 'fatal', reason: refusal })
  else {
    say({ kind: 'ready' })
    for (const [channel, line] of inputs) {
      say({ kind: 'input', channel, closed: line.readSync() === 1 })
      line.watch((error, value) => {
        if (!error) say({ kind: 'input', channel, closed: value === 1 })
      })
    }
  }

  return {
    pulse: ({ id, channel, pulseMs }) => {
      const line = outputs.get(channel)
      if (!line || !(pulseMs > 0 && pulseMs <= pulseMsMax)) {
        const detail = line ? 'wrong_pulse' : 'no_such_channel'
        return say({ kind: 'ended', id, outcome: 'failed', detail })
      }
      const before = running.get(channel)
      clearTimeout(before?.timer)
      before?.done()
      line.writeSync(1)
      ended.push(
        new Promise((done) => {
          const timer = setTimeout(() => {
            line.writeSync(0)
            running.delete(channel)
            done()
          }, pulseMs)
          running.set(channel, { timer, done })
        }),
      )
      say({ kind: 'ended', id, outcome: 'done' })
    },
    end: async () => {
      await Promise.all(ended)
      for (const line of outputs.values()) line.writeSync(0)
      // Outputs stay exported at rest: giving them back would let them float.
      for (const line of inputs.values()) line.unexport()
    },
  }
}
