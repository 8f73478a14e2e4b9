import type { BusView, DeviceStanding, DeviceView } from '@gatehouse/shared/api/device-views'
import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import type { ProfileCapability } from '@gatehouse/shared/profiles/profile'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { type PlanContext, type PlannedDevice, planDevice } from '../devices/device-plan.ts'
import type { DeviceStatus } from '../devices/hub-contract.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { BusTraces } from './bus-traces.ts'
import type { DeviceNote, DeviceNotes } from './device-notes.ts'

export interface DeviceListParts extends PlanContext {
  readonly directory: DirectoryReader
  readonly traces: Pick<BusTraces, 'exchangesOf' | 'countersOf'>
  readonly notes: Pick<DeviceNotes, 'of'>
  readonly status: () => readonly DeviceStatus[]
}

type Row = DirectoryBody<'device'>
type Serves = DeviceView['serves']

/** Which tests a device of each kind can be put to. */
export const testsOf: Readonly<Partial<Record<ProfileCapability, DeviceView['tests']>>> = {
  strike: ['pulse_strike'],
  reader: ['blink_reader'],
  display: ['show_text'],
}

/** Every device of the directory as those who wire it see it, by name. */
export function listDevices(parts: DeviceListParts): DeviceView[] {
  const { directory, profiles, notes } = parts
  const statusOf = new Map(parts.status().map((status) => [status.deviceId as string, status]))
  const uses = usesOf(directory)
  return [...directory.all('device')]
    .map(([key, row]): DeviceView => {
      const profile = profiles.get(row.profile)
      const planned = planDevice(deviceIdSchema.parse(key), row, parts)
      const status = statusOf.get(key)
      const note = notes.of(key)
      const detail = note.untrusted ?? status?.detail
      return {
        deviceId: key,
        name: row.name,
        profile: row.profile,
        title: profile?.title ?? row.profile,
        capability: profile?.capability ?? 'unknown',
        ...(profile && { driver: profile.driver }),
        standing: standingOf(status, note, planned.ok),
        ...(detail !== undefined && { detail }),
        ...(note.sinceMs !== undefined && { sinceMs: note.sinceMs }),
        ...(status?.heardMs !== undefined && { heardMs: status.heardMs }),
        place: placeOf(row, planned.ok ? planned.value : undefined),
        serves: uses.get(key) ?? [],
        events: note.events,
        garbage: status?.garbage ?? 0,
        inputs: [...note.inputs.values()],
        tests: [...((profile && testsOf[profile.capability]) ?? [])],
        parameters: row.parameters,
        wiring: [...(profile?.wiring ?? [])],
      }
    })
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** Every bus of this machine's configuration with its figures and what passed on it last. */
export function listBuses(parts: DeviceListParts): BusView[] {
  const { traces } = parts
  return Object.entries(parts.buses).map(([bus, config]) => {
    const family = familyOf(bus, parts)
    return {
      bus,
      kind: config.kind,
      ...(family !== undefined && { family }),
      ...traces.countersOf(bus),
      exchanges: traces.exchangesOf(bus).map((exchange) => ({ ...exchange })),
    }
  })
}

/** What a bus is used for, by the devices on it; `undefined` while none is. */
export function familyOf(bus: string, parts: PlanContext & Pick<DeviceListParts, 'directory'>) {
  for (const [key, row] of parts.directory.all('device')) {
    if (row.bus !== bus) continue
    const planned = planDevice(deviceIdSchema.parse(key), row, parts)
    if (planned.ok && planned.value.place.kind === 'bus') return planned.value.place.family
  }
  return undefined
}

function standingOf(status: DeviceStatus | undefined, note: DeviceNote, isPlanned: boolean): DeviceStanding {
  if (!isPlanned) return 'trouble'
  if (note.untrusted !== undefined) return 'untrusted'
  if (status?.online) return 'online'
  return status?.awaited ? 'awaited' : 'offline'
}

function placeOf(row: Row, planned: PlannedDevice | undefined): DeviceView['place'] {
  const { unit, address, topic } = row.parameters
  const at = planned?.place.kind === 'broker' ? topic : (address ?? unit)
  const where = at === undefined ? {} : { address: String(at) }
  if (!planned) return { kind: 'unknown', ...(row.bus !== undefined && { bus: row.bus }), ...where }
  const { place } = planned
  return place.kind === 'bus' ? { kind: 'bus', bus: place.bus, ...where } : { kind: place.kind, ...where }
}

/** What rests on each device: every field of a door or lane that names one. */
function usesOf(directory: DirectoryReader): Map<string, Serves> {
  const uses = new Map<string, Serves>()
  const add = (deviceId: string, use: Serves[number]) => {
    uses.set(deviceId, [...(uses.get(deviceId) ?? []), use])
  }
  for (const kind of ['door', 'lane'] as const) {
    for (const body of directory.all(kind).values()) {
      for (const [field, value] of Object.entries(body)) {
        if (typeof value !== 'string' || !field.endsWith('DeviceId')) continue
        add(value, { kind, name: body.name, as: field.slice(0, -'DeviceId'.length) })
      }
    }
  }
  for (const [key, { spaceId, levelId }] of directory.all('device')) {
    const space = spaceId && directory.get('space', spaceId)
    const level = levelId && directory.get('level', levelId)
    if (space) add(key, { kind: 'space', name: space.name, as: 'sensor' })
    if (level) add(key, { kind: 'level', name: level.name, as: 'sign' })
  }
  return uses
}
