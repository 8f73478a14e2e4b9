import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { DeviceId } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { messageTopics } from '@gatehouse/shared/profiles/interpretation'
import { resolveParameters } from '@gatehouse/shared/profiles/parameters'
import { fillPlaceholders } from '@gatehouse/shared/profiles/placeholders'
import type { DeviceProfile } from '@gatehouse/shared/profiles/profile'
import { GarbageMeter } from './garbage-meter.ts'
import type { DeviceRows } from './hub-contract.ts'
import type { DeviceLogger } from './ports/device-logger.ts'
import {
  type BrokerRights,
  createMqttBroker,
  type MqttBroker,
  type MqttBrokerOptions,
} from './transports/mqtt-broker.ts'

/** The account with which the edge itself listens; its secret lives as long as the process. */
export interface BrokerOwner {
  readonly username: string
  readonly password: string
}

/** What the site's own broker is built from. */
export interface DeviceBrokerOptions extends DeviceAccounts {
  readonly host: string
  readonly port: number
  readonly clock: Clock
  readonly logger: DeviceLogger
}

interface DeviceAccounts {
  readonly owner: BrokerOwner
  /** Asked at each connection, so that a withdrawn device stays out. */
  readonly devices: () => DeviceRows
  readonly profiles: ReadonlyMap<string, DeviceProfile>
}

/** Starts the broker of a site that has no other: devices log in with their id and secret. Refusals are counted. */
export function startDeviceBroker(options: DeviceBrokerOptions): Promise<MqttBroker> {
  const refusals = new GarbageMeter(options.clock, options.logger, { bus: 'broker' })
  return createMqttBroker({
    host: options.host,
    port: options.port,
    authenticate: deviceAuthentication(options),
    onRefused: ({ reason }) => refusals.count(1, reason),
  })
}

/**
 * Makes the broker's check of who connects: the edge itself, and each device by its id and secret. A device may
 * publish its own topics (a bridge: those it bridges) and subscribe to commands below them.
 */
function deviceAuthentication(options: DeviceAccounts): MqttBrokerOptions['authenticate'] {
  const ownerDigest = sha256Hex(options.owner.password)
  return (username, password) => {
    const digest = sha256Hex(Buffer.from(password).toString('utf8'))
    if (username === options.owner.username) {
      return sameDigest(digest, ownerDigest) ? { publish: ['gatehouse/#'], subscribe: ['#'] } : undefined
    }
    const row = options.devices().get(username as DeviceId)
    const profile = row && options.profiles.get(row.profile)
    if (!row?.credentialDigest || !profile || !sameDigest(digest, row.credentialDigest)) return undefined
    return deviceRights(profile, row.parameters)
  }
}

/** The topics that a device owns; undefined when it has no business with a broker. */
function deviceRights(
  profile: DeviceProfile,
  given: Readonly<Record<string, string | number | boolean>>,
): BrokerRights | undefined {
  if (profile.driver !== 'mqtt' && profile.driver !== 'mqtt-bridge') return undefined
  const parameters = resolveParameters(profile, given)
  if (!parameters.ok) return undefined
  const filled = (profile.publishes ?? []).map((filter) => fillPlaceholders(filter, parameters.value))
  const own = [...messageTopics(profile, parameters.value), ...filled]
  const commands = own.map((topic) => (topic.endsWith('/#') ? topic : `${topic}/set`))
  return { publish: own, subscribe: commands }
}

function sameDigest(a: string, b: string): boolean {
  const first = Buffer.from(a)
  const second = Buffer.from(b)
  return first.length === second.length && timingSafeEqual(first, second)
}
