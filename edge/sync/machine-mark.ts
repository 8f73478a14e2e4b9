import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'

/** Where boards and PCs keep a serial number that no disk image carries; some need root. */
const serialFiles = [
  '/sys/firmware/devicetree/base/serial-number',
  '/sys/class/dmi/id/product_uuid',
  '/sys/class/dmi/id/board_serial',
]

/**
 * A digest that stays with this hardware, not with its disk: of its serial number, else of its network addresses. Tells a
 * restored box from a copied one; `undefined` where the machine tells neither, and a person has to choose then.
 */
export function readMachineMark(): string | undefined {
  const serial = serialFiles.map(readSerial).find((text) => text !== '')
  const source = serial ?? networkAddresses()
  return source === '' ? undefined : createHash('sha256').update(`gatehouse-machine\n${source}`).digest('hex')
}

function readSerial(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/[\0\s]+/g, '')
  } catch {
    return ''
  }
}

function networkAddresses(): string {
  const addresses = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal, mac }) => !internal && mac !== '00:00:00:00:00:00')
    .map(({ mac }) => mac)
  return [...new Set(addresses)].sort().join('\n')
}
