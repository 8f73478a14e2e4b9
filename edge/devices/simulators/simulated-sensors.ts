import { connectAsync, type MqttClient } from 'mqtt'

/** How a simulated device finds the broker and who it is there. */
export interface BrokerLogin {
  readonly url: string
  /** Device id of the directory row whose digest belongs to `password`. */
  readonly username?: string
  readonly password?: string
}

/** Simulated bay sensors behind a zigbee2mqtt bridge. */
export interface SimulatedZigbeeBridge {
  /** `topic` is base topic and friendly name, for example `zigbee2mqtt/bay-1-01`. */
  occupy(topic: string, occupied: boolean): Promise<void>
  setAvailable(topic: string, available: boolean): Promise<void>
  /** Publishes bytes as they are. */
  publishRaw(topic: string, payload: string): Promise<void>
  close(): Promise<void>
}

/** Starts a zigbee2mqtt-like bridge: state on the friendly name, availability retained, a last will. */
export async function createSimulatedZigbeeBridge(options: {
  readonly login: BrokerLogin
  readonly baseTopic?: string
}): Promise<SimulatedZigbeeBridge> {
  const state = `${options.baseTopic ?? 'zigbee2mqtt'}/bridge/state`
  const client = await connectTo(options.login, { topic: state, payload: '{"state":"offline"}' })
  await client.publishAsync(state, '{"state":"online"}', { qos: 1, retain: true })
  return {
    occupy: async (topic, occupied) => {
      const message = { occupancy: occupied, battery: 96, linkquality: 118 }
      await client.publishAsync(topic, JSON.stringify(message), { qos: 1, retain: true })
    },
    setAvailable: async (topic, available) => {
      const message = { state: available ? 'online' : 'offline' }
      await client.publishAsync(`${topic}/availability`, JSON.stringify(message), { qos: 1, retain: true })
    },
    publishRaw: async (topic, payload) => {
      await client.publishAsync(topic, payload, { qos: 1 })
    },
    close: () => client.endAsync(),
  }
}

/** Simulated bay sensors behind a LoRaWAN network server. */
export interface SimulatedLoraGateway {
  occupy(endDevice: string, occupied: boolean): Promise<void>
  close(): Promise<void>
}

/** Starts a gateway that publishes uplinks as The Things Stack does: QoS 0, false and zero fields left out. */
export async function createSimulatedLoraGateway(options: {
  readonly login: BrokerLogin
  /** Application with tenant, for example `parking@demo`. */
  readonly application: string
}): Promise<SimulatedLoraGateway> {
  const client = await connectTo(options.login)
  const frames = new Map<string, number>()
  return {
    occupy: async (endDevice, occupied) => {
      const frame = (frames.get(endDevice) ?? 0) + 1
      frames.set(endDevice, frame)
      const uplink = {
        end_device_ids: {
          device_id: endDevice,
          application_ids: { application_id: options.application.split('@')[0] },
        },
        uplink_message: {
          f_port: 1,
          f_cnt: frame,
          decoded_payload: occupied ? { occupied: true, battery: 3.6 } : { battery: 3.6 },
        },
      }
      const topic = `v3/${options.application}/devices/${endDevice}/up`
      await client.publishAsync(topic, JSON.stringify(uplink), { qos: 0 })
    },
    close: () => client.endAsync(),
  }
}

function connectTo(login: BrokerLogin, will?: { topic: string; payload: string }): Promise<MqttClient> {
  const { url, username, password } = login
  return connectAsync(url, {
    protocolVersion: 4,
    reconnectPeriod: 1_000,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(will
      ? { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } }
      : {}),
  })
}
