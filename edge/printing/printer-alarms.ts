import type { Clock } from '@gatehouse/shared/clock/clock'
import { randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { DeviceEvent } from '../devices/hub.ts'
import type { Kernel } from '../ledger/kernel.ts'

/** Least time between two incidents of one trouble of one printer, milliseconds: a loose cover fills no ledger. */
export const sameTroubleMs = 10 * 60_000
/** Troubles that are remembered. */
const toldMax = 500

/** Turns what printers say into incidents, each trouble once while it lasts. */
export function printerAlarms(options: {
  readonly kernel: Pick<Kernel, 'submit'>
  readonly clock: Clock
  readonly random: Random
}): (event: DeviceEvent) => void {
  const { kernel, clock, random } = options
  const told = new Map<string, { readonly atMs: number; isOver: boolean }>()
  return (event) => {
    if (event.kind !== 'printer') return
    const { deviceId, trouble, active } = event
    const name = `${deviceId}/${trouble}`
    const before = told.get(name)
    if (!active) {
      if (before) before.isOver = true
      return
    }
    const atMs = clock.now().monotonicMs
    if (before && (!before.isOver || atMs - before.atMs < sameTroubleMs)) {
      before.isOver = false
      return
    }
    told.delete(name)
    told.set(name, { atMs, isOver: false })
    const [oldest] = told.keys()
    if (told.size > toldMax && oldest !== undefined) told.delete(oldest)
    const key = randomCode(random, 20)
    void kernel.submit({ kind: 'reportPrinter', caller: 'device:printer', key, input: { deviceId, trouble } })
  }
}
