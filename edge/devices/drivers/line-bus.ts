import type { Clock } from '@gatehouse/shared/clock/clock'
import { GarbageMeter } from '../garbage-meter.ts'
import type { DeviceLogger } from '../ports/device-logger.ts'
import type { ByteLink, ByteLinkHandlers } from '../transports/byte-link.ts'
import { LineFramer } from './line-framer.ts'

/** How an exchange on the line ended. `no_reply` means it was sent and may have been obeyed. */
export type ExchangeEnd = 'acknowledged' | 'no_reply' | 'link_down' | 'queue_full'

/** A message and the line that confirms it. */
export interface Exchange {
  readonly message: string
  readonly acknowledged: RegExp
  readonly timeoutMs: number
}

/** One line of text devices: readers speak on their own, signs are spoken to. */
export interface LineBus {
  open(): void
  /** A listener tells whether the line was meant for it. Returns how to stop. */
  onLine(listener: (line: string) => boolean): () => void
  /** Told at once when already known. Returns how to stop. */
  onLink(listener: (link: { up: boolean; reason?: string }) => void): () => void
  /** Sends one message after those before it and waits for its confirmation. */
  exchange(exchange: Exchange): Promise<ExchangeEnd>
  garbage(): number
  close(): Promise<void>
}

/** Exchanges that may wait for the line. */
export const exchangeQueueMax = 64

interface Pending {
  readonly exchange: Exchange
  readonly end: (end: ExchangeEnd) => void
}

/** Opens a line of text devices; the line has no other owner. */
export function createLineBus(options: {
  readonly bus: string
  readonly openLink: (handlers: ByteLinkHandlers) => ByteLink
  readonly clock: Clock
  readonly logger: DeviceLogger
}): LineBus {
  const garbage = new GarbageMeter(options.clock, options.logger, { bus: options.bus })
  const framer = new LineFramer()
  const lineListeners = new Set<(line: string) => boolean>()
  const linkListeners = new Set<(link: { up: boolean; reason?: string }) => void>()
  const queue: Pending[] = []
  let current: (Pending & { readonly timer: NodeJS.Timeout }) | undefined
  let linkState: { up: boolean; reason?: string } | undefined

  const setLink = (state: { up: boolean; reason?: string }) => {
    linkState = state
    for (const listener of linkListeners) listener(state)
  }
  const finish = (end: ExchangeEnd) => {
    const finished = current
    if (!finished) return
    clearTimeout(finished.timer)
    current = undefined
    finished.end(end)
    next()
  }
  const next = () => {
    if (current || !linkState?.up) return
    const pending = queue.shift()
    if (!pending) return
    const { message, timeoutMs } = pending.exchange
    current = { ...pending, timer: setTimeout(() => finish('no_reply'), timeoutMs) }
    if (!link.write(Buffer.from(message, 'latin1'))) finish('link_down')
  }
  const hear = (line: string) => {
    if (current?.exchange.acknowledged.test(line)) return finish('acknowledged')
    const claimed = [...lineListeners].map((listener) => listener(line))
    if (!claimed.includes(true)) garbage.count(1, 'line_not_understood')
  }

  const link = options.openLink({
    onUp: () => {
      framer.reset()
      setLink({ up: true })
      next()
    },
    onBytes: (bytes) => {
      const { lines, garbageBytes } = framer.receive(bytes)
      if (garbageBytes > 0) garbage.count(garbageBytes, 'bytes_not_a_line')
      for (const line of lines) hear(line)
    },
    onDown: (reason) => {
      setLink({ up: false, reason })
      for (const pending of queue.splice(0)) pending.end('link_down')
      finish('no_reply')
    },
  })

  return {
    open: () => link.open(),
    onLine: (listener) => {
      lineListeners.add(listener)
      return () => lineListeners.delete(listener)
    },
    onLink: (listener) => {
      linkListeners.add(listener)
      if (linkState) listener(linkState)
      return () => linkListeners.delete(listener)
    },
    exchange: (exchange) =>
      new Promise((resolve) => {
        if (!linkState?.up) return resolve('link_down')
        if (queue.length >= exchangeQueueMax) return resolve('queue_full')
        queue.push({ exchange, end: resolve })
        next()
      }),
    garbage: () => garbage.total,
    close: async () => {
      for (const pending of queue.splice(0)) pending.end('link_down')
      finish('no_reply')
      await link.close()
    },
  }
}
