import type { DeviceId } from '@gatehouse/shared/ids/ids'
import type { CardFormat } from '@gatehouse/shared/profiles/card-format'
import {
  type CardChoiceRefusal,
  type CardFormatChoice,
  chooseCardFormats,
} from '@gatehouse/shared/profiles/card-number'
import { type ParameterRefusal, resolveParameters } from '@gatehouse/shared/profiles/parameters'
import type { DeviceProfile, ProfileDriver } from '@gatehouse/shared/profiles/profile'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { BusConfig } from './bus-config.ts'
import type { BoardFacts } from './drivers/modbus-board.ts'

/** What a bus is used for; one bus serves one family. */
export type BusFamily = 'modbus' | 'gpio' | 'line' | 'osdp' | 'wiegand' | 'escpos'

/** Where a device is served: on a bus, through the broker, or it calls us. */
export type DevicePlace =
  | { readonly kind: 'bus'; readonly bus: string; readonly family: BusFamily }
  | { readonly kind: 'broker' }
  /** `page`: the bus of its own web server, which is asked whether it is well. */
  | { readonly kind: 'caller'; readonly page?: string }

/** A device row read through its profile. */
export interface PlannedDevice {
  readonly deviceId: DeviceId
  readonly profile: DeviceProfile
  readonly parameters: DirectoryBody<'device'>['parameters']
  readonly place: DevicePlace
  /** The board's address and facts, for devices that need a board. */
  readonly board?: { readonly unit: number; readonly facts: BoardFacts }
  /** Which cards a reader that sends bits takes. */
  readonly cardFormats?: CardFormatChoice
  /** Equal for rows that need no new attachment. */
  readonly fingerprint: string
}

/** Why a device row cannot be served. */
export type PlanRefusal =
  | { readonly code: 'unknown_profile' | 'no_bus' | 'unknown_bus' | 'unknown_board' | 'bus_does_not_fit' }
  | { readonly code: CardChoiceRefusal }
  | ParameterRefusal

/** What planning needs to know of the site. */
export interface PlanContext {
  readonly profiles: ReadonlyMap<string, DeviceProfile>
  readonly buses: Readonly<Record<string, BusConfig>>
  readonly cardFormats: ReadonlyMap<string, CardFormat>
}

const defaultPollMs = 50
const defaultReplyTimeoutMs = 150

/** Reads one device row: which profile, complete parameters, and where it is served. */
export function planDevice(
  deviceId: DeviceId,
  row: DirectoryBody<'device'>,
  context: PlanContext,
): Result<PlannedDevice, PlanRefusal> {
  const profile = context.profiles.get(row.profile)
  if (!profile) return err({ code: 'unknown_profile' })
  const parameters = resolveParameters(profile, row.parameters)
  if (!parameters.ok) return parameters
  const place = placeOf(profile.driver, row.bus, context.buses)
  if (!place.ok) return place
  const cards = cardFormatsOf(profile, parameters.value, context)
  if (cards && !cards.ok) return err({ code: cards.error })
  const planned = {
    deviceId,
    profile,
    parameters: parameters.value,
    place: place.value,
    ...(cards && { cardFormats: cards.value }),
    fingerprint: JSON.stringify([profile, parameters.value, place.value, cards]),
  }
  if (place.value.kind !== 'bus' || place.value.family !== 'modbus') return ok(planned)
  const board = boardOf(profile, parameters.value, context.profiles)
  if (!board) return err({ code: 'unknown_board' })
  return ok({ ...planned, board, fingerprint: JSON.stringify([planned.fingerprint, board]) })
}

const sendsBits: ReadonlySet<ProfileDriver> = new Set<ProfileDriver>(['osdp', 'wiegand'])

function cardFormatsOf(
  { driver }: DeviceProfile,
  { cardFormats = '' }: DirectoryBody<'device'>['parameters'],
  context: PlanContext,
): Result<CardFormatChoice, CardChoiceRefusal> | undefined {
  return sendsBits.has(driver) ? chooseCardFormats(String(cardFormats), context.cardFormats) : undefined
}

function placeOf(
  driver: ProfileDriver,
  bus: string | undefined,
  buses: Readonly<Record<string, BusConfig>>,
): Result<DevicePlace, PlanRefusal> {
  if (driver === 'mqtt' || driver === 'mqtt-bridge' || driver === 'mqtt-camera') return ok({ kind: 'broker' })
  if (driver === 'camera' || driver === 'caller') return ok({ kind: 'caller', ...pageOf(bus, buses) })
  if (bus === undefined) return err({ code: 'no_bus' })
  const config = Object.hasOwn(buses, bus) ? buses[bus] : undefined
  if (!config) return err({ code: 'unknown_bus' })
  const family = familyOf(driver, config.kind)
  return family ? ok({ kind: 'bus', bus, family }) : err({ code: 'bus_does_not_fit' })
}

/** A device that calls needs no bus; of those that its row may name, only a web server of its own means something. */
function pageOf(bus: string | undefined, buses: PlanContext['buses']): { readonly page?: string } {
  const isPage = bus !== undefined && Object.hasOwn(buses, bus) && buses[bus]?.kind === 'http'
  return isPage ? { page: bus } : {}
}

/** What a driver makes of a bus; undefined for wires on which it cannot speak. */
function familyOf(driver: ProfileDriver, bus: BusConfig['kind']): BusFamily | undefined {
  if (bus === 'http') return undefined
  if (driver === 'wiegand' || bus === 'wiegand') return driver === bus ? 'wiegand' : undefined
  if (bus === 'gpio') return driver === 'io' ? 'gpio' : undefined
  if (driver === 'osdp' || driver === 'escpos') return driver
  return driver === 'line' || driver === 'sign' ? 'line' : 'modbus'
}

function boardOf(
  profile: DeviceProfile,
  parameters: DirectoryBody<'device'>['parameters'],
  profiles: ReadonlyMap<string, DeviceProfile>,
): { unit: number; facts: BoardFacts } | undefined {
  const named = typeof parameters.board === 'string' ? profiles.get(parameters.board) : undefined
  const board = profile.driver === 'modbus-relay' ? profile : named
  if (!board?.registers) return undefined
  return {
    unit: Number(parameters.unit ?? 1),
    facts: {
      registers: board.registers,
      pollMs: board.timing.pollMs ?? defaultPollMs,
      replyTimeoutMs: board.timing.replyTimeoutMs ?? defaultReplyTimeoutMs,
    },
  }
}
