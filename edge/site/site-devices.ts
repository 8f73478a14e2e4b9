import { readFileSync } from 'node:fs'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { type DeviceId, deviceIdSchema } from '@gatehouse/shared/ids/ids'
import type { DeviceProfile } from '@gatehouse/shared/profiles/profile'
import { BusTraces } from '../commissioning/bus-traces.ts'
import { familyOf } from '../commissioning/device-list.ts'
import type { EdgeConfig } from '../config.ts'
import { openBus } from '../devices/bus-owner.ts'
import { startDeviceBroker } from '../devices/device-broker.ts'
import { createDeviceHub, type DeviceHub, type DeviceRows } from '../devices/hub.ts'
import { profileFolder, readProfileFolder } from '../devices/profile-folder.ts'
import type { MqttConfig } from '../devices/transports/mqtt.ts'
import type { MqttBroker } from '../devices/transports/mqtt-broker.ts'
import type { EdgeAdapters } from '../edge-program.ts'
import type { Directory } from '../sync/directory.ts'
import { isDown } from './device-down.ts'
import { openReaderKeys } from './reader-key-file.ts'

export interface SiteDevicesOptions {
  readonly config: EdgeConfig
  readonly adapters: EdgeAdapters
  readonly directory: Directory
  /** The edge's own password at its own broker. */
  readonly localSecret: string
}

/** The site's devices, with the broker they may need. */
export interface SiteDevices {
  readonly hub: DeviceHub
  /** Listens in on the buses; absent where there are none. */
  readonly traces?: BusTraces
  /** Opens every device; listeners are attached before, so that first readings are not missed. */
  start(): Promise<void>
  /** Ids of devices that do not answer. */
  down(): string[]
  stop(): Promise<void>
}

const ownName = 'gatehouse-edge'

/** Starts the embedded broker (unless an outside one is configured) and prepares every device of the directory. */
export async function prepareDevices(options: SiteDevicesOptions): Promise<SiteDevices> {
  const { config, adapters, directory } = options
  const { clock, random, logger } = adapters
  const { profiles, cardFormats, problems } = readProfileFolder(profileFolder)
  for (const problem of problems) logger.warn({ problem }, 'device profile left out')
  const broker = await startBroker(options, profiles)
  const mqtt = mqttConfig(config, options.localSecret)
  const traces = new BusTraces({
    clock,
    familyOf: (bus) => familyOf(bus, { buses: config.buses, directory, profiles, cardFormats }) ?? 'line',
  })
  const hub = createDeviceHub({
    openTransport: traces.around(openBus(random)),
    devices: deviceRows(directory),
    profiles,
    cardFormats,
    buses: config.buses,
    ...(mqtt && { mqtt }),
    readerKeys: openReaderKeys(config.dataFolder, (problem) =>
      logger.error({ problem }, 'keys of readers cannot be kept'),
    ),
    clock,
    random,
    logger: logger.child({ part: 'devices' }),
  })
  directory.onChange((changes) => {
    if (changes.some(({ kind }) => kind === 'device')) hub.reconfigure(deviceRows(directory))
  })
  return {
    hub,
    traces,
    start: () => hub.start(),
    down: () =>
      hub
        .status()
        .flatMap((status) => (isDown(status, callsUs(directory, status.deviceId)) ? [status.deviceId] : [])),
    stop: async () => {
      await hub.stop()
      await broker?.close()
    },
  }
}

function startBroker(
  { config, adapters, directory, localSecret }: SiteDevicesOptions,
  profiles: ReadonlyMap<string, DeviceProfile>,
): Promise<MqttBroker | undefined> {
  const { mqtt } = config
  if (mqtt?.kind !== 'embedded') return Promise.resolve(undefined)
  return startDeviceBroker({
    host: mqtt.host,
    port: mqtt.port,
    owner: { username: ownName, password: localSecret },
    devices: () => deviceRows(directory),
    profiles,
    clock: adapters.clock,
    logger: adapters.logger.child({ part: 'broker' }),
  })
}

function mqttConfig({ mqtt }: EdgeConfig, localSecret: string): MqttConfig | undefined {
  if (!mqtt) return undefined
  if (mqtt.kind === 'embedded') {
    return { url: `mqtt://${mqtt.host}:${mqtt.port}`, username: ownName, password: localSecret }
  }
  const { url, username, password, caFile } = mqtt
  const authority = caFile === undefined ? undefined : readAuthority(caFile)
  return { url, username, password, authority }
}

function readAuthority(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8')
  } catch (cause) {
    const hint = `mqtt.caFile ${caFile} cannot be read; correct its name, or let this user read it.`
    throw new SiteError({ code: 'config_unusable', op: 'mqtt.authority', hint, retryable: false, cause })
  }
}

function callsUs(directory: Directory, deviceId: DeviceId): boolean {
  return directory.get('device', deviceId)?.credentialDigest !== undefined
}

function deviceRows(directory: Directory): DeviceRows {
  return new Map([...directory.all('device')].map(([key, body]) => [deviceIdSchema.parse(key), body]))
}
