import type { LiveMessage } from '@gatehouse/shared/api/views'

type Changed = Extract<LiveMessage, { kind: 'changed' }>

/** One connected screen, as far as sending goes. */
export interface LiveSocket {
  /** Hands text to the network; `done` is called when it left, or with the reason why it cannot. */
  send(text: string, done: (error?: Error) => void): void
  /** Asks the screen to come back later and load everything anew. */
  close(): void
}

/** Narrows a change to what one screen may know; `undefined` keeps it from that screen. */
export type LiveFilter = (message: Changed) => Changed | undefined

const socketsMax = 20_000
const idsMax = 100
// (site, topic) pairs waiting for one slow screen; beyond it the screen is told to come back.
const waitingMax = 2_000

interface Listener {
  readonly socket: LiveSocket
  readonly filter: LiveFilter
  readonly waiting: Map<string, Changed>
  sending: boolean
}

/**
 * Tells connected screens what changed. A slow screen gets later messages of one site and topic merged, so
 * its queue is bounded by the number of sites and topics.
 */
export class LiveHub {
  readonly #listeners = new Set<Listener>()

  get size(): number {
    return this.#listeners.size
  }

  /** Adds a screen; returns how to remove it, or `undefined` when no more fit. */
  add(socket: LiveSocket, filter: LiveFilter, nowMs: number): (() => void) | undefined {
    if (this.#listeners.size >= socketsMax) return undefined
    const listener: Listener = { socket, filter, waiting: new Map(), sending: false }
    this.#listeners.add(listener)
    socket.send(helloText(nowMs), () => undefined)
    return () => this.#listeners.delete(listener)
  }

  /** Sends a change to every screen that may know of it. */
  publish(message: Changed): void {
    for (const listener of this.#listeners) {
      const visible = listener.filter(message)
      if (visible === undefined) continue
      if (enqueue(listener, visible)) this.#flush(listener)
      else {
        this.#listeners.delete(listener)
        listener.socket.close()
      }
    }
  }

  #flush(listener: Listener): void {
    if (listener.sending) return
    const [next] = listener.waiting
    if (next === undefined) return
    const [key, message] = next
    listener.waiting.delete(key)
    listener.sending = true
    listener.socket.send(JSON.stringify(message), (error) => {
      listener.sending = false
      if (error !== undefined) this.#listeners.delete(listener)
      else this.#flush(listener)
    })
  }
}

/** What greets a screen, and answers its beats. */
export function helloText(nowMs: number): string {
  const hello: LiveMessage = { kind: 'hello', nowMs, answersBeats: true }
  return JSON.stringify(hello)
}

/** Queues a change; `false` when the queue is full. */
function enqueue(listener: Listener, message: Changed): boolean {
  const key = `${message.siteId} ${message.topic}`
  const before = listener.waiting.get(key)
  if (before === undefined) {
    if (listener.waiting.size >= waitingMax) return false
    listener.waiting.set(key, message)
    return true
  }
  const ids = [...new Set([...before.ids, ...message.ids])]
  // No ids means: everything of this topic may have changed.
  const all = before.ids.length === 0 || message.ids.length === 0 || ids.length > idsMax
  listener.waiting.set(key, { ...message, ids: all ? [] : ids })
  return true
}
