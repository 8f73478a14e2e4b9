import { always } from './calendar.ts'
import { lentPool } from './lending.ts'
import { photosOf } from './pictures.ts'
import { row, type WorldRow } from './rows.ts'

const siteId = 'quay-street'

const site = row('site', siteId, {
  name: 'Quay Street Garage (demo)',
  kind: 'parking',
  description: 'A hundred and twenty bays on three levels of a street that is on no map.',
  descriptionIn: {
    de: 'Hundertzwanzig Stellplätze auf drei Ebenen in einer Straße, die auf keiner Karte steht.',
  },
  address: '7 Quay Street, 20459 Demo Harbour',
  position: { latitude: 53.5461, longitude: 9.9921 },
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  openingHours: always,
  photos: photosOf(siteId),
  amenities: ['ev_charging', 'accessible', 'toilets', 'lift'],
  settings: {
    holdMs: 300_000,
    checkInEarlyMs: 900_000,
    checkInGraceMs: 1_800_000,
    unlockEarlyMs: 900_000,
    unlockLateMs: 900_000,
    entryGraceMs: 600_000,
    exitGraceMs: 900_000,
    fullAtFree: 2,
    reopenAtFree: 5,
    memberOfflineMs: 30 * 86_400_000,
    heldOpenMs: 30_000,
  },
  // Some of the large bays for the rest of the day.
  lending: { pools: [{ ...lentPool('bay', 20), poolId: 'large-bays', bayClass: 'large' }] },
})

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const tariffs = [
  row('tariff', 't-parking', {
    name: 'Visitor parking',
    version: 1,
    currency: 'EUR',
    taxRatePercent: 19,
    freeMinutes: 10,
    bands: [
      {
        label: 'Day',
        weekdays: everyDay,
        from: '07:00',
        to: '20:00',
        steps: [
          { forMinutes: 60, unitMinutes: 30, amountMinor: 130 },
          { unitMinutes: 60, amountMinor: 220 },
        ],
      },
      {
        label: 'Night',
        weekdays: everyDay,
        from: '00:00',
        to: '07:00',
        steps: [{ unitMinutes: 60, amountMinor: 90 }],
      },
      {
        label: 'Evening',
        weekdays: everyDay,
        from: '20:00',
        to: '24:00',
        steps: [{ unitMinutes: 60, amountMinor: 90 }],
      },
    ],
    rolling24hCapMinor: 2_400,
    lostTicketMinor: 3_200,
  }),
]

type BayClass = 'compact' | 'regular' | 'large' | 'accessible' | 'ev' | 'motorcycle'
const repeat = (bayClass: BayClass, count: number): BayClass[] =>
  Array.from({ length: count }, () => bayClass)

// Forty bays a level, in the order in which they are drawn: four rows of ten.
const levelPlans: readonly {
  readonly key: string
  readonly name: string
  readonly bays: readonly BayClass[]
}[] = [
  {
    key: 'qs-0',
    name: 'P0 Street',
    bays: [
      ...repeat('accessible', 4),
      ...repeat('regular', 6),
      ...repeat('regular', 10),
      ...repeat('ev', 6),
      ...repeat('regular', 4),
      ...repeat('motorcycle', 4),
      ...repeat('regular', 6),
    ],
  },
  {
    key: 'qs-1',
    name: 'P1 Deck',
    bays: [
      ...repeat('regular', 10),
      ...repeat('compact', 6),
      ...repeat('regular', 14),
      ...repeat('ev', 4),
      ...repeat('large', 6),
    ],
  },
  {
    key: 'qs-2',
    name: 'P2 Roof',
    bays: [...repeat('compact', 10), ...repeat('regular', 24), ...repeat('large', 6)],
  },
]

const chargers = {
  street: { connector: 'ccs', powerKw: 50 },
  deck: { connector: 'type2', powerKw: 22 },
} as const

const rowTops = [10, 124, 178, 292]

const levels = levelPlans.map((level, ordinal) =>
  row('level', level.key, { name: level.name, ordinal, width: 380, height: 352 }),
)
const zones = [
  row('zone', 'qs-garage', { name: 'Garage' }),
  ...levelPlans.map((level) =>
    row('zone', `${level.key}-zone`, { name: level.name, levelId: level.key, parentId: 'qs-garage' }),
  ),
]

const twoDigits = (value: number) => String(value).padStart(2, '0')

