import { createServer, type Socket } from 'node:net'
import { Aedes, type AuthenticateError, type Client } from 'aedes'
import { MqttPacketGuard } from './mqtt-packet-guard.ts'
import { PublishTurns } from './publish-turns.ts'

/** What a caller of the broker may do; `+` and `#` as in subscriptions. */
export interface BrokerRights {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

export interface MqttBrokerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Checks who connects; undefined refuses. Asked at each connection, so that a withdrawn device stays out. */
  readonly authenticate: (username: string, password: Uint8Array) => BrokerRights | undefined
  /** Told about refused log-ins and publications, so that they are counted. */
  readonly onRefused: (refusal: { readonly username: string; readonly reason: string }) => void
}

/** A broker inside this process. */
export interface MqttBroker {
  readonly port: number
  close(): Promise<void>
}

/** Connections and packets that a small site never reaches. */
const connectionsMax = 1_000
const queuedPacketsMax = 1_000
const packetBytesMax = 262_144
/** Messages between two looks at everything else; each costs about a tenth of a millisecond. */
const messagesPerTurnMax = 16

/**
 * Starts a broker that lets each caller publish and subscribe only what its rights name. Bind it to loopback
 * unless the site's network is meant to reach it.
 */
export async function createMqttBroker(options: MqttBrokerOptions): Promise<MqttBroker> {
  const rightsOf = new WeakMap<Client, { username: string; rights: BrokerRights }>()
  const refuse = (client: Client | null, reason: string) =>
    options.onRefused({ username: (client && rightsOf.get(client)?.username) ?? '', reason })

  const turns = new PublishTurns(messagesPerTurnMax)
  const broker = await Aedes.createBroker({
    queueLimit: queuedPacketsMax,
    // The library takes messages that wait for their turn in a recursion as deep as there are of them, which ends this
    // process. None has to wait: of each client no more is read than was handed on.
    concurrency: 0,
    authenticate: (client, username, password, done) => {
      const rights = username && password ? options.authenticate(username, password) : undefined
      if (rights && username) {
        rightsOf.set(client, { username, rights })
        return done(null, true)
      }
      options.onRefused({ username: username ?? '', reason: 'bad_credentials' })
      return done(badCredentials(), false)
    },
    authorizePublish: (client, packet, callback) => {
      const rights = client && rightsOf.get(client)?.rights
      if (!rights || rights.publish.some((filter) => topicMatches(filter, packet.topic)))
        return turns.take(() => callback(null))
      refuse(client, 'foreign_topic')
      // Protocol 3.1.1 cannot refuse a publication: it is swallowed, and the connection ends.
      callback(new RangeError('foreign topic'))
      client.close()
    },
    authorizeSubscribe: (client, subscription, callback) => {
      const rights = rightsOf.get(client)?.rights
      if (rights?.subscribe.some((filter) => filterCovers(filter, subscription.topic))) {
        return callback(null, subscription)
      }
      refuse(client, 'foreign_subscription')
      return callback(null, null)
    },
  })
  // A client that breaks the protocol is closed by the library; here it only must not be an uncaught event.
  broker.on('clientError', (client) => refuse(client, 'client_error'))
  broker.on('connectionError', (client) => refuse(client, 'connection_error'))

  const server = await listen(broker, options)
  const shut = async () => {
    await server.close()
    await new Promise<void>((resolve) => broker.close(() => resolve()))
  }
  let shutting: Promise<void> | undefined
  return {
    port: server.port,
    close: () => {
      // The library never answers a second close.
      shutting ??= shut()
      return shutting
    },
  }
}

async function listen(broker: Aedes, options: MqttBrokerOptions): Promise<MqttBroker> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    const guard = new MqttPacketGuard(packetBytesMax)
    socket.on('data', (bytes) => {
      const verdict = guard.receive(bytes)
      if (verdict === 'fine') return
      options.onRefused({ username: '', reason: verdict })
      socket.destroy()
    })
    broker.handle(socket)
  })
  server.maxConnections = connectionsMax
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : options.port)
    })
  })
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Tells whether a topic falls under a filter with `+` and `#`. */
export function topicMatches(filter: string, topic: string): boolean {
  const parts = topic.split('/')
  const wanted = filter.split('/')
  for (const [index, part] of wanted.entries()) {
    if (part === '#') return true
    if (index >= parts.length) return false
    if (part !== '+' && part !== parts[index]) return false
  }
  return wanted.length === parts.length
}

/** Tells whether everything that `asked` subscribes to falls under `filter`. */
export function filterCovers(filter: string, asked: string): boolean {
  const parts = asked.split('/')
  const wanted = filter.split('/')
  for (const [index, part] of wanted.entries()) {
    if (part === '#') return true
    const other = parts[index]
    if (other === undefined || other === '#') return false
    if (part !== '+' && part !== other) return false
  }
  return wanted.length === parts.length
}

function badCredentials(): AuthenticateError {
  // 4 is "bad user name or password" of MQTT 3.1.1 §3.2.2.3.
  return Object.assign(new RangeError('bad user name or password'), { returnCode: 4 })
}
