import type { Clock } from '@gatehouse/shared/clock/clock'
import { z } from 'zod'
import { GarbageMeter } from '../garbage-meter.ts'
import type { DeviceLogger } from '../ports/device-logger.ts'
import type { DriveOutcome } from '../ports/drive-outcome.ts'
import type { InputChange, IoBoard } from '../ports/io-board.ts'
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

/** Drives GPIO lines through their keeper. A terminal's `unit` plays no part. */
export function createGpioBoard(options: {
  readonly bus: string
  readonly openLink: (handlers: ByteLinkHandlers) => ByteLink
  readonly clock: Clock
  readonly logger: DeviceLogger
}): GpioBoard {
  const garbage = new GarbageMeter(options.clock, options.logger, { bus: options.bus })
  const framer = new LineFramer()
  const watchers = new Set<Watcher>()
  const presenceListeners = new Set<Parameters<IoBoard['onPresence']>[1]>()
  const pulses = new Map<number, (outcome: DriveOutcome) => void>()
  const closedInputs = new Map<number, boolean>()
  let presence: { online: boolean; detail?: string } = { online: false, detail: 'connecting' }
  let lastId = 0

  const setPresence = (next: typeof presence) => {
    if (presence.online === next.online && presence.detail === next.detail) return
    presence = next
    for (const listener of presenceListeners) listener(presence)
  }
  const settle = (id: number, outcome: DriveOutcome) => {
    const end = pulses.get(id)
    pulses.delete(id)
    end?.(outcome)
  }
  const tell = (watcher: Watcher, closed: boolean) => {
    const { before } = watcher
    if (before === closed) return
    watcher.before = closed
    watcher.listener({ closed, before })
  }
  const hear = (line: string) => {
    const said = readSaid(line)
    if (!said) return garbage.count(1, 'helper_not_understood')
    if (said.kind === 'ready') setPresence({ online: true })
    if (said.kind === 'fatal') {
      // The keeper is started again and again; the reason is worth one line.
      if (presence.detail !== said.reason) {
        options.logger.warn({ bus: options.bus, reason: said.reason }, gpioHint(said.reason))
      }
      setPresence({ online: false, detail: said.reason })
    }
    if (said.kind === 'ended') {
      settle(said.id, {
        outcome: said.outcome,
        ...(said.detail === undefined ? {} : { detail: said.detail }),
      })
    }
    if (said.kind === 'input') {
      closedInputs.set(said.channel, said.closed)
      for (const watcher of watchers) if (watcher.channel === said.channel) tell(watcher, said.closed)
    }
  }
  const link = options.openLink({
    onUp: () => framer.reset(),
    onBytes: (bytes) => {
      const { lines, garbageBytes } = framer.receive(bytes)
      if (garbageBytes > 0) garbage.count(garbageBytes, 'helper_not_understood')
      for (const line of lines) hear(line)
    },
    onDown: (reason) => {
      // What the keeper said last explains more than that it ended.
      if (presence.online || presence.detail === 'connecting') setPresence({ online: false, detail: reason })
      for (const id of [...pulses.keys()]) settle(id, { outcome: 'unknown', detail: 'no_reply' })
    },
  })

  return {
    open: () => link.open(),
    close: async () => {
      for (const id of [...pulses.keys()]) settle(id, { outcome: 'unknown', detail: 'no_reply' })
      await link.close()
    },
    pulse: ({ channel }, pulseMs) =>
      new Promise((resolve) => {
        if (!presence.online) return resolve({ outcome: 'failed', detail: 'link_down' })
        if (pulses.size >= pulsesMax) return resolve({ outcome: 'failed', detail: 'queue_full' })
        lastId += 1
        const id = lastId
        const timer = setTimeout(() => settle(id, { outcome: 'unknown', detail: 'no_reply' }), confirmMax)
        pulses.set(id, (outcome) => {
          clearTimeout(timer)
          resolve(outcome)
        })
        const message = `${JSON.stringify({ id, channel, pulseMs })}\n`
        if (!link.write(Buffer.from(message, 'latin1')))
          settle(id, { outcome: 'failed', detail: 'link_down' })
      }),
    watch: ({ channel }, listener) => {
      const watcher: Watcher = { channel, listener, before: undefined }
      watchers.add(watcher)
      const known = closedInputs.get(channel)
      if (known !== undefined) tell(watcher, known)
      return () => watchers.delete(watcher)
    },
    onPresence: (_unit, listener) => {
      presenceListeners.add(listener)
      if (presence.detail !== 'connecting') listener(presence)
      return () => presenceListeners.delete(listener)
    },
  }
}

function readSaid(line: string): z.infer<typeof saidSchema> | undefined {
  try {
    return saidSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

function gpioHint(reason: string): string {
  if (reason === 'no_onoff') return 'GPIO needs the optional package onoff: npm install onoff'
  if (reason === 'no_sysfs') return 'this kernel shows no /sys/class/gpio: use a relay board instead'
  if (reason === 'no_such_chip') return 'no GPIO chip has this label: compare with gpiodetect'
  return 'GPIO lines cannot be used'
}
