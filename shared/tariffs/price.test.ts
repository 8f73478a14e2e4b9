import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { tariffIdSchema } from '../ids/ids.ts'
import { priceSchema } from '../wire/v1/entries.ts'
import { type PricedStay, priceStay } from './price.ts'
import { coverByPlan, discountByPlan } from './reduction.ts'
import { type Tariff, tariffSchema } from './tariff.ts'

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const minute = 60_000
const hour = 60 * minute

function tariff(change: Partial<Tariff>): Tariff {
  return tariffSchema.parse({
    name: 'Test',
    version: 3,
    currency: 'EUR',
    taxRatePercent: 19,
    freeMinutes: 0,
    bands: [
      {
        label: 'Hours',
        weekdays: everyDay,
        from: '00:00',
        to: '24:00',
        steps: [{ unitMinutes: 60, amountMinor: 200 }],
      },
    ],
    ...change,
  })
}
function stay(of: Tariff, from: string, lengthMs: number): PricedStay {
  const fromMs = Temporal.PlainDateTime.from(from).toZonedDateTime('Europe/Berlin').epochMilliseconds
  return {
    tariffId: tariffIdSchema.parse('t-1'),
    tariff: of,
    fromMs,
    toMs: fromMs + lengthMs,
    timeZone: 'Europe/Berlin',
    tzdataVersion: '2025c',
  }
}
function total(of: Tariff, from: string, lengthMs: number): number {
  return priceStay(stay(of, from, lengthMs)).totalMinor
}

describe('steps', () => {
  it('charges every started unit', () => {
    const hourly = tariff({})
    expect(total(hourly, '2026-11-20T10:00', 1)).toBe(200)
    expect(total(hourly, '2026-11-20T10:00', hour)).toBe(200)
    expect(total(hourly, '2026-11-20T10:00', hour + 1)).toBe(400)
  })

  it('passes from one step to the next and charges nothing after the last bounded one', () => {
    const stepped = tariff({
      bands: [
        {
          label: 'Hours',
          weekdays: everyDay,
          from: '00:00',
          to: '24:00',
          steps: [
            { forMinutes: 60, unitMinutes: 30, amountMinor: 100 },
            { forMinutes: 60, unitMinutes: 20, amountMinor: 50 },
          ],
        },
      ],
    })
    expect(total(stepped, '2026-11-20T10:00', 30 * minute)).toBe(100)
    expect(total(stepped, '2026-11-20T10:00', 61 * minute)).toBe(250)
    expect(total(stepped, '2026-11-20T10:00', 9 * hour)).toBe(350)
  })
})

describe('free minutes', () => {
  const graced = tariff({ freeMinutes: 10 })
  it('costs nothing up to and including the last free millisecond, then counts from the start', () => {
    expect(total(graced, '2026-11-20T10:00', 10 * minute)).toBe(0)
    expect(total(graced, '2026-11-20T10:00', 10 * minute + 1)).toBe(200)
    expect(total(graced, '2026-11-20T10:00', hour + minute)).toBe(400)
  })
})

