import type { Clock } from '@gatehouse/shared/clock/clock'
import { z } from 'zod'
import { GarbageMeter } from '../garbage-meter.ts'
import type { DeviceLogger } from '../ports/device-logger.ts'
import type { DriveOutcome } from '../ports/drive-outcome.ts'
import type { InputChange, IoBoard, Terminal } from '../ports/io-board.ts'
import type { ByteLink, ByteLinkHandlers } from '../transports/byte-link.ts'
import { LineFramer } from './line-framer.ts'

/** GPIO lines of this computer behind the port of relay boards. */
export interface GpioBoard extends IoBoard {
  open(): void
  close(): Promise<void>
}

const saidSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('fatal'), reason: z.string() }),
  z.object({ kind: z.literal('input'), channel: z.int(), closed: z.boolean() }),
  z.object({
    kind: z.literal('ended'),
    id: z.int(),
    outcome: z.enum(['done', 'failed']),
    detail: z.string().optional(),
  }),
])

interface Watcher {
  readonly channel: number
  readonly listener: (change: InputChange) => void
  before: boolean | undefined
}

/** Time the keeper of the lines gets to confirm a pulse, milliseconds. */
const confirmMax = 1_000
const pulsesMax = 32
const shortestPulseMs = 1

interface GpioBoardOptions {
  readonly bus: string
  readonly openLink: (handlers: ByteLinkHandlers) => ByteLink
  readonly clock: Clock
  readonly logger: DeviceLogger
}

type Presence = Parameters<Parameters<IoBoard['onPresence']>[1]>[0]

class GpioBus implements GpioBoard {
  readonly #options: GpioBoardOptions
  readonly #link: ByteLink
  readonly #garbage: GarbageMeter
  readonly #framer = new LineFramer()
  readonly #watchers = new Set<Watcher>()
  readonly #presenceListeners = new Set<(presence: Presence) => void>()
  readonly #pulses = new Map<number, (outcome: DriveOutcome) => void>()
  readonly #closedInputs = new Map<number, boolean>()
  #presence: Presence = { online: false, detail: 'connecting' }
  #lastId = 0

  constructor(options: GpioBoardOptions) {
    this.#options = options
    this.#garbage = new GarbageMeter(options.clock, options.logger, { bus: options.bus })
    this.#link = options.openLink({
      onUp: () => this.#framer.reset(),
      onBytes: (bytes) => {
        const { lines, garbageBytes } = this.#framer.receive(bytes)
        if (garbageBytes > 0) this.#garbage.count(garbageBytes, 'keeper_not_understood')
        for (const line of lines) this.#hear(line)
      },
      onDown: (reason) => this.#down(reason),
    })
  }

  open(): void {
    this.#link.open()
  }

  async close(): Promise<void> {
    this.#abandon()
    await this.#link.close()
  }

  pulse({ channel }: Terminal, pulseMs: number): Promise<DriveOutcome> {
    return new Promise((resolve) => {
      if (!this.#presence.online) return resolve({ outcome: 'failed', detail: 'link_down' })
      if (this.#pulses.size >= pulsesMax) return resolve({ outcome: 'failed', detail: 'queue_full' })
      this.#lastId += 1
      const id = this.#lastId
      const timer = setTimeout(() => this.#settle(id, { outcome: 'unknown', detail: 'no_reply' }), confirmMax)
      this.#pulses.set(id, (outcome) => {
        clearTimeout(timer)
        resolve(outcome)
      })
      const message = Buffer.from(`${JSON.stringify({ id, channel, pulseMs })}\n`, 'latin1')
      if (!this.#link.write(message)) this.#settle(id, { outcome: 'failed', detail: 'link_down' })
    })
  }

  rest(terminal: Terminal): Promise<DriveOutcome> {
    // The keeper of the lines lets a later pulse take the place of the one that runs.
    return this.pulse(terminal, shortestPulseMs)
  }

  watch({ channel }: Terminal, listener: (change: InputChange) => void): () => void {
    const watcher: Watcher = { channel, listener, before: undefined }
    this.#watchers.add(watcher)
    const known = this.#closedInputs.get(channel)
    if (known !== undefined) tell(watcher, known)
    return () => this.#watchers.delete(watcher)
  }

  onPresence(_unit: number, listener: (presence: Presence) => void): () => void {
    this.#presenceListeners.add(listener)
    if (this.#presence.detail !== 'connecting') listener(this.#presence)
    return () => this.#presenceListeners.delete(listener)
  }

  #hear(line: string): void {
    const said = readSaid(line)
    if (!said) this.#garbage.count(1, 'keeper_not_understood')
    else if (said.kind === 'ready') this.#setPresence({ online: true })
    else if (said.kind === 'fatal') this.#refuse(said.reason)
    else if (said.kind === 'ended') {
      const detail = said.detail === undefined ? {} : { detail: said.detail }
      this.#settle(said.id, { outcome: said.outcome, ...detail })
    } else {
      this.#closedInputs.set(said.channel, said.closed)
      for (const watcher of this.#watchers) if (watcher.channel === said.channel) tell(watcher, said.closed)
    }
  }

  #refuse(reason: string): void {
    // The keeper is started again and again; the reason is worth one line.
    if (this.#presence.detail !== reason) {
      this.#options.logger.warn({ bus: this.#options.bus, reason }, gpioHint(reason))
    }
    this.#setPresence({ online: false, detail: reason })
  }

  #down(reason: string): void {
    // What the keeper said last explains more than that it ended.
    const explained = !this.#presence.online && this.#presence.detail !== 'connecting'
    if (!explained) this.#setPresence({ online: false, detail: reason })
    this.#abandon()
  }

  #abandon(): void {
    for (const id of [...this.#pulses.keys()]) this.#settle(id, { outcome: 'unknown', detail: 'no_reply' })
  }

  #settle(id: number, outcome: DriveOutcome): void {
    const end = this.#pulses.get(id)
    this.#pulses.delete(id)
    end?.(outcome)
  }

  #setPresence(next: Presence): void {
    if (this.#presence.online === next.online && this.#presence.detail === next.detail) return
    this.#presence = next
    for (const listener of this.#presenceListeners) listener(next)
  }
}

/** Drives GPIO lines through their keeper. A terminal's `unit` plays no part. */
export function createGpioBoard(options: GpioBoardOptions): GpioBoard {
  return new GpioBus(options)
}

function tell(watcher: Watcher, closed: boolean): void {
  const { before } = watcher
  if (before === closed) return
  watcher.before = closed
  watcher.listener({ closed, before })
}

function readSaid(line: string): z.infer<typeof saidSchema> | undefined {
  try {
    return saidSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

function gpioHint(reason: string): string {
  if (reason === 'no_onoff' || reason === 'no_sysfs') {
    return 'GPIO needs gpioset and gpiomon (apt install gpiod); older kernels can use the package onoff instead'
  }
  if (reason === 'lines_taken') return 'something else holds these GPIO lines: see gpioinfo'
  if (reason === 'no_such_chip') return 'no GPIO chip has this label: compare with gpiodetect'
  return 'GPIO lines cannot be used'
}
