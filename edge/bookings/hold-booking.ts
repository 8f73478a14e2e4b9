import {
  type Alternative,
  alternatives,
  alternativesWindow,
  type Candidate,
  offersAlternatives,
} from '@gatehouse/shared/booking/alternatives'
import { type Booking, type BookingEvent, noBooking } from '@gatehouse/shared/booking/booking'
import { priceBooking } from '@gatehouse/shared/booking/booking-price'
import { partsOf } from '@gatehouse/shared/booking/combined'
import type { HoldBooking } from '@gatehouse/shared/booking/command'
import { decide } from '@gatehouse/shared/booking/decide'
import { newReference } from '@gatehouse/shared/booking/reference'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import { type BookingId, type RequestId, type SpaceId, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { Holder, Price } from '@gatehouse/shared/wire/v1/entries'
import type { CommandContext, Refusal } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { type BookingEnvironment, bookingContext, planOf } from './booking-environment.ts'
import { loadBooking, referenceTaken } from './booking-store.ts'
import { siteRoom } from './site-room.ts'
import { siteCalendars, spaceCalendar } from './space-calendar.ts'

const referenceTriesMax = 8

/** A hold as the kiosk or the cloud asks for it. */
export interface AskedHold extends Interval {
  readonly bookingId: BookingId
  readonly spaceId: SpaceId
  readonly holder: Holder
  readonly requestId?: RequestId | undefined
}

/** What was decided about one booking: its state before, and the entries to record. */
export interface DecidedBooking {
  readonly bookingId: BookingId
  readonly before: Booking
  readonly events: readonly BookingEvent[]
}

/**
 * Decides a hold from what the store and the directory say. Refuses what `decide` refuses, with alternatives where
 * the calendar says no, and `site_not_ready`, `unknown_space`.
 */
export function decideHold(
  env: BookingEnvironment,
  db: SiteDatabase,
  asked: AskedHold,
  context: CommandContext,
): Result<DecidedBooking, Refusal> {
  const site = env.directory.site()
  const decision = bookingContext(env, context.at)
  if (!site || !decision) return err({ code: 'site_not_ready' })
  const space = env.directory.get('space', asked.spaceId)
  if (!space) return err({ code: 'unknown_space' })
  const price = pricing(env, { site, space, holder: asked.holder })
  const room = siteRoom(env.directory)
  const { spaceId, fromMs, toMs } = asked
  const command: HoldBooking = {
    kind: 'holdBooking',
    ...asked,
    reference: freshReference(db, context),
    parts: partsOf(room.spaces, spaceId),
    calendar: spaceCalendar(env.directory, db, site, { spaceId, space, fromMs, toMs, at: context.at }),
    ...(price ? { price } : {}),
  }
  const { requestId } = asked
  // Only the cloud names its bookings; one that was drawn just now cannot exist.
  const before = requestId ? loadBooking(db, asked.bookingId) : noBooking
  const decided = decide(before, { ...command, ...(requestId ? { requestId } : {}) }, decision)
  if (decided.ok) return ok({ bookingId: asked.bookingId, before, events: decided.value })
  const offers = offersAlternatives.has(decided.error) ? offerInstead(env, db, asked, context) : undefined
  return err({ code: decided.error, ...(offers ? { detail: { alternatives: offers } } : {}) })
}

/** Prices intervals of a space for a holder; `undefined` for a space without a tariff. */
export function pricing(
  env: BookingEnvironment,
  about: {
    readonly site: DirectoryBody<'site'>
    readonly space: DirectoryBody<'space'>
    readonly holder: Holder
  },
): ((interval: Interval) => Price) | undefined {
  const { tariffId } = about.space
  const tariff = tariffId && env.directory.get('tariff', tariffId)
  if (!tariffId || !tariff) return undefined
  return ({ fromMs, toMs }) =>
    priceBooking(
      { tariffId, tariff, fromMs, toMs, timeZone: about.site.timeZone, tzdataVersion: env.tzdataVersion },
      { spaceKind: about.space.kind, plan: planOf(env, about.holder, fromMs) },
    )
}

function freshReference(db: SiteDatabase, context: CommandContext): string {
  let reference = newReference(context.siteId, context.random)
  for (let tries = 1; tries < referenceTriesMax && referenceTaken(db, reference); tries += 1) {
    reference = newReference(context.siteId, context.random)
  }
  return reference
}

function offerInstead(
  env: BookingEnvironment,
  db: SiteDatabase,
  asked: AskedHold,
  context: CommandContext,
): readonly (Alternative & { readonly name: string })[] {
  const site = env.directory.site()
  if (!site) return []
  const within = { ...alternativesWindow(asked), at: context.at }
  const calendarOf = siteCalendars(env.directory, db, site, within)
  const candidates = [...siteRoom(env.directory).spaces].map(([key, space]): Candidate => {
    const spaceId = spaceIdSchema.parse(key)
    return { ...space, spaceId, calendar: calendarOf(spaceId, space) }
  })
  const candidate = candidates.find(({ spaceId }) => spaceId === asked.spaceId)
  if (!candidate) return []
  return alternatives({ interval: asked, candidate, others: candidates }).map((offer) => ({
    ...offer,
    name: env.directory.get('space', offer.spaceId)?.name ?? offer.spaceId,
  }))
}
