import type { PanelClient } from './panel-client.ts'

const garage = 'quay-street'
const plate = 'DEMO 7788'
/** More than the first minutes, which are free. */
const stayMs = 45 * 60_000

/** At night nobody may be in the garage: drives a car in and moves the clock of the demo on until it owes something. */
export async function parkCar(panel: PanelClient): Promise<void> {
  const { lanes } = await panel.site(garage)
  const entry = lanes.find(({ direction }) => direction === 'entry')
  if (entry === undefined) return
  await panel.act({ kind: 'driveIn', siteId: garage, laneId: entry.laneId, plate, vehicleClass: 'car' })
  await panel.sees(`${plate} inside`, garage, (site) =>
    site.vehicles.some((vehicle) => vehicle.plate === plate && vehicle.spaceName !== undefined),
  )
  await panel.act({ kind: 'moveClock', byMs: stayMs })
}
