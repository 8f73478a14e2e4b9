import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { GpioKeeper, GpioLines, GpioPulse, GpioSaid } from './gpio-lines.ts'
import { pulseMsMax } from './gpio-lines.ts'
import { allChanges, type FoundChip, holdAtRest, presentValues, runTool, timedPulse } from './gpio-tools.ts'
import { startTool, type ToolProcess } from './tool-process.ts'

/*
 * GPIO lines of kernels that show them as character devices only, through gpioset and gpiomon. One process holds each
 * output at rest; a pulse is a process that times itself, so it ends also when everything else is killed:
 *
 *   held at rest ──pulse──▶ released ──▶ gpioset, timed ──ends──▶ held at rest
 *
 * Whatever ends without being asked to takes the whole keeper with it, and the edge starts that again after a pause.
 */

/** A tool that cannot have its line says so by ending; one that lives this long has it, milliseconds. */
const settledMs = 300
/** A pulse whose process lives this long, or ended well before, was given, milliseconds. */
const usualConfirmedMs = 400
/** Contacts bounce for a few milliseconds. */
const debounceMs = 10

interface ToolLinesOptions {
  readonly lines: GpioLines
  readonly found: FoundChip
  readonly say: (said: GpioSaid) => void
  /** A tool ended by itself: nothing here can be relied on any more. */
  readonly onBroken: (reason: 'lines_taken' | 'helper_ended') => void
  /** Resolves when every tool that still lives has its line; without it after 300 ms. */
  readonly settling?: () => Promise<unknown>
  /** A pulse whose process lives this long was given; 400 ms without it. */
  readonly confirmedMs?: number
}

/** Takes the lines, outputs at rest, and says `ready`, then every input once, then each change. */
export async function keepGpioToolLines(options: ToolLinesOptions): Promise<GpioKeeper> {
  const { lines, found, settling = settle, confirmedMs = usualConfirmedMs } = options
  let settled = false
  let ending = false
  const onExit = () => {
    if (!ending) options.onBroken(settled ? 'helper_ended' : 'lines_taken')
  }
  const outputs = new Map(
    Object.entries(lines.outputs).map(([channel, offset]) => {
      const line = { offset, activeLow: lines.outputsActiveLow }
      return [Number(channel), new Output(found, line, confirmedMs, onExit)] as const
    }),
  )
  const inputs = await watchInputs(options, onExit)
  await settling()
  settled = true
  options.say({ kind: 'ready' })
  inputs?.tellAll()
  return {
    pulse: (pulse) => givePulse(outputs, pulse, options.say),
    end: async () => {
      ending = true
      inputs?.end()
      await Promise.all([...outputs.values()].map((output) => output.end()))
    },
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, settledMs))
}

function givePulse(
  outputs: ReadonlyMap<number, Output>,
  { id, channel, pulseMs }: GpioPulse,
  say: ToolLinesOptions['say'],
): void {
  const refuse = (detail: string) => say({ kind: 'ended', id, outcome: 'failed', detail })
  const output = outputs.get(channel)
  if (!output) refuse('no_such_channel')
  else if (!(pulseMs > 0 && pulseMs <= pulseMsMax)) refuse('wrong_pulse')
  else
    void output.pulse(pulseMs).then((given) => {
      if (given) say({ kind: 'ended', id, outcome: 'done' })
      else refuse('lines_taken')
    })
}

/** One output, held by one process at a time. */
class Output {
  readonly #found: FoundChip
  readonly #line: { readonly offset: number; readonly activeLow: boolean }
  readonly #confirmedMs: number
  readonly #onExit: () => void
  #holder: ToolProcess | undefined
  #pulse: ChildProcess | undefined
  /** Requests for the line wait for those before them. */
  #turn: Promise<unknown> = Promise.resolve()
  #ending = false

  constructor(
    found: FoundChip,
    line: { offset: number; activeLow: boolean },
    confirmedMs: number,
    onExit: () => void,
  ) {
    this.#found = found
    this.#line = line
    this.#confirmedMs = confirmedMs
    this.#onExit = onExit
    this.#hold()
  }

