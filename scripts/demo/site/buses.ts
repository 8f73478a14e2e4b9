import { rowsOf, type WorldRow } from '../world/rows.ts'

export type BusKind = 'boards' | 'readers' | 'osdp' | 'kiosk-reader' | 'signs' | 'printer'

/** One wire of a site: what hangs on it, at which addresses, and the port on which its simulation listens. */
export interface DemoBus {
  readonly name: string
  readonly kind: BusKind
  readonly port: number
  /** Addresses of the devices on the wire, each once. */
  readonly addresses: readonly number[]
}

const kindByProfile: Record<string, BusKind> = {
  'generic/wiegand-ascii-reader': 'readers',
  'generic/code-reader': 'readers',
  'generic/ticket-scanner': 'readers',
  'generic/osdp-reader': 'osdp',
  'generic/kiosk-reader': 'kiosk-reader',
  'generic/level-sign': 'signs',
  'generic/escpos-printer': 'printer',
}

/** The wires that the device rows of a site name, in order of their names, on ports from `firstPort`. */
export function demoBuses(rows: readonly WorldRow[], firstPort: number): DemoBus[] {
  const devices = rowsOf(rows, 'device').map(({ body }) => body)
  const names = [...new Set(devices.flatMap(({ bus }) => (bus === undefined ? [] : [bus])))].sort()
  return names.map((name, index) => {
    const onBus = devices.filter(({ bus }) => bus === name)
    const kind = kindByProfile[onBus[0]?.profile ?? ''] ?? 'boards'
    const addresses = [
      ...new Set(onBus.map(({ parameters }) => Number(parameters.unit ?? parameters.address ?? 1))),
    ]
    return { name, kind, port: firstPort + index, addresses }
  })
}
