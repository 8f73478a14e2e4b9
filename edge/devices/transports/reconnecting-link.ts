import type { Random } from '@gatehouse/shared/random/random'
import { type BackoffBounds, backoffMs } from './backoff.ts'
import type { ByteLink, ByteLinkHandlers } from './byte-link.ts'

/*
 *   closed ──open──▶ connecting ──up──▶ up
 *                      ▲    │ failed     │ lost, reset
 *                      │    ▼            ▼
 *                      └── pausing ◀─────┘        close() from anywhere ──▶ closed, for good
 */

/** One connection attempt of a transport. Calls `lost` once, also when it never came up. */
export interface Connection {
  write(bytes: Uint8Array): boolean
  destroy(): void
}

/** What a transport tells the link about one connection. */
export interface ConnectionHandlers {
  up(): void
  bytes(bytes: Uint8Array): void
  lost(reason: string): void
}

export interface ReconnectingLinkOptions {
  readonly connect: (handlers: ConnectionHandlers) => Connection
  readonly handlers: ByteLinkHandlers
  readonly random: Random
  readonly backoff: BackoffBounds
}

/** Keeps one connection alive: a new attempt after a jittered pause whenever it is lost. */
export function createReconnectingLink(options: ReconnectingLinkOptions): ByteLink {
  const { connect, handlers, random, backoff } = options
  let state: 'closed' | 'connecting' | 'up' | 'pausing' | 'ended' = 'closed'
  let connection: Connection | undefined
  let pause: NodeJS.Timeout | undefined
  let proof: NodeJS.Timeout | undefined
  let attempt = 0
  let generation = 0

  const lost = (reason: string) => {
    const first = attempt === 0
    const wasUp = state === 'up'
    clearTimeout(proof)
    connection?.destroy()
    connection = undefined
    generation += 1
    if (state === 'ended') return
    state = 'pausing'
    if (wasUp || first) handlers.onDown(reason)
    pause = setTimeout(start, backoffMs(attempt, backoff, random))
    attempt += 1
  }

  const start = () => {
    generation += 1
    const mine = generation
    const current = () => mine === generation && state !== 'ended'
    state = 'connecting'
    connection = connect({
      up: () => {
        if (!current()) return
        state = 'up'
        // Only a connection that lasts ends the backoff: a peer that accepts and hangs up must not be hammered.
        proof = setTimeout(() => {
          attempt = 0
        }, backoff.longestMs)
        handlers.onUp()
      },
      bytes: (bytes) => {
        if (current()) handlers.onBytes(bytes)
      },
      lost: (reason) => {
        if (current()) lost(reason)
      },
    })
  }

  return {
    open: () => {
      if (state === 'closed') start()
    },
    write: (bytes) => state === 'up' && (connection?.write(bytes) ?? false),
    reset: (reason) => {
      if (state === 'up') lost(reason)
    },
    close: async () => {
      state = 'ended'
      generation += 1
      clearTimeout(pause)
      clearTimeout(proof)
      connection?.destroy()
      connection = undefined
    },
  }
}
