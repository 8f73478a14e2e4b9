import { hourlyTariff, hours, workDays, yearEnds } from './calendar.ts'
import { lentPool } from './lending.ts'
import { photosOf } from './pictures.ts'
import { row, type WorldRow } from './rows.ts'

const siteId = 'harbour-house'

const site = row('site', siteId, {
  name: 'Harbour House (demo)',
  kind: 'coworking',
  description: 'Desks, offices and rooms on two floors of an old rope store that never existed.',
  descriptionIn: {
    de: 'Schreibtische, Büros und Räume auf zwei Etagen eines alten Tauspeichers, den es nie gab.',
  },
  address: '1 Example Quay, 20457 Demo Harbour',
  position: { latitude: 53.5438, longitude: 9.9886 },
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  openingHours: [...hours(workDays, '06:00', '23:00'), ...hours([6, 7], '08:00', '22:00')],
  holidays: yearEnds,
  photos: photosOf(siteId),
  amenities: ['wifi', 'coffee', 'showers', 'bicycle_storage', 'step_free'],
  settings: {
    holdMs: 300_000,
    checkInEarlyMs: 900_000,
    checkInGraceMs: 900_000,
    unlockEarlyMs: 900_000,
    unlockLateMs: 900_000,
    entryGraceMs: 600_000,
    exitGraceMs: 900_000,
    fullAtFree: 2,
    reopenAtFree: 5,
    memberOfflineMs: 30 * 86_400_000,
    heldOpenMs: 30_000,
  },
  // Three hot desks, two desks and two rooms at a time; offices and the hall are sold by the site alone.
  lending: { pools: [lentPool('hot_desk', 25), lentPool('desk', 20), lentPool('meeting_room', 34)] },
})

const ground = 'hh-ground'
const upper = 'hh-upper'
const levels = [
  row('level', ground, { name: 'Ground floor', ordinal: 0, width: 360, height: 220 }),
  row('level', upper, { name: 'Upper floor', ordinal: 1, width: 360, height: 220 }),
]
const zones = [
  row('zone', 'hh-open', { name: 'Open floor', levelId: ground }),
  row('zone', 'hh-rooms', { name: 'Rooms', levelId: ground }),
  row('zone', 'hh-studios', { name: 'Desks and offices', levelId: upper }),
]
const tariffs = [
  row(
    'tariff',
    't-hot-desk',
    hourlyTariff({ name: 'Hot desk', dayMinor: 400, quietMinor: 300, capMinor: 2_400 }),
  ),
  row('tariff', 't-desk', hourlyTariff({ name: 'Desk', dayMinor: 600, quietMinor: 400, capMinor: 3_200 })),
  row(
    'tariff',
    't-office',
    hourlyTariff({ name: 'Office', dayMinor: 1_400, quietMinor: 1_000, capMinor: 9_000 }),
  ),
  row(
    'tariff',
    't-room',
    hourlyTariff({ name: 'Meeting room', dayMinor: 2_200, quietMinor: 1_600, capMinor: 14_000 }),
  ),
  row(
    'tariff',
    't-hall',
    hourlyTariff({ name: 'Event space', dayMinor: 7_600, quietMinor: 6_000, capMinor: 48_000 }),
  ),
  row(
    'tariff',
    't-half-hall',
    hourlyTariff({ name: 'Half the hall', dayMinor: 4_200, quietMinor: 3_400, capMinor: 27_000 }),
  ),
]

interface SpaceSketch {
  readonly key: string
  readonly name: string
  readonly kind: 'hot_desk' | 'desk' | 'office' | 'meeting_room' | 'event_space'
  readonly levelId: string
  readonly zoneId: string
  readonly capacity: number
  readonly rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  readonly features?: readonly string[]
  readonly doorId?: string
  /** Other than what its kind costs. */
  readonly tariffId?: string
  readonly parts?: readonly string[]
}

