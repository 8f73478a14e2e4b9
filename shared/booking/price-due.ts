import type { Price } from '../wire/v1/entries.ts'
import type { Booking } from './booking.ts'
import type { BookingCommand, BookingContext } from './command.ts'
import { holdRuns } from './confirmation.ts'
import { extensionRuns } from './presence.ts'

/** A command that takes money, without the payment. */
export type PayingCommand =
  | Pick<Extract<BookingCommand, { kind: 'confirmBooking' }>, 'kind'>
  | Pick<Extract<BookingCommand, { kind: 'confirmExtension' }>, 'kind' | 'toMs'>

/** The price that such a command takes at this moment; `undefined` when it is refused whatever is paid. */
export function priceDue(
  booking: Booking,
  command: PayingCommand,
  context: BookingContext,
): Price | undefined {
  if (command.kind === 'confirmBooking') {
    return booking.kind === 'held' && holdRuns(booking, context) ? booking.price : undefined
  }
  if (booking.kind !== 'confirmed' && booking.kind !== 'checked_in') return undefined
  const { extension } = booking
  return extension?.toMs === command.toMs && extensionRuns(booking, context) ? extension.price : undefined
}
