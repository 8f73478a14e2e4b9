import type { Clock } from '@gatehouse/shared/clock/clock'
import { GarbageMeter } from '../garbage-meter.ts'
import type { DeviceLogger } from '../ports/device-logger.ts'
import type { ByteLink, ByteLinkHandlers } from '../transports/byte-link.ts'
import { LineFramer } from './line-framer.ts'

/** How an exchange on the line ended. `no_reply` means it was sent and may have been obeyed. */
export type ExchangeEnd = 'acknowledged' | 'no_reply' | 'link_down' | 'queue_full'

/** A message and the line that confirms it. */
interface Exchange {
  readonly message: string
  readonly acknowledged: RegExp
  readonly timeoutMs: number
}

interface LinkState {
  readonly up: boolean
  readonly reason?: string
}

/** One line of text devices: readers speak on their own, signs are spoken to. */
export interface LineBus {
  open(): void
  /** A listener tells whether the line was meant for it. Returns how to stop. */
  onLine(listener: (line: string) => boolean): () => void
  /** Told at once when already known. Returns how to stop. */
  onLink(listener: (link: LinkState) => void): () => void
  /** Sends one message after those before it and waits for its confirmation. */
  exchange(exchange: Exchange): Promise<ExchangeEnd>
  close(): Promise<void>
}

/** Exchanges that may wait for the line. */
const exchangeQueueMax = 64

interface Pending {
  readonly exchange: Exchange
  readonly end: (end: ExchangeEnd) => void
}

class TextLine implements LineBus {
  readonly #link: ByteLink
  readonly #garbage: GarbageMeter
  readonly #framer = new LineFramer()
  readonly #lineListeners = new Set<(line: string) => boolean>()
  readonly #linkListeners = new Set<(link: LinkState) => void>()
  readonly #queue: Pending[] = []
  #current: (Pending & { readonly timer: NodeJS.Timeout }) | undefined
  #state: LinkState | undefined

  constructor(options: LineBusOptions) {
    this.#garbage = new GarbageMeter(options.clock, options.logger, { bus: options.bus })
    this.#link = options.openLink({
      onUp: () => {
        this.#framer.reset()
        this.#setState({ up: true })
        this.#next()
      },
      onBytes: (bytes) => this.#receive(bytes),
      onDown: (reason) => {
        this.#setState({ up: false, reason })
        this.#abandon()
      },
    })
  }

  open(): void {
    this.#link.open()
  }

  onLine(listener: (line: string) => boolean): () => void {
    this.#lineListeners.add(listener)
    return () => this.#lineListeners.delete(listener)
  }

  onLink(listener: (link: LinkState) => void): () => void {
    this.#linkListeners.add(listener)
    if (this.#state) listener(this.#state)
    return () => this.#linkListeners.delete(listener)
  }

  exchange(exchange: Exchange): Promise<ExchangeEnd> {
    return new Promise((resolve) => {
      if (!this.#state?.up) return resolve('link_down')
      if (this.#queue.length >= exchangeQueueMax) return resolve('queue_full')
      this.#queue.push({ exchange, end: resolve })
      this.#next()
    })
  }

  async close(): Promise<void> {
    this.#abandon()
    await this.#link.close()
  }

  #setState(state: LinkState): void {
    this.#state = state
    for (const listener of this.#linkListeners) listener(state)
  }

  #receive(bytes: Uint8Array): void {
    const { lines, garbageBytes } = this.#framer.receive(bytes)
    if (garbageBytes > 0) this.#garbage.count(garbageBytes, 'bytes_not_a_line')
    for (const line of lines) this.#hear(line)
  }

  #hear(line: string): void {
    if (this.#current?.exchange.acknowledged.test(line)) {
      this.#finish('acknowledged')
      return
    }
    const claimed = [...this.#lineListeners].map((listener) => listener(line))
    if (!claimed.includes(true)) this.#garbage.count(1, 'line_not_understood')
  }

  #next(): void {
    if (this.#current || !this.#state?.up) return
    const pending = this.#queue.shift()
    if (!pending) return
    const { message, timeoutMs } = pending.exchange
    this.#current = { ...pending, timer: setTimeout(() => this.#finish('no_reply'), timeoutMs) }
    if (!this.#link.write(Buffer.from(message, 'latin1'))) this.#finish('link_down')
  }

  #finish(end: ExchangeEnd): void {
    const finished = this.#current
    if (!finished) return
    clearTimeout(finished.timer)
    this.#current = undefined
    finished.end(end)
    this.#next()
  }

  /** What waited was not sent; what was sent has no answer. */
  #abandon(): void {
    for (const pending of this.#queue.splice(0)) pending.end('link_down')
    this.#finish('no_reply')
  }
}

interface LineBusOptions {
  readonly bus: string
  readonly openLink: (handlers: ByteLinkHandlers) => ByteLink
  readonly clock: Clock
  readonly logger: DeviceLogger
}

/** Opens a line of text devices; the line has no other owner. */
export function createLineBus(options: LineBusOptions): LineBus {
  return new TextLine(options)
}
