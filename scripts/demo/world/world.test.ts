import { partMistakes } from '@gatehouse/shared/booking/combined'
import { loansToGrant } from '@gatehouse/shared/loans/lending-policy'
import { describe, expect, it } from 'vitest'
import { harbourHouse } from './harbour-house.ts'
import { demoMembers } from './people.ts'
import { drawHouse } from './picture.ts'
import { demoPictures } from './pictures.ts'
import { planRows } from './plans.ts'
import { quayStreet } from './quay-street.ts'
import { rowsOf, type WorldRow } from './rows.ts'

const sites = [harbourHouse, quayStreet]
const unique = (values: readonly string[]) => new Set(values).size === values.length

function countBy<T>(values: readonly T[], name: (value: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[name(value)] = (counts[name(value)] ?? 0) + 1
  return counts
}

describe('the demo world', () => {
  it('has a coworking house of 2 levels, 40 spaces of every kind and 6 doors', () => {
    expect(rowsOf(harbourHouse.rows, 'level')).toHaveLength(2)
    expect(rowsOf(harbourHouse.rows, 'door')).toHaveLength(6)
    const rooms = rowsOf(harbourHouse.rows, 'space').filter(({ body }) => body.parts === undefined)
    expect(rooms).toHaveLength(40)
    const kinds = countBy(rooms, ({ body }) => body.kind)
    expect(kinds).toEqual({ hot_desk: 12, desk: 14, office: 6, meeting_room: 6, event_space: 2 })
  })

  it('has a hall that two rooms make together', () => {
    const spaces = new Map(rowsOf(harbourHouse.rows, 'space').map(({ key, body }) => [key, body]))
    expect(spaces.get('hall')?.parts).toEqual(['hall-west', 'hall-east'])
    expect(partMistakes(spaces)).toEqual([])
  })

  it('lends some desks and rooms of the house for each window of the rest of the day', () => {
    const [site] = rowsOf(harbourHouse.rows, 'site')
    const windows = [2, 4, 6, 8, 10, 12].map((hour) => hour * 3_600_000)
    for (const { kind, policy } of site?.body.lending?.pools ?? []) {
      const spaces = rowsOf(harbourHouse.rows, 'space')
        .filter(({ body }) => body.kind === kind)
        .map(({ key }) => ({ spaceId: key, neverLend: false, occupied: [] }))
      const context = { nowMs: 0, spaces, isOpen: () => true, loans: [] }
      const lent = loansToGrant(policy, policy.sharePercent, context)
      const perWindow = kind === 'hot_desk' ? 3 : 2
      expect(lent.map(({ fromMs }) => fromMs)).toEqual(windows.flatMap((at) => Array(perWindow).fill(at)))
    }
    expect(site?.body.lending?.pools.map(({ kind }) => kind)).toEqual(['hot_desk', 'desk', 'meeting_room'])
  })

  it('draws a small picture of each site, the same every time', () => {
    for (const { photo } of Object.values(demoPictures)) {
      expect(photo.mediaType).toBe('image/png')
      expect(photo.bytes.length).toBeLessThan(20_000)
    }
    const sketch = { sky: [1, 2, 3], ground: [4, 5, 6], wall: [7, 8, 9], window: [0, 0, 0] } as const
    const drawn = () => drawHouse({ ...sketch, floors: 2, windowsPerFloor: 3 })
    expect(drawn()).toEqual(drawn())
  })

  it('has a garage of 3 levels, 120 bays of all classes, 2 entries and 2 exits', () => {
    expect(rowsOf(quayStreet.rows, 'level')).toHaveLength(3)
    const bays = rowsOf(quayStreet.rows, 'space')
    expect(bays).toHaveLength(120)
    expect(Object.keys(countBy(bays, ({ body }) => body.bayClass ?? '')).sort()).toEqual(
      ['accessible', 'compact', 'ev', 'large', 'motorcycle', 'regular'].sort(),
    )
    expect(countBy(rowsOf(quayStreet.rows, 'lane'), ({ body }) => body.direction)).toEqual({
      entry: 2,
      exit: 2,
    })
  })

  it('has 60 members with cards and PINs of their own, all marked as demo, and 3 plans', () => {
    expect(demoMembers).toHaveLength(60)
    expect(planRows).toHaveLength(3)
    expect(unique(demoMembers.map(({ card }) => card))).toBe(true)
    expect(unique(demoMembers.map(({ pin }) => pin))).toBe(true)
    expect(unique(demoMembers.map(({ email }) => email))).toBe(true)
    expect(demoMembers.every(({ displayName }) => displayName.endsWith('(demo)'))).toBe(true)
  })

  it.each(sites)('draws every space of $siteId inside its level and over no other', ({ rows }) => {
    const levels = new Map(rowsOf(rows, 'level').map(({ key, body }) => [key, body]))
    const spaces = rowsOf(rows, 'space')
    for (const { key, body } of spaces) {
      const level = levels.get(body.levelId)
      expect(level, key).toBeDefined()
      const { x, y, width, height } = body.rect
      expect(
        x >= 0 && y >= 0 && x + width <= (level?.width ?? 0) && y + height <= (level?.height ?? 0),
        key,
      ).toBe(true)
      const over = spaces.filter((other) => other.key !== key && overlaps(body, other.body))
      expect(
        over.map((other) => other.key),
        key,
      ).toEqual([])
    }
  })

  it.each(sites)('names in $siteId only things that exist', ({ rows }) => {
    const ids = new Set((rows as readonly WorldRow[]).map(({ kind, key }) => `${kind} ${key}`))
    for (const { body } of rowsOf(rows, 'space')) {
      expect(ids).toContain(`level ${body.levelId}`)
      expect(ids).toContain(`tariff ${body.tariffId}`)
      if (body.doorId !== undefined) expect(ids).toContain(`door ${body.doorId}`)
    }
    for (const { body } of rowsOf(rows, 'door')) expect(ids).toContain(`device ${body.strikeDeviceId}`)
    for (const { body } of rowsOf(rows, 'lane')) expect(ids).toContain(`device ${body.barrierDeviceId}`)
    expect(unique([...ids])).toBe(true)
  })
})

function overlaps(a: WorldRow<'space'>['body'], b: WorldRow<'space'>['body']): boolean {
  if (a.levelId !== b.levelId) return false
  const apart =
    a.rect.x + a.rect.width <= b.rect.x ||
    b.rect.x + b.rect.width <= a.rect.x ||
    a.rect.y + a.rect.height <= b.rect.y ||
    b.rect.y + b.rect.height <= a.rect.y
  return !apart
}
