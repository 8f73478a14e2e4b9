import { randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { connect, type MqttClient } from 'mqtt'
import { backoffMs, deviceBackoff } from './backoff.ts'

/** Where the broker is and how this edge presents itself. */
export interface MqttConfig {
  readonly url: string
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** The certificate of the authority that signed the broker's, PEM; those of the system when absent. */
  readonly authority?: string | undefined
}

type MessageListener = (topic: string, payload: Uint8Array) => void
type LinkListener = (link: { readonly up: boolean; readonly reason?: string }) => void

/** One connection to a broker that reconnects by itself. Carries messages, knows nothing of their meaning. */
export interface MqttLink {
  /** Messages of the broker so far. */
  readonly heard: number
  open(): void
  /** Listens to exact topics; subscribes what nobody listened to yet. Returns how to stop. */
  subscribe(topics: readonly string[], listener: MessageListener): () => void
  /** Told at once when already known. Returns how to stop. */
  onLink(listener: LinkListener): () => void
  close(): Promise<void>
}

/** Longest wait for a broker's answer to a connection, milliseconds. */
const connectTimeoutMax = 5_000
const keepAliveSeconds = 15
const online = '{"state":"online"}'
const offline = '{"state":"offline"}'
// MQTT 3.1.1 §3.2.2.3, return codes of a refused connection.
const badCredentials = 4
const notAuthorised = 5
/** Time a broker gets to take its leave, milliseconds. */
const closeTimeoutMax = 1_000

interface MqttLinkOptions {
  readonly config: MqttConfig
  readonly name: string
  readonly random: Random
}

class BrokerLink implements MqttLink {
  readonly #options: MqttLinkOptions
  readonly #availability: string
  readonly #listeners = new Map<string, Set<MessageListener>>()
  readonly #linkListeners = new Set<LinkListener>()
  #state: Parameters<LinkListener>[0] | undefined
  #client: MqttClient | undefined
  #pause: NodeJS.Timeout | undefined
  #proof: NodeJS.Timeout | undefined
  #attempt = 0
  #ended = false
  heard = 0

  constructor(options: MqttLinkOptions) {
    this.#options = options
    this.#availability = `gatehouse/${options.name}/availability`
  }

  open(): void {
    const { config, name, random } = this.#options
    let reason = 'broker_down'
    this.#client = connect(config.url, {
      ...(config.username === undefined ? {} : { username: config.username }),
      ...(config.password === undefined ? {} : { password: config.password }),
      ...(config.authority === undefined ? {} : { ca: config.authority }),
      // Said although it is the default: without it anybody on the way could pass for the broker.
      rejectUnauthorized: true,
      clientId: `gatehouse-${name}-${randomCode(random, 6)}`,
      protocolVersion: 4,
      clean: true,
      // Reconnecting is done here: the library's fixed period makes herds.
      reconnectPeriod: 0,
      connectTimeout: connectTimeoutMax,
      keepalive: keepAliveSeconds,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: this.#availability, payload: Buffer.from(offline), qos: 1, retain: true },
    })
    this.#client.on('connect', () => this.#connected())
    this.#client.on('message', (topic, payload) => {
      this.heard += 1
      for (const listener of this.#listeners.get(topic) ?? []) listener(topic, payload)
    })
    this.#client.on('error', (error) => {
      reason = reasonOf('code' in error ? error.code : undefined)
    })
    this.#client.on('close', () => this.#closed(reason))
  }

  subscribe(topics: readonly string[], listener: MessageListener): () => void {
    const fresh = topics.filter((topic) => !this.#listeners.has(topic))
    for (const topic of topics) {
      const known = this.#listeners.get(topic) ?? new Set<MessageListener>()
      this.#listeners.set(topic, known)
      known.add(listener)
    }
    if (this.#state?.up) this.#subscribe(fresh)
    return () => this.#unsubscribe(topics, listener)
  }

  onLink(listener: LinkListener): () => void {
    this.#linkListeners.add(listener)
    if (this.#state) listener(this.#state)
    return () => this.#linkListeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#ended = true
    clearTimeout(this.#pause)
    clearTimeout(this.#proof)
    const client = this.#client
    if (!client) return
    const up = this.#state?.up === true
    if (up) client.publish(this.#availability, offline, { qos: 0, retain: true })
    await new Promise<void>((resolve) => {
      // The library's own end can wait for ever when the broker vanished at the same moment.
      const force = setTimeout(() => {
        client.end(true)
        resolve()
      }, closeTimeoutMax)
      client.end(!up, () => {
        clearTimeout(force)
        resolve()
      })
    })
  }

  #connected(): void {
    // Only a connection that lasts ends the backoff: some brokers accept and then kick.
    this.#proof = setTimeout(() => {
      this.#attempt = 0
    }, deviceBackoff.longestMs)
    this.#setState({ up: true })
    this.#subscribe([...this.#listeners.keys()])
    this.#client?.publish(this.#availability, online, { qos: 1, retain: true })
  }

  #closed(reason: string): void {
    clearTimeout(this.#proof)
    clearTimeout(this.#pause)
    if (this.#ended) return
    this.#setState({ up: false, reason })
    const pauseMs = backoffMs(this.#attempt, deviceBackoff, this.#options.random)
    this.#pause = setTimeout(() => this.#client?.reconnect(), pauseMs)
    this.#attempt += 1
  }

  #setState(next: Parameters<LinkListener>[0]): void {
    if (this.#state && this.#state.up === next.up && this.#state.reason === next.reason) return
    this.#state = next
    for (const listener of this.#linkListeners) listener(next)
  }

  #subscribe(topics: readonly string[]): void {
    // A refused subscription shows as a device that is never heard.
    if (topics.length > 0) this.#client?.subscribe([...topics], { qos: 1 }, () => undefined)
  }

  #unsubscribe(topics: readonly string[], listener: MessageListener): void {
    for (const topic of topics) {
      const known = this.#listeners.get(topic)
      known?.delete(listener)
      if (known?.size !== 0) continue
      this.#listeners.delete(topic)
      if (this.#state?.up) this.#client?.unsubscribe(topic, () => undefined)
    }
  }
}

function reasonOf(code: unknown): string {
  if (code === badCredentials || code === notAuthorised) return 'broker_refused'
  return typeof code === 'string' && /CERT|SIGNATURE|ERR_TLS|ERR_SSL|ISSUER/.test(code)
    ? 'broker_untrusted'
    : 'broker_down'
}

/**
 * Connects to a broker with protocol 3.1.1, which every broker speaks. A will marks this edge offline on
 * `gatehouse/<name>/availability`.
 */
export function createMqttLink(options: MqttLinkOptions): MqttLink {
  return new BrokerLink(options)
}