const tariffByKind = {
  hot_desk: 't-hot-desk',
  desk: 't-desk',
  office: 't-office',
  meeting_room: 't-room',
  event_space: 't-hall',
} as const

const twoDigits = (value: number) => String(value).padStart(2, '0')

/** Desks in blocks of rows, two facing each other, a walkway between the pairs. */
function deskBlock(options: {
  readonly prefix: string
  readonly name: string
  readonly kind: 'hot_desk' | 'desk'
  readonly count: number
  readonly perRow: number
  readonly x: number
  readonly y: number
  readonly levelId: string
  readonly zoneId: string
}): SpaceSketch[] {
  return Array.from({ length: options.count }, (_, index) => {
    const line = Math.floor(index / options.perRow)
    const pair = Math.floor(line / 2)
    return {
      key: `${options.prefix}-${twoDigits(index + 1)}`,
      name: `${options.name} ${index + 1}`,
      kind: options.kind,
      levelId: options.levelId,
      zoneId: options.zoneId,
      capacity: 1,
      rect: {
        x: options.x + (index % options.perRow) * 24,
        y: options.y + pair * 62 + (line % 2) * 18,
        width: 22,
        height: 16,
      },
      features: index % 4 === 0 ? ['window', 'monitor'] : ['monitor'],
    }
  })
}

function room(
  key: string,
  name: string,
  capacity: number,
  levelId: string,
  rect: SpaceSketch['rect'],
  doorId?: string,
): SpaceSketch {
  const zoneId = levelId === ground ? 'hh-rooms' : 'hh-studios'
  const kind = 'meeting_room'
  const features = ['screen', 'whiteboard', ...(capacity > 6 ? ['video'] : [])]
  return {
    key,
    name,
    kind,
    levelId,
    zoneId,
    capacity,
    rect,
    features,
    ...(doorId === undefined ? {} : { doorId }),
  }
}

function hallHalf(key: string, name: string, x: number): SpaceSketch {
  return {
    key,
    name,
    kind: 'event_space',
    levelId: ground,
    zoneId: 'hh-rooms',
    capacity: 28,
    rect: { x, y: 132, width: 77, height: 76 },
    features: ['screen', 'sound', 'step_free', 'movable_wall'],
    tariffId: 't-half-hall',
    doorId: 'door-hall',
  }
}

const sketches: readonly SpaceSketch[] = [
  ...deskBlock({
    prefix: 'hot',
    name: 'Hot desk',
    kind: 'hot_desk',
    count: 12,
    perRow: 6,
    x: 20,
    y: 110,
    levelId: ground,
    zoneId: 'hh-open',
  }),
  room('room-lagoon', 'Lagoon', 8, ground, { x: 190, y: 12, width: 56, height: 52 }, 'door-lagoon'),
  room('room-cove', 'Cove', 4, ground, { x: 252, y: 12, width: 44, height: 52 }),
  room('room-reef', 'Reef', 4, ground, { x: 302, y: 12, width: 46, height: 52 }),
  {
    key: 'hall',
    name: 'Harbour Hall',
    kind: 'event_space',
    levelId: ground,
    zoneId: 'hh-rooms',
    capacity: 60,
    // Drawn as a band along its two halves.
    rect: { x: 190, y: 104, width: 158, height: 24 },
    features: ['stage', 'screen', 'sound', 'step_free', 'movable_wall'],
    doorId: 'door-hall',
    parts: ['hall-west', 'hall-east'],
  },
  hallHalf('hall-west', 'Hall West', 190),
  hallHalf('hall-east', 'Hall East', 271),
  ...deskBlock({
    prefix: 'desk',
    name: 'Desk',
    kind: 'desk',
    count: 14,
    perRow: 7,
    x: 20,
    y: 118,
    levelId: upper,
    zoneId: 'hh-studios',
  }),
  ...['Alder', 'Birch', 'Cedar', 'Drift', 'Ebony', 'Fir'].map(
    (name, index): SpaceSketch => ({
      key: `office-${name.toLowerCase()}`,
      name: `Office ${name}`,
      kind: 'office',
      levelId: upper,
      zoneId: 'hh-studios',
      capacity: index < 2 ? 6 : 3,
      rect: { x: 12 + index * 57, y: 12, width: 53, height: 60 },
      features: ['lockable', 'window'],
      doorId: 'door-offices',
    }),
  ),
  room('room-buoy', 'Buoy', 6, upper, { x: 216, y: 104, width: 60, height: 48 }),
  room('room-dune', 'Dune', 10, upper, { x: 284, y: 104, width: 64, height: 48 }),
  room('room-fjord', 'Fjord', 6, upper, { x: 216, y: 160, width: 132, height: 48 }),
]

