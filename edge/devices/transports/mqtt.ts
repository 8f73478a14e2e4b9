import { randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { connect, type MqttClient } from 'mqtt'
import { backoffMs, deviceBackoff } from './backoff.ts'

/** Where the broker is and how this edge presents itself. */
export interface MqttConfig {
  readonly url: string
  readonly username?: string | undefined
  readonly password?: string | undefined
}

type MessageListener = (topic: string, payload: Uint8Array) => void
type LinkListener = (link: { readonly up: boolean; readonly reason?: string }) => void

/** One connection to a broker that reconnects by itself. Carries messages, knows nothing of their meaning. */
export interface MqttLink {
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
/** Time a broker gets to take its leave, milliseconds. */
const closeTimeoutMax = 1_000

/**
 * Connects to a broker with protocol 3.1.1, which every broker speaks. A will marks this edge offline on
 * `gatehouse/<name>/availability`.
 */
export function createMqttLink(options: {
  readonly config: MqttConfig
  readonly name: string
  readonly random: Random
}): MqttLink {
  const { config, name, random } = options
  const listeners = new Map<string, Set<MessageListener>>()
  const linkListeners = new Set<LinkListener>()
  const availability = `gatehouse/${name}/availability`
  let state: { readonly up: boolean; readonly reason?: string } | undefined
  let client: MqttClient | undefined
  let pause: NodeJS.Timeout | undefined
  let proof: NodeJS.Timeout | undefined
  let attempt = 0
  let ended = false

  const setState = (next: { readonly up: boolean; readonly reason?: string }) => {
    if (state && state.up === next.up && state.reason === next.reason) return
    state = next
    for (const listener of linkListeners) listener(next)
  }
  const subscribeAll = (topics: readonly string[]) => {
    // A refused subscription shows as a device that is never heard.
    if (topics.length > 0) client?.subscribe([...topics], { qos: 1 }, () => undefined)
  }
  const onConnect = () => {
    proof = setTimeout(() => {
      attempt = 0
    }, deviceBackoff.longestMs)
    setState({ up: true })
    subscribeAll([...listeners.keys()])
    client?.publish(availability, '{"state":"online"}', { qos: 1, retain: true })
  }
  const onClose = (reason: string) => {
    clearTimeout(proof)
    clearTimeout(pause)
    if (ended) return
    setState({ up: false, reason })
    pause = setTimeout(() => client?.reconnect(), backoffMs(attempt, deviceBackoff, random))
    attempt += 1
  }
  const start = () => {
    let reason = 'broker_down'
    client = connect(config.url, {
      ...(config.username === undefined ? {} : { username: config.username }),
      ...(config.password === undefined ? {} : { password: config.password }),
      clientId: `gatehouse-${name}-${randomCode(random, 6)}`,
      protocolVersion: 4,
      clean: true,
      // Reconnecting is done here: the library's fixed period makes herds.
      reconnectPeriod: 0,
      connectTimeout: connectTimeoutMax,
      keepalive: keepAliveSeconds,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: availability, payload: Buffer.from('{"state":"offline"}'), qos: 1, retain: true },
    })
    client.on('connect', onConnect)
    client.on('message', (topic, payload) => {
      for (const listener of listeners.get(topic) ?? []) listener(topic, payload)
    })
    client.on('error', (error) => {
      reason = /not authorized|bad user/i.test(error.message) ? 'broker_refused' : 'broker_down'
    })
    client.on('close', () => onClose(reason))
  }

  return {
    open: start,
    subscribe: (topics, listener) => {
      const fresh = topics.filter((topic) => !listeners.has(topic))
      for (const topic of topics) {
        const known = listeners.get(topic) ?? new Set<MessageListener>()
        listeners.set(topic, known)
        known.add(listener)
      }
      if (state?.up) subscribeAll(fresh)
      return () => {
        for (const topic of topics) {
          const known = listeners.get(topic)
          known?.delete(listener)
          if (known?.size !== 0) continue
          listeners.delete(topic)
          if (state?.up) client?.unsubscribe(topic, () => undefined)
        }
      }
    },
    onLink: (listener) => {
      linkListeners.add(listener)
      if (state) listener(state)
      return () => linkListeners.delete(listener)
    },
    close: async () => {
      ended = true
      clearTimeout(pause)
      clearTimeout(proof)
      const leaving = client
      if (!leaving) return
      if (state?.up) leaving.publish(availability, '{"state":"offline"}', { qos: 0, retain: true })
      await new Promise<void>((resolve) => {
        // The library's own end can wait for ever when the broker vanished at the same moment.
        const force = setTimeout(() => {
          leaving.end(true)
          resolve()
        }, closeTimeoutMax)
        leaving.end(!state?.up, () => {
          clearTimeout(force)
          resolve()
        })
      })
    },
  }
}
