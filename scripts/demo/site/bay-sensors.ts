import {
  type BrokerLogin,
  createSimulatedLoraGateway,
  createSimulatedZigbeeBridge,
  type SimulatedLoraGateway,
  type SimulatedZigbeeBridge,
} from '@gatehouse/edge/devices/simulators/simulated-sensors'
import { rowsOf, type WorldRow } from '../world/rows.ts'

const retryMs = 500
const closeMaxMs = 1_000
/** A sensor says at least this often what it senses, so that nobody takes it for dead. */
const reportMs = 3_600_000

/** The bay sensors of a garage, as their two radio networks publish them over MQTT. */
export class BaySensors {
  readonly #url: string
  readonly #secrets: ReadonlyMap<string, string>
  readonly #rows: readonly WorldRow[]
  readonly #occupied = new Map<string, boolean>()
  readonly #listeners = new Map<string, (occupied: boolean) => Promise<void>>()
  #zigbee: SimulatedZigbeeBridge | undefined
  #stopped = false
  #reports: NodeJS.Timeout | undefined
  #lora: SimulatedLoraGateway | undefined

  constructor(options: {
    readonly url: string
    readonly rows: readonly WorldRow[]
    /** Secrets of the bridges by device id. */
    readonly secrets: ReadonlyMap<string, string>
  }) {
    this.#url = options.url
    this.#rows = options.rows
    this.#secrets = options.secrets
  }

  /** Connects to the broker, waiting for it as long as it takes; then tells what was sensed meanwhile. */
  async start(): Promise<void> {
    const sensors = rowsOf(this.#rows, 'device').filter(({ body }) => body.profile.endsWith('/bay-sensor'))
    if (sensors.length === 0) return
    const login = this.#login('bridge-lora')
    const application = 'parking@demo'
    this.#zigbee = await this.#untilConnected(() =>
      createSimulatedZigbeeBridge({ login: this.#login('bridge-zigbee') }),
    )
    this.#lora = await this.#untilConnected(() => createSimulatedLoraGateway({ login, application }))
    for (const { body } of sensors) {
      const { spaceId, profile, parameters } = body
      if (spaceId === undefined) continue
      if (profile.startsWith('zigbee2mqtt/')) {
        const topic = String(parameters.topic)
        this.#listeners.set(spaceId, async (occupied) => this.#zigbee?.occupy(topic, occupied))
        await this.#zigbee?.setAvailable(topic, true)
      } else {
        const endDevice = String(parameters.endDevice)
        this.#listeners.set(spaceId, async (occupied) => this.#lora?.occupy(endDevice, occupied))
      }
    }
    await this.report()
    this.#reports = setInterval(() => void this.report(), reportMs)
  }

  /** Every sensor says once more what it senses, as real ones do from time to time. */
  async report(): Promise<void> {
    for (const [spaceId, tell] of this.#listeners) await tell(this.isOccupied(spaceId)).catch(() => undefined)
  }

  /** A car stands on the bay, or has left it. */
  set(spaceId: string, occupied: boolean): void {
    this.#occupied.set(spaceId, occupied)
    // The broker may be gone for a while (a killed edge); the bridge sends again when it is back.
    void this.#listeners
      .get(spaceId)?.(occupied)
      .catch(() => undefined)
  }

  isOccupied(spaceId: string): boolean {
    return this.#occupied.get(spaceId) ?? false
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#reports)
    // With the broker gone a bridge would wait for its last acknowledgements for ever.
    const closed = Promise.allSettled([this.#zigbee?.close(), this.#lora?.close()])
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, closeMaxMs))])
  }

  /** The broker comes up with the edge; until then a bridge tries again, as real ones do. */
  async #untilConnected<T>(connect: () => Promise<T>): Promise<T | undefined> {
    while (!this.#stopped) {
      try {
        return await connect()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
    return undefined
  }

  #login(deviceId: string): BrokerLogin {
    const password = this.#secrets.get(deviceId)
    return { url: this.#url, username: deviceId, ...(password === undefined ? {} : { password }) }
  }
}