  /** Switches on for `pulseMs`; a pulse that runs is replaced. True when the line was had. */
  pulse(pulseMs: number): Promise<boolean> {
    const given = this.#turn.then(() => this.#give(pulseMs))
    this.#turn = given
    return given
  }

  /** Waits for a pulse that runs, then lets the line go. */
  async end(): Promise<void> {
    this.#ending = true
    await this.#turn
    if (this.#pulse) await ended(this.#pulse)
    await this.#release()
  }

  #hold(): void {
    const holder = startTool('gpioset', holdAtRest(this.#found, this.#line))
    this.#holder = holder
    holder.on('error', this.#onExit)
    holder.on('exit', () => {
      if (this.#holder === holder) this.#onExit()
    })
  }

  async #release(): Promise<void> {
    const holder = this.#holder
    this.#holder = undefined
    holder?.stdin.end()
    if (holder) await ended(holder)
  }

  async #give(pulseMs: number): Promise<boolean> {
    const before = this.#pulse
    this.#pulse = undefined
    if (before) {
      stop(before)
      await ended(before)
    }
    await this.#release()
    const { command, args } = timedPulse(this.#found, this.#line, pulseMs)
    // On its own: neither a signal meant for the edge nor the edge's end stops a pulse half-way.
    const pulse = spawn(command, args, { stdio: 'ignore', detached: true })
    this.#pulse = pulse
    pulse.on('error', () => this.#restAfter(pulse))
    pulse.on('exit', () => this.#restAfter(pulse))
    return confirmed(pulse, this.#confirmedMs)
  }

  #restAfter(pulse: ChildProcess): void {
    if (this.#pulse !== pulse) return
    this.#pulse = undefined
    if (!this.#ending) this.#hold()
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) resolve()
    else child.once('exit', () => resolve())
  })
}

/** Ends a pulse early, the tool inside its shell too: that is what has the line. */
function stop({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // It ended by itself meanwhile.
  }
}

function confirmed(pulse: ChildProcess, confirmedMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), confirmedMs)
    const judge = (given: boolean) => {
      clearTimeout(timer)
      resolve(given)
    }
    pulse.once('error', () => judge(false))
    pulse.once('exit', (code) => judge(code === 0))
  })
}

interface WatchedInputs {
  tellAll(): void
  end(): void
}

async function watchInputs(
  { lines, found, say }: ToolLinesOptions,
  onExit: () => void,
): Promise<WatchedInputs | undefined> {
  const channels = new Map(Object.entries(lines.inputs).map(([channel, offset]) => [offset, Number(channel)]))
  const offsets = [...channels.keys()]
  if (offsets.length === 0) return undefined
  const values = await runTool('gpioget', presentValues(found, offsets, lines.inputsActiveLow))
  if (values === undefined) {
    onExit()
    return undefined
  }
  const states = values.trim().split(/\s+/)
  const inputs = new Map(offsets.map((offset, at) => [offset, new Input(states[at] === '1')] as const))
  const monitor = startTool('gpiomon', allChanges(found, offsets, lines.inputsActiveLow))
  monitor.on('error', onExit)
  monitor.on('exit', onExit)
  let telling = false
  const tell = (offset: number, closed: boolean) => {
    const channel = channels.get(offset)
    if (telling && channel !== undefined) say({ kind: 'input', channel, closed })
  }
  createInterface({ input: monitor.stdout }).on('line', (line) => {
    const [offset = '', edge = ''] = line.split(' ')
    inputs.get(Number(offset))?.changed(edge === '1', (closed) => tell(Number(offset), closed))
  })
  return {
    tellAll: () => {
      telling = true
      for (const [offset, input] of inputs) tell(offset, input.closed)
    },
    end: () => monitor.stdin.end(),
  }
}

/** One input without its bounce. */
class Input {
  closed: boolean
  #timer: NodeJS.Timeout | undefined

  constructor(closed: boolean) {
    this.closed = closed
  }

  changed(closed: boolean, tell: (closed: boolean) => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (closed === this.closed) return
      this.closed = closed
      tell(closed)
    }, debounceMs)
  }
}