describe('bands', () => {
  const dayAndNight = tariff({
    bands: [
      {
        label: 'Day',
        weekdays: everyDay,
        from: '06:00',
        to: '22:00',
        steps: [{ unitMinutes: 60, amountMinor: 300 }],
      },
      {
        label: 'Night',
        weekdays: everyDay,
        from: '22:00',
        to: '06:00',
        steps: [{ unitMinutes: 60, amountMinor: 100 }],
      },
    ],
  })

  it('prices each part by its own band, also across midnight', () => {
    const price = priceStay(stay(dayAndNight, '2026-11-20T21:00', 10 * hour))
    expect(price.lines).toEqual([
      { code: 'rate', label: 'Day', quantity: 2, amountMinor: 600 },
      { code: 'rate', label: 'Night', quantity: 8, amountMinor: 800 },
    ])
    expect(price.totalMinor).toBe(1400)
  })

  it('counts the hour that exists twice twice and the missing one not', () => {
    expect(total(dayAndNight, '2026-10-24T22:00', 9 * hour)).toBe(900)
    expect(total(dayAndNight, '2026-03-28T22:00', 7 * hour)).toBe(700)
    expect(total(dayAndNight, '2026-03-28T22:00', 8 * hour)).toBe(1000)
  })

  it('keeps a night that began on Friday on Friday’s band', () => {
    const weekend = tariff({
      bands: [
        {
          label: 'Friday night',
          weekdays: [5],
          from: '22:00',
          to: '06:00',
          steps: [{ unitMinutes: 600, amountMinor: 500 }],
        },
        {
          label: 'Rest',
          weekdays: everyDay,
          from: '00:00',
          to: '24:00',
          steps: [{ unitMinutes: 60, amountMinor: 100 }],
        },
      ],
    })
    expect(total(weekend, '2026-11-21T01:00', 2 * hour)).toBe(500)
    expect(total(weekend, '2026-11-20T01:00', 2 * hour)).toBe(200)
    // Sunday 22:00 crosses into the next week.
    const sunday = tariff({
      bands: [
        {
          label: 'S',
          weekdays: [7],
          from: '22:00',
          to: '06:00',
          steps: [{ unitMinutes: 60, amountMinor: 100 }],
        },
      ],
    })
    expect(total(sunday, '2026-11-22T23:00', 9 * hour)).toBe(700)
  })

  it('charges nothing for time without a band', () => {
    const office = tariff({
      bands: [
        {
          label: 'Work',
          weekdays: [1, 2, 3, 4, 5],
          from: '09:00',
          to: '17:00',
          steps: [{ unitMinutes: 60, amountMinor: 100 }],
        },
      ],
    })
    expect(total(office, '2026-11-21T10:00', 5 * hour)).toBe(0)
    expect(total(office, '2026-11-20T16:00', 5 * hour)).toBe(100)
  })
})

describe('rolling cap', () => {
  const capped = tariff({ rolling24hCapMinor: 1000 })
  it('limits each 24 hours from the start, not each calendar day', () => {
    expect(total(capped, '2026-11-20T20:00', 24 * hour)).toBe(1000)
    expect(total(capped, '2026-11-20T20:00', 26 * hour)).toBe(1400)
    expect(total(capped, '2026-11-20T20:00', 72 * hour)).toBe(3000)
  })
  it('shows the reduction as a line', () => {
    expect(priceStay(stay(capped, '2026-11-20T20:00', 26 * hour)).lines).toEqual([
      { code: 'rate', label: 'Hours', quantity: 26, amountMinor: 5200 },
      { code: 'cap_24h', label: 'Maximum per 24 hours', quantity: 1, amountMinor: -3800 },
    ])
  })
})

describe('plans', () => {
  const price = priceStay(stay(tariff({}), '2026-11-20T10:00', 3 * hour))
  it('takes a discount off as a line and shows the tax of what is left', () => {
    const reduced = discountByPlan(price, { name: 'Flex', percent: 25 })
    expect(reduced.totalMinor).toBe(450)
    expect(reduced.taxMinor).toBe(72)
    expect(reduced.lines.at(-1)).toEqual({
      code: 'plan_discount',
      label: 'Flex',
      quantity: 1,
      amountMinor: -150,
    })
    expect(discountByPlan(price, { name: 'None', percent: 0 })).toEqual(price)
  })
  it('covers the whole price', () => {
    const covered = coverByPlan(price, 'Resident')
    expect([covered.totalMinor, covered.taxMinor]).toEqual([0, 0])
    expect(covered.lines.reduce((sum, line) => sum + line.amountMinor, 0)).toBe(0)
  })
})

const wallTime = fc
  .integer({ min: 0, max: 24 * 4 })
  .map(
    (quarter) =>
      `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`,
  )
const step = fc.record({
  forMinutes: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
  unitMinutes: fc.integer({ min: 1, max: 180 }),
  amountMinor: fc.integer({ min: 0, max: 900 }),
})
const band = fc.record({
  label: fc.constantFrom('A', 'B', 'C'),
  weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  from: wallTime.filter((time) => time !== '24:00'),
  to: wallTime,
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
})
const anyTariff = fc
  .record({
    freeMinutes: fc.integer({ min: 0, max: 20 }),
    bands: fc.array(band, { minLength: 1, maxLength: 4 }),
    rolling24hCapMinor: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
  })
  .map((change) => tariff(JSON.parse(JSON.stringify(change))))

