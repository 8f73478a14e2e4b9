import type { Clock } from '@gatehouse/shared/clock/clock'
import { type CardFormatChoice, readCard } from '@gatehouse/shared/profiles/card-number'
import { GarbageMeter } from '../../garbage-meter.ts'
import type { DeviceLogger } from '../../ports/device-logger.ts'
import { parseEdge } from '../../ports/gpio-edge.ts'
import type { ByteLink, ByteLinkHandlers } from '../../transports/byte-link.ts'
import type { Attachment, DeviceReport, DeviceSetting } from '../attachment.ts'
import { LineFramer } from '../line-framer.ts'
import { PinEntry } from '../pin-entry.ts'
import { keyOfBurst } from './keypad-burst.ts'
import { usualFrameGapUs, WiegandDecoder, type WiegandFrame } from './wiegand-decoder.ts'

/** Beyond the pause itself, the kernel's news of an edge may take this long to get here, milliseconds. */
const newsMs = 20

const noFormats: CardFormatChoice = { formats: [], takesOthers: false }

/** The two wires of one reader; they have no other owner. */
export interface WiegandWires {
  open(): void
  attach(setting: DeviceSetting, report: DeviceReport): Attachment
  close(): Promise<void>
}

export interface WiegandOptions {
  readonly bus: string
  /** Line offsets of the two data wires. */
  readonly d0: number
  readonly d1: number
  /** A link on which every falling edge comes as a line of text (`ports/gpio-edge.ts`). */
  readonly openLink: (handlers: ByteLinkHandlers) => ByteLink
  readonly clock: Clock
  readonly logger: DeviceLogger
}

interface Served {
  readonly report: DeviceReport
  readonly cards: CardFormatChoice
  readonly pins: PinEntry
}

class Wires implements WiegandWires {
  readonly #options: WiegandOptions
  readonly #link: ByteLink
  readonly #garbage: GarbageMeter
  readonly #framer = new LineFramer()
  readonly #decoder = new WiegandDecoder()
  #presence: { readonly online: boolean; readonly detail?: string } | undefined
  #served: Served | undefined
  #pause: NodeJS.Timeout | undefined

  constructor(options: WiegandOptions) {
    this.#options = options
    this.#garbage = new GarbageMeter(options.clock, options.logger, { bus: options.bus })
    this.#link = options.openLink({
      onUp: () => {
        this.#forget()
        this.#tell({ online: true })
      },
      onBytes: (bytes) => this.#receive(bytes),
      onDown: (reason) => {
        // Half a card of before the break and half of after it are no card.
        this.#forget()
        this.#tell({ online: false, detail: reason })
      },
    })
  }

  open(): void {
    this.#link.open()
  }

  attach({ cardFormats = noFormats }: DeviceSetting, report: DeviceReport): Attachment {
    if (this.#served) {
      report.presence({ online: false, detail: 'wires_taken' })
      return { detach: () => {} }
    }
    const served = { report, cards: cardFormats, pins: new PinEntry() }
    this.#served = served
    if (this.#presence) report.presence(this.#presence)
    return {
      detach: () => {
        if (this.#served === served) this.#served = undefined
      },
    }
  }

  async close(): Promise<void> {
    this.#forget()
    await this.#link.close()
  }

  #forget(): void {
    clearTimeout(this.#pause)
    this.#framer.reset()
    this.#decoder.reset()
    this.#served?.pins.clear()
  }

  #tell(presence: { readonly online: boolean; readonly detail?: string }): void {
    this.#presence = presence
    this.#served?.report.presence(presence)
  }

  #receive(bytes: Uint8Array): void {
    const { lines, garbageBytes } = this.#framer.receive(bytes)
    if (garbageBytes > 0) this.#garbage.count(garbageBytes, 'monitor_not_understood')
    for (const line of lines) this.#hear(line)
    clearTimeout(this.#pause)
    if (!this.#decoder.isInFrame) return
    this.#pause = setTimeout(() => this.#take(this.#decoder.pause()), usualFrameGapUs / 1_000 + newsMs)
  }

  #hear(line: string): void {
    const edge = parseEdge(line)
    const bit = edge && this.#bitOf(edge.offset)
    if (!edge || bit === undefined) this.#garbage.count(1, 'monitor_not_understood')
    else this.#take(this.#decoder.receive({ bit, atUs: edge.atUs }))
  }

  #bitOf(offset: number): 0 | 1 | undefined {
    const { d0, d1 } = this.#options
    if (offset === d0) return 0
    return offset === d1 ? 1 : undefined
  }

  #take(frame: WiegandFrame | undefined): void {
    const served = this.#served
    if (!frame || !served) return
    const read = frame.kind === 'bits' ? keyOfBurst(frame.bits) : undefined
    if (read?.ok) this.#press(served, read.value)
    else {
      served.pins.clear()
      if (frame.kind === 'spoilt') served.report.garbage(frame.reason)
      else if (read) served.report.garbage(read.error)
      else showCard(served, frame.bits)
    }
  }

  #press({ pins, report }: Served, key: string): void {
    const entered = pins.press(key, this.#options.clock.now().monotonicMs)
    for (const digits of entered) report.event({ kind: 'pin', digits })
  }
}

/** Opens the two wires of a Wiegand reader. */
export function createWiegandWires(options: WiegandOptions): WiegandWires {
  return new Wires(options)
}

function showCard({ cards, report }: Served, bits: readonly (0 | 1)[]): void {
  const card = readCard(cards, bits.length, packed(bits))
  if (card.ok) report.event({ kind: 'card', number: card.value.number })
  else report.garbage(card.error)
}

function packed(bits: readonly (0 | 1)[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8))
  bits.forEach((bit, at) => {
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (7 - (at & 7)))
  })
  return bytes
}
