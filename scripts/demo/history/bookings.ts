import { paymentIdOf } from '@gatehouse/edge/drawer/card-payments'
import type { SiteCore } from '@gatehouse/edge/site/site-core'
import { type BookingView, bookingViewSchema } from '@gatehouse/shared/api/views'
import type { PlannedBooking } from './plan.ts'
import type { Timeline } from './timeline.ts'

const minuteMs = 60_000
const caller = 'device:kiosk-1'

export interface BookingHistoryOptions {
  readonly core: SiteCore
  readonly timeline: Timeline
  /** The first instant of the history; what was planned before is done then. */
  readonly beginMs: number
  readonly onRefused: (what: string, code: string) => void
}

/** Plans the commands of each booking: hold and confirm, then check-in, cancellation or nothing. */
export function replayBookings(options: BookingHistoryOptions, planned: readonly PlannedBooking[]): void {
  const { timeline, beginMs } = options
  timeline.plan(
    planned.map((booking, index) => ({
      atMs: Math.max(booking.atMs, beginMs),
      run: () => make(options, booking, `history-booking-${index}`),
    })),
  )
}

async function make(options: BookingHistoryOptions, planned: PlannedBooking, key: string): Promise<void> {
  const { core, timeline, onRefused } = options
  const { kernel } = core
  const { spaceId, fromMs, toMs, by } = planned
  const holder = 'memberId' in by ? { kind: 'member', ...by } : { kind: 'guest', ...by }
  const held = await kernel.submit({
    kind: 'holdBooking',
    caller,
    key: `${key}-hold`,
    input: { spaceId, fromMs, toMs, holder },
  })
  if (!held.ok) return onRefused('holdBooking', held.refusal.code)
  const booking = bookingViewSchema.parse(held.value)
  const paid = await confirm(core, booking, planned.method, `${key}-confirm`)
  if (paid !== undefined) return onRefused('confirmBooking', paid)
  const { bookingId } = booking
  const later = (atMs: number, kind: 'checkIn' | 'cancelBooking') =>
    timeline.at(atMs, async () => {
      const done = await kernel.submit({ kind, caller, key: `${key}-${kind}`, input: { bookingId } })
      if (!done.ok) onRefused(kind, done.refusal.code)
    })
  if (planned.fate === 'used') later(fromMs - 4 * minuteMs, 'checkIn')
  if (planned.fate === 'cancelled')
    later(fromMs - Math.min(3 * 60, (fromMs - planned.atMs) / minuteMs / 2) * minuteMs, 'cancelBooking')
}

/** Pays and confirms as the kiosk's route does; gives the refusal's code, or nothing. */
async function confirm(
  core: SiteCore,
  booking: BookingView,
  method: PlannedBooking['method'],
  key: string,
): Promise<string | undefined> {
  const { kernel, cards } = core
  const { bookingId, price } = booking
  const actual =
    method === 'plan' && price.totalMinor > 0
      ? 'card'
      : price.totalMinor === 0 && method !== 'plan'
        ? 'plan'
        : method
  if (actual === 'card') {
    const authorised = await cards.authorise(kernel, {
      paymentId: paymentIdOf(caller, key),
      subjectId: bookingId,
      amountMinor: price.totalMinor,
      currency: price.currency,
      card: 'sandbox_ok',
    })
    if (!authorised.ok) return authorised.error.code
  }
  const tendered = actual === 'cash' ? { tenderedMinor: Math.ceil(price.totalMinor / 500) * 500 } : {}
  const outcome = await kernel.submit({
    kind: 'confirmBooking',
    caller,
    key,
    input: { bookingId, method: actual, ...tendered },
  })
  return outcome.ok ? undefined : outcome.refusal.code
}
