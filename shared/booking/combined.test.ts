import { describe, expect, it } from 'vitest'
import { bookingIdSchema } from '../ids/ids.ts'
import { type DirectoryBody, directoryBodies } from '../wire/v1/directory.ts'
import { refuseInterval } from './availability.ts'
import {
  bookableSpace,
  involvedSpaces,
  occupancyAround,
  partMistakes,
  roomCapacity,
  sharedRoom,
} from './combined.ts'

const minute = 60_000
const hour = 60 * minute
const now = Date.parse('2026-11-20T10:00:00Z')

function space(said: Partial<DirectoryBody<'space'>> | { readonly parts: readonly string[] } = {}) {
  return directoryBodies.space.parse({
    name: 'Room',
    kind: 'meeting_room',
    levelId: 'l-1',
    capacity: 4,
    features: [],
    bookable: true,
    gapMs: 0,
    outOfService: false,
    distanceMeters: 1,
    rect: { x: 0, y: 0, width: 1, height: 1 },
    ...said,
  })
}

const spaces = (rows: Readonly<Record<string, ReturnType<typeof space>>>) => new Map(Object.entries(rows))
const hall = space({ parts: ['a', 'b'], gapMs: 5 * minute })
const house = spaces({ hall, a: space({ gapMs: 15 * minute }), b: space(), c: space() })
const booking = (id: string, fromMs: number) => ({
  bookingId: bookingIdSchema.parse(id),
  fromMs,
  toMs: fromMs + hour,
  blockToMs: fromMs + hour,
})

describe('a combined space', () => {
  it('shares room with its parts, they with it, and they not with each other', () => {
    expect(involvedSpaces(sharedRoom(house), 'hall')).toEqual(['hall', 'a', 'b'])
    expect(involvedSpaces(sharedRoom(house), 'a')).toEqual(['a', 'hall'])
    expect(involvedSpaces(sharedRoom(house), 'c')).toEqual(['c'])
  })

  it('is no further room beside its parts', () => {
    expect(roomCapacity(house)).toBe(3)
  })

  it('needs the largest gap of all involved', () => {
    expect(bookableSpace(house, hall).gapMs).toBe(15 * minute)
    expect(bookableSpace(house, space({ gapMs: 7 })).gapMs).toBe(7)
  })

  it('is out of service when one part is, and bookable only by its own row', () => {
    const broken = spaces({ hall, a: space({ outOfService: true, bookable: false }), b: space() })
    expect(bookableSpace(broken, hall)).toMatchObject({ outOfService: true, bookable: true })
  })

  it('is available only while all parts are', () => {
    const short = spaces({
      hall: space({ parts: ['a', 'b'], availableFromMs: 10 }),
      a: space({ availableFromMs: 30, availableToMs: 90 }),
      b: space({ availableToMs: 80 }),
    })
    const whole = short.get('hall') ?? hall
    expect(bookableSpace(short, whole)).toMatchObject({ availableFromMs: 30, availableToMs: 80 })
  })

  it('is occupied by what occupies a part, each booking once and in order of time', () => {
    const whole = booking('bk_h', now)
    const later = booking('bk_a', now + 2 * hour)
    const bySpace = new Map([
      ['hall', [whole]],
      ['a', [whole, later]],
      ['b', [whole]],
    ])
    expect(occupancyAround(sharedRoom(house), 'hall', bySpace)).toEqual([whole, later])
    expect(occupancyAround(sharedRoom(house), 'b', bySpace)).toEqual([whole])
  })
})

describe('what is said of parts', () => {
  it.each([
    ['an unknown part', { hall: space({ parts: ['x'] }) }, 'unknown_part'],
    ['itself', { hall: space({ parts: ['hall'] }) }, 'own_part'],
    ['a part twice', { hall: space({ parts: ['a', 'a'] }), a: space() }, 'part_twice'],
    [
      'a combined space',
      { hall: space({ parts: ['a'] }), a: space({ parts: ['b'] }), b: space() },
      'nested_part',
    ],
  ])('may not name %s', (_, rows, why) => {
    expect(partMistakes(spaces(rows))).toMatchObject([{ spaceId: 'hall', why }])
  })

  it('may not form a circle', () => {
    const circle = spaces({ a: space({ parts: ['b'] }), b: space({ parts: ['a'] }) })
    expect(partMistakes(circle).map(({ why }) => why)).toEqual(['nested_part', 'nested_part'])
  })

  it('may let two wholes share a part', () => {
    expect(
      partMistakes(spaces({ ...Object.fromEntries(house), other: space({ parts: ['b', 'c'] }) })),
    ).toEqual([])
  })
})

describe('a space that is available from and to', () => {
  const calendar = {
    site: {
      timeZone: 'UTC',
      openingHours: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '00:00', to: '24:00' })),
    },
    space: { ...space(), availableFromMs: now + hour, availableToMs: now + 3 * hour },
    occupied: [],
    nowMs: now,
  }

  it('can be booked from the first instant to the last and not beyond', () => {
    const from = now + hour
    expect(refuseInterval(calendar, { fromMs: from, toMs: from + 2 * hour })).toBeUndefined()
    expect(refuseInterval(calendar, { fromMs: from - 1, toMs: from + hour })).toBe('not_available_then')
    expect(refuseInterval(calendar, { fromMs: from, toMs: from + 2 * hour + 1 })).toBe('not_available_then')
  })
})
