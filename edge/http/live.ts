import type { LiveMessage } from '@gatehouse/shared/api/views'
import type { WSContext } from 'hono/ws'

/** Bytes that may wait for one slow screen; beyond it the screen is dropped and connects anew. */
const bufferedBytesMax = 256 * 1024
/** Changes are gathered this long, so that a burst becomes one message per topic. */
const gatherMs = 50
const idsMax = 100
/** One site serves 500 screens; beyond this a further one is asked to try again. */
const screensMax = 1_000

type Topic = Extract<LiveMessage, { kind: 'changed' }>['topic']

interface Screen {
  readonly socket: WSContext
  readonly deviceId: string
}

/** Tells connected screens what changed; they refetch it. */
export class LiveScreens {
  readonly #siteId: string
  readonly #nowMs: () => number
  readonly #screens = new Set<Screen>()
  readonly #gathered = new Map<Topic, Set<string>>()
  #timer: NodeJS.Timeout | undefined

  constructor(siteId: string, nowMs: () => number) {
    this.#siteId = siteId
    this.#nowMs = nowMs
  }

  get count(): number {
    return this.#screens.size
  }

  /** Adds a screen and greets it. Returns how to remove it. */
  add(socket: WSContext, deviceId: string): () => void {
    if (this.#screens.size >= screensMax) {
      socket.close(1013, 'too many screens')
      return () => {}
    }
    const screen = { socket, deviceId }
    this.#screens.add(screen)
    send(socket, JSON.stringify({ kind: 'hello', nowMs: this.#nowMs() } satisfies LiveMessage))
    return () => this.#screens.delete(screen)
  }

  /** Announces a change of `topic`; `ids` name what changed, up to 100 of them. */
  changed(topic: Topic, ids: readonly string[] = []): void {
    const gathered = this.#gathered.get(topic) ?? new Set<string>()
    for (const id of ids) if (gathered.size < idsMax) gathered.add(id)
    this.#gathered.set(topic, gathered)
    this.#timer ??= setTimeout(() => this.#flush(), gatherMs)
  }

  /** Sends a message to one device's screens only. */
  tell(deviceId: string, message: LiveMessage): void {
    const text = JSON.stringify(message)
    for (const screen of this.#screens) if (screen.deviceId === deviceId) send(screen.socket, text)
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const { socket } of this.#screens) socket.close(1001, 'stopping')
    this.#screens.clear()
  }

  #flush(): void {
    this.#timer = undefined
    for (const [topic, ids] of this.#gathered) {
      const message: LiveMessage = { kind: 'changed', topic, siteId: this.#siteId, ids: [...ids] }
      const text = JSON.stringify(message)
      for (const { socket } of this.#screens) send(socket, text)
    }
    this.#gathered.clear()
  }
}

function send(socket: WSContext, text: string): void {
  const raw: unknown = socket.raw
  const waiting =
    typeof raw === 'object' && raw !== null && 'bufferedAmount' in raw ? Number(raw.bufferedAmount) : 0
  if (waiting > bufferedBytesMax) socket.close(1013, 'too slow')
  else socket.send(text)
}