/** The rule told naively: walk the stay minute by minute and ask the wall clock each time. */
function naivePrice(of: PricedStay): number {
  const minutes = Math.ceil((of.toMs - of.fromMs) / minute)
  if (of.toMs - of.fromMs <= of.tariff.freeMinutes * minute) return 0
  const windows: number[] = []
  let current: Tariff['bands'][number] | undefined
  let intoBand = 0
  for (let index = 0; index < minutes; index += 1) {
    const applies = naiveBand(of, of.fromMs + index * minute)
    if (applies !== current) intoBand = 0
    current = applies
    const window = Math.floor(index / 1440)
    if (applies) windows[window] = (windows[window] ?? 0) + naiveUnit(applies, intoBand)
    intoBand += 1
  }
  return windows.reduce(
    (sum, value) => sum + Math.min(value ?? 0, of.tariff.rolling24hCapMinor ?? Infinity),
    0,
  )
}
// Stays lie around the same few days: their minutes come again and again.
const walls = new Map<string, { readonly dayOfWeek: number; readonly time: string }>()
function wallAt(timeZone: string, atMs: number) {
  const key = `${timeZone} ${atMs}`
  const known = walls.get(key)
  if (known !== undefined) return known
  const wall = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone)
  const made = { dayOfWeek: wall.dayOfWeek, time: wall.toPlainTime().toString().slice(0, 5) }
  walls.set(key, made)
  return made
}
function naiveBand(of: PricedStay, atMs: number): Tariff['bands'][number] | undefined {
  const { dayOfWeek, time } = wallAt(of.timeZone, atMs)
  const yesterday = dayOfWeek === 1 ? 7 : dayOfWeek - 1
  return of.tariff.bands.find(({ from, to, weekdays }) => {
    if (from <= to) return weekdays.includes(dayOfWeek) && from <= time && time < to
    return (weekdays.includes(dayOfWeek) && from <= time) || (weekdays.includes(yesterday) && time < to)
  })
}
function naiveUnit(of: Tariff['bands'][number], intoBand: number): number {
  let start = 0
  for (const each of of.steps) {
    const end = start + (each.forMinutes ?? Infinity)
    if (intoBand < end) return (intoBand - start) % each.unitMinutes === 0 ? each.amountMinor : 0
    start = end
  }
  return 0
}

describe('against the naive model', () => {
  it('agrees to the minor unit, also around changes of the clock', () => {
    const around = ['2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-11-20T12:00Z'].map(
      (text) => Temporal.Instant.from(text).epochMilliseconds,
    )
    fc.assert(
      fc.property(
        anyTariff,
        fc.constantFrom(...around),
        fc.integer({ min: -2000, max: 2000 }),
        fc.oneof(fc.integer({ min: 0, max: 600 * 60 }), fc.integer({ min: 0, max: 4320 * 60 })),
        (of, nearMs, shift, seconds) => {
          const fromMs = nearMs + shift * minute
          const priced = { ...stay(of, '2026-11-20T10:00', 0), fromMs, toMs: fromMs + seconds * 1000 }
          const price = priceStay(priced)
          expect(price.totalMinor).toBe(naivePrice(priced))
          expect(price.lines.reduce((sum, line) => sum + line.amountMinor, 0)).toBe(price.totalMinor)
          expect(price.taxMinor).toBeLessThanOrEqual(price.totalMinor)
          priceSchema.parse(price)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('never costs less for staying longer when nothing but the length changes and no band ends', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 3 }),
        fc.nat(3000),
        fc.nat(3000),
        (steps, a, b) => {
          const of = tariff(
            JSON.parse(
              JSON.stringify({
                bands: [{ label: 'A', weekdays: everyDay, from: '00:00', to: '24:00', steps }],
                rolling24hCapMinor: 2000,
              }),
            ),
          )
          const [short, long] = [Math.min(a, b), Math.max(a, b)]
          expect(total(of, '2026-10-24T10:00', short * minute)).toBeLessThanOrEqual(
            total(of, '2026-10-24T10:00', long * minute),
          )
        },
      ),
    )
  })
})
