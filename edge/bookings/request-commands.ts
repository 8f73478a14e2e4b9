import * as ids from '@gatehouse/shared/ids/ids'
import { assertNever, err, ok, type Result } from '@gatehouse/shared/result/result'
import { type DirectoryRequestCommand, directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import type { z } from 'zod'
import {
  type Command,
  type CommandContext,
  type Decision,
  defineCommand,
  type Refusal,
} from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { answered, decideChange } from './booking-commands.ts'
import type { BookingEnvironment } from './booking-environment.ts'
import { decideExtension, decideRelease } from './extend-booking.ts'
import { type DecidedBooking, decideHold } from './hold-booking.ts'

const requestInput = directoryBodies.request.extend({ requestId: ids.requestIdSchema })
type RequestInput = z.infer<typeof requestInput>

// Cancelling and leaving must go on when selling has stopped.
const goesOnWithoutSelling: ReadonlySet<string> = new Set(['cancelBooking', 'releaseBooking'])

/** Commands that the cloud asks for through the directory; each is answered by an entry naming the request. */
export function requestCommands(env: BookingEnvironment): Command[] {
  const run = (db: SiteDatabase, input: RequestInput, context: CommandContext) =>
    answerRequest(env, db, input, context)
  return [
    defineCommand({ kind: 'decideSaleRequest', priority: 3, sells: true, input: requestInput, run }),
    defineCommand({ kind: 'decideRequest', priority: 3, sells: false, input: requestInput, run }),
  ]
}

/** The command that decides a request. */
export function requestCommandKind(command: DirectoryRequestCommand): 'decideSaleRequest' | 'decideRequest' {
  return goesOnWithoutSelling.has(command.kind) ? 'decideRequest' : 'decideSaleRequest'
}

function answerRequest(
  env: BookingEnvironment,
  db: SiteDatabase,
  input: RequestInput,
  context: CommandContext,
): Result<Decision<unknown>, Refusal> {
  const decided = decideRequest(env, db, input, context)
  const { requestId } = input
  if (decided.ok) return ok(answered(env, db, decided.value, context))
  // Not recorded: as soon as the site knows itself, the same request is decided.
  if (decided.error.code === 'site_not_ready') return decided
  const { code } = decided.error
  return ok({
    events: [{ type: 'request.refused', body: { requestId, code } }],
    answer: () => ({ refused: code }),
  })
}

function decideRequest(
  env: BookingEnvironment,
  db: SiteDatabase,
  { requestId, command, expiresMs }: RequestInput,
  context: CommandContext,
): Result<DecidedBooking, Refusal> {
  if (context.at.quality === 'trusted' && context.at.wallMs >= expiresMs)
    return err({ code: 'request_expired' })
  switch (command.kind) {
    case 'holdBooking':
      return decideHold(env, db, { ...command, requestId }, context)
    case 'confirmBooking':
    case 'confirmExtension': {
      const { bookingId, paymentId, method, amountMinor } = command
      // Cash lies on site; what is on site of a member's credits is the site's to draw, at the kiosk.
      if (method === 'cash' || method === 'credits') return err({ code: 'payment_needed' })
      const payment = { paymentId, method, takenBy: 'cloud' as const, offeredMinor: amountMinor }
      const { kind } = command
      const paying = kind === 'confirmBooking' ? { kind } : { kind, toMs: command.toMs }
      return decideChange(env, db, bookingId, { ...paying, payment, requestId }, context)
    }
    case 'cancelBooking': {
      const decided = decideChange(env, db, command.bookingId, { kind: 'cancelBooking', requestId }, context)
      // Nothing to record means it was cancelled before; the request still needs its answer.
      return decided.ok && decided.value.events.length === 0 ? err({ code: 'already_cancelled' }) : decided
    }
    case 'extendBooking':
      return decideExtension(env, db, { ...command, requestId }, context)
    case 'releaseBooking': {
      const decided = decideRelease(env, db, { ...command, requestId }, context)
      return decided.ok && decided.value.events.length === 0 ? err({ code: 'booking_ended' }) : decided
    }
    default:
      return assertNever(command)
  }
}
