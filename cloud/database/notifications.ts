import pg from 'pg'
import type { Connection } from './pool.ts'

/** What processes tell each other through PostgreSQL; sent by `pg_notify` inside the writing transaction. */
export const channels = {
  /** Entries were appended; payload `site/incarnation/head seq`, the last since 2026-11. */
  ledger: 'gatehouse_ledger',
  /** A request was answered; payload: the request id. */
  request: 'gatehouse_request',
  /** Projected rows of a site changed; payload: JSON of `SiteChange`. */
  site: 'gatehouse_site',
  /** Directory rows of a site were written; payload: the site id. */
  directory: 'gatehouse_directory',
} as const

export type Channel = keyof typeof channels
/** Receives the payload; an empty one after a lost connection: anything may have changed. */
export type NotificationListener = (payload: string) => void

const reconnectMs = 1_000

/**
 * One connection that listens for all of a process.
 *
 *   stopped ─ start ─▶ listening ─ connection lost ─▶ waiting (1 s) ─▶ listening (listeners get '')
 */
export class Notifications {
  readonly #connection: Connection
  readonly #listeners = new Map<Channel, Set<NotificationListener>>()
  #client: pg.Client | undefined
  #stopped = false
  #retry: NodeJS.Timeout | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Connects and listens; rejects when the first connection fails. */
  async start(): Promise<void> {
    const client = new pg.Client(this.#connection)
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ channel, payload }) => this.#deliver(channel, payload ?? ''))
    await client.connect()
    for (const channel of Object.values(channels)) await client.query(`LISTEN ${channel}`)
    this.#client = client
  }

  /** Calls `listener` for each message on the channel. Returns a function that stops it. */
  on(channel: Channel, listener: NotificationListener): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set()
    this.#listeners.set(channel, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /**
   * Waits for the next message whose payload `matches` (a lost connection matches always), at most
   * `timeoutMs` or until `signal` aborts. It listens from the call on, so ask before reading the store.
   */
  next(
    channel: Channel,
    options: {
      readonly matches: (payload: string) => boolean
      readonly timeoutMs: number
      readonly signal?: AbortSignal | undefined
    },
  ): { readonly done: Promise<void>; readonly cancel: () => void } {
    let cancel = () => {}
    const done = new Promise<void>((resolve) => {
      const stop = this.on(channel, (payload) => {
        if (payload === '' || options.matches(payload)) cancel()
      })
      const timer = setTimeout(() => cancel(), options.timeoutMs)
      cancel = () => {
        clearTimeout(timer)
        stop()
        options.signal?.removeEventListener('abort', cancel)
        resolve()
      }
      options.signal?.addEventListener('abort', cancel, { once: true })
    })
    return { done, cancel }
  }

  /** Ends every wait of this process, for example before it stops. */
  wakeAll(): void {
    for (const listeners of this.#listeners.values()) {
      for (const listener of [...listeners]) listener('')
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#retry)
    await this.#client?.end().catch(() => undefined)
  }

  #deliver(name: string, payload: string): void {
    for (const [channel, listeners] of this.#listeners) {
      if (channels[channel] !== name) continue
      for (const listener of [...listeners]) listener(payload)
    }
  }

  #lost(client: pg.Client): void {
    if (this.#stopped || this.#client !== client) return
    this.#client = undefined
    this.#retryLater()
  }

  #retryLater(): void {
    this.#retry = setTimeout(() => {
      this.start().then(
        () => this.wakeAll(),
        () => this.#retryLater(),
      )
    }, reconnectMs)
  }
}
