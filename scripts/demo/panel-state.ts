import { lastDoorEvent } from './door-event.ts'
import type { PanelDoor, PanelLane, PanelSite, PanelSpace } from './panel-contract.ts'
import type { ParkedVehicle } from './site/parked-vehicles.ts'
import type { RunningSite } from './site/running-site.ts'
import { demoLogins, demoMembers } from './world/people.ts'
import { planRows } from './world/plans.ts'
import { rowsOf } from './world/rows.ts'

const tailMax = 40
const peopleMax = 12
const planNames = new Map(planRows.map(({ key, body }) => [key, body.name]))

/** The people the panel offers: the demo log-in first, then some of every plan and some without one. */
const people = demoMembers.slice(0, peopleMax).map(({ memberId, displayName, planId, card, pin, plate }) => {
  const planName = planId === undefined ? undefined : planNames.get(planId)
  return {
    ...{ memberId, displayName, card, pin },
    hasPhone: demoLogins.some((login) => login.memberId === memberId),
    ...(plate === undefined ? {} : { plate }),
    ...(planName === undefined ? {} : { planName }),
  }
})

/** What the panel shows of one site: simulated devices, the edge's own words, and the network in between. */
export function panelSite(site: RunningSite, machineMs: number, since: StateTimes): PanelSite {
  const { rows, edge, network, watch, world, edgeUrl, callers } = site
  const { readings } = watch
  const [siteRow] = rowsOf(rows, 'site')
  const nowMs = machineMs + edge.offsetMs
  return {
    siteId: site.siteId,
    name: siteRow?.body.name ?? site.siteId,
    kind: siteRow?.body.kind ?? 'coworking',
    timeZone: siteRow?.body.timeZone ?? 'UTC',
    edge: {
      state: edge.state,
      url: edgeUrl,
      kioskUrl: `${edgeUrl}/#key=${callers.kiosk}`,
      boardUrl: `${edgeUrl}/board#key=${callers.board}`,
    },
    network: network.state,
    networkSinceMs: network.sinceMs,
    doors: rowsOf(rows, 'door').map(({ key, body }) => door(site, key, body, nowMs, since)),
    lanes: rowsOf(rows, 'lane').map(({ key, body }) => lane(site, key, body)),
    levels: levels(site),
    spaces: spaces(site),
    vehicles: world.parked.all().map((vehicle) => parked(site, vehicle, nowMs)),
    people,
    clock: { offsetMs: edge.offsetMs, nowMs },
    ledgerTail: readings.ledger.items
      .slice(-tailMax)
      .reverse()
      .map(({ seq, hash, uploaded, entry }) => ({
        seq,
        type: entry.type,
        hash,
        atMs: entry.at.wallMs,
        uploaded,
      })),
    headSeq: readings.ledger.headSeq,
    cloudHeadSeq: readings.ledger.acknowledgedSeq,
  }
}

/** Remembers since when something has been in its state. */
export class StateTimes {
  readonly #known = new Map<string, { readonly state: string; readonly sinceMs: number }>()

  /** The instant at which `name` was first seen in `state`, epoch milliseconds. */
  since(name: string, state: string, nowMs: number): number {
    const known = this.#known.get(name)
    if (known?.state === state) return known.sinceMs
    this.#known.set(name, { state, sinceMs: nowMs })
    return nowMs
  }
}

function door(
  site: RunningSite,
  doorId: string,
  body: { readonly name: string; readonly levelId: string; readonly readerDeviceId: string },
  nowMs: number,
  since: StateTimes,
): PanelDoor {
  const reading = site.watch.readings.doors.find((candidate) => candidate.doorId === doorId)
  const simulated = site.world.door(doorId)
  const told = reading?.state === 'held_open' || reading?.state === 'forced' ? reading.state : undefined
  const shut = simulated.isReleased ? 'unlocked' : 'locked'
  const seen = simulated.isOpen ? (told ?? 'open') : shut
  const state = site.edge.state === 'running' ? seen : 'unknown'
  const lastEvent = lastDoorEvent(reading?.last, site.watch.doorAlarms.get(doorId))
  return {
    doorId,
    name: body.name,
    levelId: body.levelId,
    state,
    sinceMs: since.since(`${site.siteId}/${doorId}`, state, nowMs),
    readsCodes: readsCodes(site, body.readerDeviceId),
    ...(lastEvent === undefined ? {} : { lastEvent }),
  }
}

function readsCodes({ rows }: RunningSite, deviceId: string): boolean {
  const reader = rowsOf(rows, 'device').find(({ key }) => key === deviceId)
  return reader?.body.profile === 'generic/code-reader'
}

function lane(
  site: RunningSite,
  laneId: string,
  body: { readonly name: string; readonly direction: 'entry' | 'exit' },
): PanelLane {
  const simulated = site.world.lanes.get(laneId)
  const car = simulated?.car
  const refusal = car?.position === 'waiting' ? lastRefusal(site, laneId) : undefined
  return {
    laneId,
    name: body.name,
    direction: body.direction,
    boom: simulated?.boom ?? 'down',
    ...(car === undefined ? {} : { car }),
    ...(refusal === undefined ? {} : { refusal }),
  }
}

/** The newest word about a lane in the ledger, when it is a refusal. */
function lastRefusal(site: RunningSite, laneId: string): string | undefined {
  const about = site.watch.readings.ledger.items.filter(({ entry }) => entry.body.laneId === laneId).at(-1)
  return about?.entry.type === 'lane.refused' ? String(about.entry.body.reason) : undefined
}

function spaces(site: RunningSite): PanelSpace[] {
  const shown = new Map(site.watch.readings.plan?.spaces.map((space) => [space.spaceId, space.status]))
  return rowsOf(site.rows, 'space').map(({ key, body }) => ({
    spaceId: key,
    name: body.name,
    kind: body.kind,
    levelId: body.levelId,
    status: shown.get(key) ?? 'free',
    rect: body.rect,
    ...(body.bayClass === undefined ? {} : { bayClass: body.bayClass }),
  }))
}

function levels(site: RunningSite): PanelSite['levels'] {
  const counted = new Map(site.watch.readings.board?.levels.map((level) => [level.levelId, level]))
  const shown = spaces(site)
  return rowsOf(site.rows, 'level').map(({ key, body }) => {
    const own = shown.filter(({ levelId }) => levelId === key)
    const free = own.filter(({ status }) => status === 'free').length
    const level = counted.get(key) ?? { free, capacity: own.length, full: free === 0 }
    const { width, height, name } = body
    return { levelId: key, name, width, height, free: level.free, capacity: level.capacity, full: level.full }
  })
}

function parked(site: RunningSite, vehicle: ParkedVehicle, nowMs: number): PanelSite['vehicles'][number] {
  const { plate, vehicleClass, arrivedMs, ticket, spaceName, sessionId = '' } = vehicle
  const paidMs = site.watch.paidStays.get(sessionId)
  const graceMs = rowsOf(site.rows, 'site')[0]?.body.settings.exitGraceMs ?? 0
  const leaveByMs = paidMs === undefined ? vehicle.leaveByMs : paidMs + graceMs
  return {
    plate,
    vehicleClass,
    arrivedMs,
    paid: leaveByMs !== undefined && leaveByMs >= nowMs,
    ...(ticket === undefined ? {} : { ticket }),
    ...(spaceName === undefined ? {} : { spaceName }),
  }
}
