import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { type DirectoryKind, directoryBodies } from '@gatehouse/shared/wire/v1/directory'

/** What a kiosk of the simulated sites presents. */
export const kioskSecret = 'kiosk-secret-of-the-simulation'
/** Spaces of each site that can be booked. */
export const roomIds = ['room-1', 'room-2', 'desk-1', 'desk-2'] as const
export const hallId = 'hall'
export const memberIds = ['mb-1', 'mb-2', 'mb-3'] as const
/** The number on a member's card. */
export const cardOf = (memberId: string) => `card-${memberId}`
/** What a member types at a kiosk to say who they are. */
export const pinOf = (memberId: string) => `4100${memberId.slice(-1)}`

const minute = 60_000
const always = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '00:00', to: '24:00' }))

export interface WorldRow {
  readonly kind: DirectoryKind
  readonly key: string
  readonly body: Readonly<Record<string, unknown>>
}

function row(kind: DirectoryKind, key: string, body: Record<string, unknown>): WorldRow {
  directoryBodies[kind].parse(body)
  return { kind, key, body }
}

/** The rows of a small house with a garage: two rooms that make a hall, two desks, four bays, two lanes. */
export function siteRows(siteId: string): readonly WorldRow[] {
  return [
    row('site', siteId, siteBody(siteId)),
    row('level', 'level-1', { name: 'Ground floor', ordinal: 0, width: 100, height: 60 }),
    row('zone', 'garage', { name: 'Garage' }),
    tariff('rooms', 600),
    tariff('parking', 200),
    space('room-1', 'meeting_room', { tariffId: 'rooms', gapMs: 15 * minute, doorId: 'door-room-1' }),
    space('room-2', 'meeting_room', { tariffId: 'rooms', gapMs: 15 * minute, earlyReleaseRefundPercent: 50 }),
    space(hallId, 'event_space', { tariffId: 'rooms', parts: ['room-1', 'room-2'] }),
    space('desk-1', 'desk', { tariffId: 'rooms' }),
    space('desk-2', 'desk', { tariffId: 'rooms' }),
    ...[1, 2, 3, 4].map((n) =>
      space(`bay-${n}`, 'bay', { tariffId: 'parking', zoneId: 'garage', bayClass: 'regular' }),
    ),
    door('door-main', true),
    door('door-room-1', false),
    lane('entry'),
    lane('exit'),
    ...devices(),
  ]
}

/** What the members' plan gives. */
export const planBody = directoryBodies.plan.parse({
  name: 'Desks',
  monthlyMinor: 20_000,
  discountPercent: 10,
  covers: ['desk'],
  access: { doors: 'public', hours: always },
})

const lendsNothing = {
  ...{ sharePercent: 0, shareMinPercent: 0, shareMaxPercent: 0, stepPercent: 0 },
  ...{ windowMs: 60 * minute, leadMs: 0, cutOffMs: 0 },
}

function siteBody(siteId: string) {
  return {
    name: siteId,
    kind: 'coworking',
    description: '',
    address: '',
    position: { latitude: 53, longitude: 10 },
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    openingHours: always,
    amenities: [],
    // People lend and ask back here, not the policy; a kind without a pool would never be lent at all.
    lending: {
      pools: ['meeting_room', 'desk'].map((kind) => ({ poolId: kind, kind, policy: lendsNothing })),
    },
    settings: {
      holdMs: 5 * minute,
      checkInEarlyMs: 15 * minute,
      checkInGraceMs: 15 * minute,
      unlockEarlyMs: 15 * minute,
      unlockLateMs: 15 * minute,
      entryGraceMs: 10 * minute,
      exitGraceMs: 15 * minute,
      fullAtFree: 1,
      reopenAtFree: 2,
      memberOfflineMs: 30 * 24 * 60 * minute,
      heldOpenMs: 30_000,
    },
  }
}

function tariff(key: string, amountMinor: number): WorldRow {
  const steps = [{ unitMinutes: 30, amountMinor }]
  return row('tariff', key, {
    name: key,
    version: 1,
    currency: 'EUR',
    taxRatePercent: 19,
    freeMinutes: 0,
    bands: [{ label: 'Any time', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00', steps }],
    lostTicketMinor: 3_500,
  })
}

function space(key: string, kind: string, further: Record<string, unknown>): WorldRow {
  return row('space', key, {
    name: key,
    kind,
    levelId: 'level-1',
    capacity: 4,
    features: [],
    bookable: true,
    gapMs: 0,
    outOfService: false,
    distanceMeters: 5,
    rect: { x: 0, y: 0, width: 10, height: 10 },
    ...further,
  })
}

function door(key: string, isPublic: boolean): WorldRow {
  return row('door', key, {
    name: key,
    levelId: 'level-1',
    public: isPublic,
    readerDeviceId: `${key}-reader`,
    strikeDeviceId: `${key}-strike`,
    contactDeviceId: `${key}-contact`,
    pulseMs: 3_000,
    at: { x: 0, y: 0 },
  })
}

function lane(direction: 'entry' | 'exit'): WorldRow {
  return row('lane', direction, {
    name: direction,
    direction,
    zoneId: 'garage',
    barrierDeviceId: `${direction}-barrier`,
    cameraDeviceId: `${direction}-camera`,
    ...(direction === 'entry' ? { ticketButtonDeviceId: 'entry-button' } : { readerDeviceId: 'exit-reader' }),
    defaultClass: 'car',
  })
}

function devices(): WorldRow[] {
  const device = (key: string, further: Record<string, unknown> = {}) =>
    row('device', key, { name: key, profile: 'simulated/device', parameters: {}, ...further })
  const kiosk = { parameters: { scope: 'kiosk' }, credentialDigest: sha256Hex(kioskSecret) }
  const doors = ['door-main', 'door-room-1'].flatMap((key) =>
    ['reader', 'strike', 'contact'].map((part) => device(`${key}-${part}`)),
  )
  const lanes = [
    'entry-barrier',
    'entry-camera',
    'entry-button',
    'exit-barrier',
    'exit-camera',
    'exit-reader',
  ]
  return [device('kiosk-1', kiosk), ...doors, ...lanes.map((key) => device(key))]
}
