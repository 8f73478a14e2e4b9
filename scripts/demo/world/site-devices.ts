import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { row, rowsOf, type WorldRow } from './rows.ts'

/** What each kind of caller at a site presents; the directory holds only digests. */
export interface SiteCallers {
  readonly kiosk: string
  readonly board: string
  readonly panel: string
  /** By device id: cameras and the bridges that publish over MQTT. */
  readonly devices: ReadonlyMap<string, string>
  /** By device id: the keys that readers on OSDP got on the bench. */
  readonly readerKeys: ReadonlyMap<string, Uint8Array>
}

const readerKeyBytes = 16

/** The MQTT bridges of a garage. */
const bridges = [
  {
    key: 'bridge-zigbee',
    name: 'Zigbee bridge',
    profile: 'zigbee2mqtt/bridge',
    parameters: { baseTopic: 'zigbee2mqtt' },
  },
  {
    key: 'bridge-lora',
    name: 'LoRaWAN gateway',
    profile: 'ttn/bridge',
    parameters: { application: 'parking@demo' },
  },
] as const

function readerKey(secret: string): Uint8Array {
  return Uint8Array.from(Buffer.from(sha256Hex(secret), 'hex').subarray(0, readerKeyBytes))
}

/** Everything that calls the edge with a secret of its own, and the kiosk's reader. `secretOf` gives secrets by name. */
export function siteCallers(
  rows: readonly WorldRow[],
  kioskReaderBus: string,
  secretOf: (name: string) => string,
): { readonly rows: readonly WorldRow[]; readonly callers: SiteCallers } {
  const devices = new Map<string, string>()
  const added: WorldRow[] = []
  const add = (key: string, name: string, profile: string, parameters: object, levelId?: string) => {
    const secret = secretOf(key)
    devices.set(key, secret)
    const credentialDigest = sha256Hex(secret)
    added.push(
      row('device', key, { name, profile, parameters, credentialDigest, ...(levelId ? { levelId } : {}) }),
    )
    return secret
  }
  // The kiosk stands at the first door; passes that it scans open that one.
  const [entrance] = rowsOf(rows, 'door')
  const kioskParameters = { scope: 'kiosk', ...(entrance && { doorId: entrance.key }) }
  const kiosk = add('kiosk-1', 'Kiosk', 'gatehouse/kiosk', kioskParameters)
  const board = add('board-1', 'Level board', 'gatehouse/board', { scope: 'board' })
  const panel = add('panel-1', 'Simulator panel', 'gatehouse/panel', { scope: 'panel' })
  added.push(
    row('device', 'kiosk-1-reader', {
      name: 'Kiosk: reader',
      profile: 'generic/kiosk-reader',
      bus: kioskReaderBus,
      parameters: { kioskDeviceId: 'kiosk-1' },
    }),
  )
  for (const lane of rowsOf(rows, 'lane')) {
    const { cameraDeviceId, name } = lane.body
    if (cameraDeviceId === undefined) continue
    add(cameraDeviceId, `${name}: camera`, 'plate-recognizer/stream', { scope: 'camera' })
  }
  const hasBaySensors = rowsOf(rows, 'device').some(({ body }) => body.profile.endsWith('/bay-sensor'))
  if (hasBaySensors) {
    for (const { key, name, profile, parameters } of bridges) {
      add(key, name, profile, { ...parameters, scope: 'sensor' })
    }
  }
  const readerKeys = new Map(
    rowsOf(rows, 'device')
      .filter(({ body }) => body.profile === 'generic/osdp-reader')
      .map(({ key }) => [key, readerKey(secretOf(key))]),
  )
  return { rows: added, callers: { kiosk, board, panel, devices, readerKeys } }
}
