import { minuteMs } from '../calendar/civil.ts'
import type { Interval } from '../calendar/opening.ts'
import type { Price } from '../wire/v1/entries.ts'
import type { Calendar } from './availability.ts'
import type { BookingFacts } from './booking.ts'
import { priceOfExtension, refuseExtension } from './extension.ts'

const stepsMinutes = [15, 30, 60] as const
const searchMinutesMax = 24 * 60
/** How far beyond the present end a later one is looked for. */
export const extensionSearchMaxMs = searchMinutesMax * minuteMs

/** A later end that can be had now, epoch ms, with the price of the added part. */
export interface ExtensionOffer {
  readonly toMs: number
  readonly price: Price
  /** Until the next booking, the end of the opening hours, or a day at most: nothing later fits. */
  readonly longest: boolean
}

type Extended = Pick<BookingFacts, 'bookingId' | 'fromMs' | 'toMs'>

/** The latest end that fits, in whole minutes after the present one and at most a day later; `undefined` when none does. */
export function latestEnd(calendar: Calendar, booking: Extended): number | undefined {
  const fits = (minutes: number) =>
    refuseExtension(calendar, booking, booking.toMs + minutes * minuteMs) === undefined
  if (!fits(1)) return undefined
  // Whatever stands in the way of a minute stands in the way of all later ones: the limit is found by halving.
  let most = 1
  let tooMany = searchMinutesMax + 1
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2)
    if (fits(middle)) most = middle
    else tooMany = middle
  }
  return booking.toMs + most * minuteMs
}

/** The later ends to choose from: 15, 30 and 60 minutes more as far as they fit, and the latest one. */
export function extensionOffers(
  calendar: Calendar,
  booking: Extended,
  price: (interval: Interval) => Price,
): ExtensionOffer[] {
  const latestMs = latestEnd(calendar, booking)
  if (latestMs === undefined) return []
  const ends = stepsMinutes
    .map((minutes) => booking.toMs + minutes * minuteMs)
    .filter((toMs) => toMs < latestMs)
  return [...ends, latestMs].map((toMs) => ({
    toMs,
    price: priceOfExtension(price, booking, toMs),
    longest: toMs === latestMs,
  }))
}