const spaceRows = levelPlans.flatMap((level, ordinal) =>
  level.bays.flatMap((bayClass, index): WorldRow[] => {
    const key = `bay-${ordinal}-${twoDigits(index + 1)}`
    const line = Math.floor(index / 10)
    const column = index % 10
    const tariffId = 't-parking'
    return [
      row('space', key, {
        name: `P${ordinal}-${twoDigits(index + 1)}`,
        kind: 'bay',
        levelId: level.key,
        zoneId: `${level.key}-zone`,
        bayClass,
        capacity: 1,
        features: [],
        // The roof has none.
        covered: ordinal < 2,
        ...(bayClass === 'ev' ? { charging: chargers[ordinal === 0 ? 'street' : 'deck'] } : {}),
        tariffId,
        bookable: true,
        gapMs: 0,
        outOfService: ordinal === 2 && index === 39,
        distanceMeters: 12 + ordinal * 40 + line * 9 + (10 - column) * 3,
        rect: { x: 14 + column * 28, y: rowTops[line] ?? 0, width: 26, height: 50 },
      }),
      sensorRow(ordinal, key, index),
    ]
  }),
)

/** The two lower levels have Zigbee sensors, the roof LoRaWAN ones. */
function sensorRow(ordinal: number, spaceKey: string, index: number): WorldRow {
  const name = `Sensor P${ordinal}-${twoDigits(index + 1)}`
  const key = `sensor-${ordinal}-${twoDigits(index + 1)}`
  return ordinal < 2
    ? row('device', key, {
        name,
        profile: 'zigbee2mqtt/bay-sensor',
        parameters: { topic: `zigbee2mqtt/${spaceKey}` },
        spaceId: spaceKey,
      })
    : row('device', key, {
        name,
        profile: 'ttn/bay-sensor',
        parameters: { application: 'parking@demo', endDevice: spaceKey },
        spaceId: spaceKey,
      })
}

const lanes: readonly [string, string, 'entry' | 'exit'][] = [
  ['lane-in-1', 'Entry Quay Street', 'entry'],
  ['lane-in-2', 'Entry Wharf Lane', 'entry'],
  ['lane-out-1', 'Exit Quay Street', 'exit'],
  ['lane-out-2', 'Exit Wharf Lane', 'exit'],
]

// One board per lane on a common line: relay 1 lifts the boom, inputs 1 and 2 are the loops, 3 the ticket button.
const laneRows = lanes.flatMap(([key, name, direction], index): WorldRow[] => {
  const unit = index + 1
  const rows: WorldRow[] = [
    row('lane', key, {
      name,
      direction,
      zoneId: 'qs-garage',
      barrierDeviceId: `${key}-barrier`,
      cameraDeviceId: `${key}-camera`,
      ...(direction === 'entry'
        ? { ticketButtonDeviceId: `${key}-button`, printerDeviceId: `${key}-printer` }
        : { readerDeviceId: `${key}-scanner` }),
      defaultClass: 'car',
    }),
    row('device', `${key}-barrier`, {
      name: `${name}: barrier`,
      profile: 'generic/two-loop-barrier',
      bus: 'lanes-1',
      parameters: { unit, vendOutput: 1, approachInput: 1, safetyInput: 2 },
    }),
  ]
  if (direction === 'entry') {
    rows.push(
      row('device', `${key}-button`, {
        name: `${name}: ticket button`,
        profile: 'generic/ticket-button',
        bus: 'lanes-1',
        parameters: { unit, input: 3 },
      }),
      row('device', `${key}-printer`, {
        name: `${name}: ticket printer`,
        profile: 'generic/escpos-printer',
        bus: `printer-${unit}`,
        parameters: {},
      }),
    )
  }
  if (direction === 'exit') {
    rows.push(
      row('device', `${key}-scanner`, {
        name: `${name}: ticket scanner`,
        profile: 'generic/ticket-scanner',
        bus: 'scanners-1',
        parameters: { address: unit },
      }),
    )
  }
  return rows
})

const signRows = levelPlans.map((level, ordinal) =>
  row('device', `sign-${ordinal}`, {
    name: `Sign ${level.name}`,
    profile: 'generic/level-sign',
    bus: 'signs-1',
    parameters: { address: ordinal + 1 },
    levelId: level.key,
  }),
)

/** Quay Street Garage: 3 levels, 120 bays of all classes, 2 entry and 2 exit lanes. */
export const quayStreet = {
  siteId,
  kioskReaderBus: 'kiosk-reader-1',
  rows: [site, ...levels, ...zones, ...tariffs, ...spaceRows, ...laneRows, ...signRows],
} as const
