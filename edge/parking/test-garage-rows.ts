import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { usualSettings } from '@gatehouse/shared/wire/v1/testing/usual-settings'
import type { AppliedRow } from '../sync/directory.ts'

export const siteId = siteIdSchema.parse('quay-street')

/** The keyed digest of plates in this test world. */
export const plateDigest = (plate: string) => sha256Hex(`plate ${plate}`)

function lane(direction: 'entry' | 'exit', n: number): Omit<AppliedRow, 'epoch' | 'rev'> {
  const key = `${direction}-${n}`
  return {
    kind: 'lane',
    key,
    body: {
      name: key,
      direction,
      zoneId: 'garage',
      barrierDeviceId: `${key}-barrier`,
      cameraDeviceId: `${key}-camera`,
      ...(direction === 'entry'
        ? { ticketButtonDeviceId: `${key}-button` }
        : { readerDeviceId: `${key}-reader` }),
      fireDeviceId: 'fire-contact',
      defaultClass: 'car',
    },
  }
}

function bay(n: number, bayClass: string): Omit<AppliedRow, 'epoch' | 'rev'> {
  return {
    kind: 'space',
    key: `bay-${n}`,
    body: {
      name: `B${n}`,
      kind: 'bay',
      levelId: n <= 6 ? 'level-1' : 'level-2',
      zoneId: 'garage',
      bayClass,
      capacity: 1,
      features: [],
      tariffId: 'day',
      bookable: true,
      gapMs: 0,
      outOfService: false,
      distanceMeters: n,
      rect: { x: 0, y: 0, width: 1, height: 1 },
    },
  }
}

const level = (n: number) => ({
  kind: 'level',
  key: `level-${n}`,
  body: { name: `Level ${n}`, ordinal: n, width: 100, height: 100 },
})

const device = (key: string, more: object) => ({
  kind: 'device',
  key,
  body: { name: key, profile: 'test/test', parameters: {}, ...more },
})

/** Ten regular bays and two large ones on two levels, two lanes each way, 2 EUR per started hour. */
export const garageRows: readonly Omit<AppliedRow, 'epoch' | 'rev'>[] = [
  {
    kind: 'site',
    key: siteId,
    body: {
      name: 'Quay Street Garage',
      kind: 'parking',
      description: '',
      address: '',
      position: { latitude: 53, longitude: 10 },
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      openingHours: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '00:00', to: '24:00' })),
      amenities: [],
      settings: {
        ...usualSettings,
        memberOfflineMs: 0,
      },
    },
  },
  { kind: 'zone', key: 'garage', body: { name: 'Garage' } },
  level(1),
  level(2),
  lane('entry', 1),
  lane('entry', 2),
  lane('exit', 1),
  lane('exit', 2),
  ...Array.from({ length: 10 }, (_none, index) => bay(index + 1, 'regular')),
  bay(11, 'large'),
  bay(12, 'large'),
  {
    kind: 'tariff',
    key: 'day',
    body: {
      name: 'Day',
      version: 4,
      currency: 'EUR',
      taxRatePercent: 19,
      freeMinutes: 0,
      bands: [
        {
          label: 'Any time',
          weekdays: [1, 2, 3, 4, 5, 6, 7],
          from: '00:00',
          to: '24:00',
          steps: [{ unitMinutes: 60, amountMinor: 200 }],
        },
      ],
      rolling24hCapMinor: 2000,
      lostTicketMinor: 3500,
    },
  },
  {
    kind: 'member',
    key: 'mem-1',
    body: {
      displayName: 'Ada',
      vehicles: [{ vehicleId: 'veh-ada', plateDigest: plateDigest('HHAD1') }],
    },
  },
  device('entry-1-barrier', { parameters: { holdOutput: 2, lightOutput: 3 } }),
  device('sensor-1', { spaceId: 'bay-1' }),
  device('sign-1', { levelId: 'level-1' }),
]
