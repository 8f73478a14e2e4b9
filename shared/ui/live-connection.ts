import { browserBytes, nowMs } from './browser-clock.ts'
import { nextBeat } from './live-beat.ts'

const backoffMaxMs = 8_000
const beatCheckMs = 1_000

/** Grows from 0.5 s to 8 s by attempt, with half of it random, so that screens do not return together. */
export function reconnectDelayMs(attempt: number, randomByte: number): number {
  const ceiling = Math.min(backoffMaxMs, 500 * 2 ** Math.min(attempt, 10))
  return ceiling / 2 + (ceiling / 2) * (randomByte / 255)
}

export interface LiveConnectionParts {
  readonly path: string
  readonly onState: (state: 'open' | 'lost') => void
  /** Called when it opens after it was closed or failed to open. */
  readonly onReconnect: () => void
  /** Reads a message; tells whether it says that the server answers beats. */
  readonly onMessage: (data: unknown) => boolean
}

/** A WebSocket that comes back by itself: with jittered backoff, and at once when the browser is online again. */
export class LiveConnection {
  readonly #parts: LiveConnectionParts
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #beats: ReturnType<typeof setInterval> | undefined
  #attempt = 0
  #missed = false
  #ended = false
  #heardMs = 0

  constructor(parts: LiveConnectionParts) {
    this.#parts = parts
  }

  start(): void {
    // A device that lost its network would notice a dead socket only minutes later.
    window.addEventListener('offline', this.#drop)
    window.addEventListener('online', this.#online)
    this.#connect()
  }

  stop(): void {
    this.#ended = true
    window.removeEventListener('offline', this.#drop)
    window.removeEventListener('online', this.#online)
    clearTimeout(this.#timer)
    clearInterval(this.#beats)
    this.#socket?.close()
  }

  #connect(): void {
    clearTimeout(this.#timer)
    const socket = new WebSocket(socketUrl(this.#parts.path))
    this.#socket = socket
    socket.onopen = () => {
      this.#attempt = 0
      this.#parts.onState('open')
      if (this.#missed) this.#parts.onReconnect()
      this.#missed = false
    }
    socket.onmessage = (event) => {
      this.#heardMs = nowMs()
      if (this.#parts.onMessage(event.data)) this.#startBeats()
    }
    socket.onclose = () => this.#closed()
  }

  #startBeats(): void {
    if (this.#beats !== undefined) return
    let askedMs: number | undefined
    this.#beats = setInterval(() => {
      const step = nextBeat({ heardMs: this.#heardMs, askedMs }, nowMs())
      if (step === 'lost') this.#drop()
      if (step !== 'ask') return
      askedMs = nowMs()
      this.#socket?.send('beat')
    }, beatCheckMs)
  }

  #closed(): void {
    clearInterval(this.#beats)
    this.#beats = undefined
    if (this.#ended) return
    this.#missed = true
    this.#parts.onState('lost')
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#connect(), reconnectDelayMs(this.#attempt, browserBytes(1)[0] ?? 0))
    this.#attempt += 1
  }

  readonly #drop = () => {
    if (this.#socket !== undefined) this.#socket.onclose = null
    this.#socket?.close()
    this.#closed()
  }

  readonly #online = () => {
    if (!this.#missed) return
    this.#drop()
    this.#connect()
  }
}

function socketUrl(path: string): string {
  const url = new URL(path, window.location.href)
  if (url.protocol === 'http:') url.protocol = 'ws:'
  if (url.protocol === 'https:') url.protocol = 'wss:'
  return url.href
}
