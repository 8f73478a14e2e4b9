import {
  type Channel,
  channels,
  type NotificationListener,
  Notifications,
} from '@gatehouse/cloud/database/notifications'
import pg from 'pg'

/** What PostgreSQL tells its listeners, read when the simulation asks for it. */
export class NotificationTap {
  readonly #client: pg.Client
  #heard: { readonly name: string; readonly payload: string }[] = []

  private constructor(client: pg.Client) {
    this.#client = client
    client.on('notification', ({ channel, payload }) => {
      this.#heard.push({ name: channel, payload: payload ?? '' })
    })
  }

  static async open(url: string): Promise<NotificationTap> {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    for (const name of Object.values(channels)) await client.query(`LISTEN ${name}`)
    return new NotificationTap(client)
  }

  /** Everything that was committed before the call, in an order of its own: that of commits is the database's. */
  async take(): Promise<readonly { readonly name: string; readonly payload: string }[]> {
    // The server delivers what is pending before it answers the next statement.
    await this.#client.query('SELECT 1')
    const heard = this.#heard
    this.#heard = []
    return heard.sort((a, b) => `${a.name} ${a.payload}`.localeCompare(`${b.name} ${b.payload}`))
  }

  close(): Promise<void> {
    return this.#client.end()
  }
}

/** The messages between cloud processes, delivered when the simulation says so. */
export class StagedNotifications extends Notifications {
  readonly #listeners = new Map<Channel, Set<NotificationListener>>()

  constructor() {
    super('')
  }

  override async start(): Promise<void> {}

  override on(channel: Channel, listener: NotificationListener): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set()
    this.#listeners.set(channel, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Hands one message to whoever listens in this process. */
  deliver(name: string, payload: string): void {
    for (const [channel, listeners] of this.#listeners) {
      if (channels[channel] === name) for (const listener of [...listeners]) listener(payload)
    }
  }

  override wakeAll(): void {
    for (const listeners of this.#listeners.values()) for (const listener of [...listeners]) listener('')
  }

  override async stop(): Promise<void> {}
}