const spaces = sketches.map((sketch, index) =>
  row('space', sketch.key, {
    ...sketch,
    key: undefined,
    features: sketch.features ?? [],
    tariffId: sketch.tariffId ?? tariffByKind[sketch.kind],
    bookable: true,
    gapMs: sketch.kind === 'event_space' ? 1_800_000 : 0,
    outOfService: false,
    distanceMeters: 8 + index,
  }),
)

const doors: readonly [string, string, string, boolean, number, number][] = [
  ['door-main', 'Main entrance', ground, true, 60, 218],
  ['door-yard', 'Courtyard entrance', ground, true, 2, 60],
  ['door-hall', 'Harbour Hall', ground, false, 268, 104],
  ['door-lagoon', 'Lagoon', ground, false, 218, 64],
  ['door-stairs', 'Upper floor', upper, true, 2, 90],
  ['door-offices', 'Office corridor', upper, false, 180, 80],
]

/** Between which zones each door is; rooms and the office corridor are no zones of their own. */
const doorZones: Readonly<Record<string, { readonly zoneId: string; readonly outerZoneId?: string }>> = {
  'door-main': { zoneId: 'hh-open' },
  'door-yard': { zoneId: 'hh-open' },
  'door-stairs': { zoneId: 'hh-studios', outerZoneId: 'hh-open' },
}

/** The door whose reader reads passes from phones as well; at the main entrance the kiosk does. */
const codeDoor = 'door-yard'
const cardReader = 'generic/osdp-reader'

// A line of readers on OSDP and one with the code reader; a bus with two boards: strikes and contacts on the first, exit
// buttons on the second.
const doorRows = doors.flatMap(([key, name, levelId, isPublic, x, y], index): WorldRow[] => {
  const channel = index + 1
  const readsCodes = key === codeDoor
  const device = (part: string, profile: string, bus: string, parameters: object) =>
    row('device', `${key}-${part}`, { name: `${name}: ${part}`, profile, bus, parameters })
  return [
    row('door', key, {
      name,
      levelId,
      public: isPublic,
      readerDeviceId: `${key}-reader`,
      strikeDeviceId: `${key}-strike`,
      contactDeviceId: `${key}-contact`,
      exitButtonDeviceId: `${key}-exit`,
      pulseMs: 3000,
      heldOpenWarnMs: 10_000,
      ...doorZones[key],
      at: { x, y },
    }),
    readsCodes
      ? device('reader', 'generic/code-reader', 'readers-1', { address: channel })
      : device('reader', cardReader, 'osdp-1', { address: channel }),
    device('strike', 'generic/relay-strike', 'boards-1', { unit: 1, output: channel }),
    device('contact', 'generic/door-contact', 'boards-1', { unit: 1, input: channel }),
    device('exit', 'generic/exit-button', 'boards-1', { unit: 2, input: channel }),
  ]
})

/** Harbour House: 2 levels, 40 spaces and a hall that two of them make together, 6 doors; its kiosk and cameras get their credentials elsewhere. */
export const harbourHouse = {
  siteId,
  kioskReaderBus: 'kiosk-reader-1',
  rows: [site, ...levels, ...zones, ...tariffs, ...spaces, ...doorRows],
} as const
