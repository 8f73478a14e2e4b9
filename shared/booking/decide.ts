import { assertNever, err } from '../result/result.ts'
import type { Booking } from './booking.ts'
import { cancelBooking } from './cancellation.ts'
import type { BookingCommand, BookingContext, Decision } from './command.ts'
import { confirmBooking } from './confirmation.ts'
import { releaseEarly } from './early-release.ts'
import { confirmExtension, dropExtension, extendBooking, giveUpExtension } from './extension.ts'
import { expireHold, holdBooking } from './hold.ts'
import { checkIn, completeBooking, markNoShow } from './presence.ts'

/**
 * Decides a booking command. No entries means that what was asked already holds: a second cancel or check-in
 * changes nothing. A hold that ran out is over, whether or not its entry was written yet.
 */
export function decide(booking: Booking, command: BookingCommand, context: BookingContext): Decision {
  switch (command.kind) {
    case 'holdBooking':
      return booking.kind === 'none' ? holdBooking(command, context) : err('booking_exists')
    case 'confirmBooking':
      return confirmBooking(booking, command, context)
    case 'cancelBooking':
      return cancelBooking(booking, command, context)
    case 'expireHold':
      return expireHold(booking, context)
    case 'checkIn':
      return checkIn(booking, context)
    case 'markNoShow':
      return markNoShow(booking, context)
    case 'completeBooking':
      return completeBooking(booking, context)
    case 'extendBooking':
      return extendBooking(booking, command, context)
    case 'confirmExtension':
      return confirmExtension(booking, command, context)
    case 'dropExtension':
      return dropExtension(booking, context)
    case 'giveUpExtension':
      return giveUpExtension(booking, command.toMs)
    case 'releaseEarly':
      return releaseEarly(booking, command, context)
    default:
      return assertNever(command)
  }
}
