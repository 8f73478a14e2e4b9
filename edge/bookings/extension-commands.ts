import * as ids from '@gatehouse/shared/ids/ids'
import { ok } from '@gatehouse/shared/result/result'
import { wallMsSchema } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, defineCommand } from '../ledger/command.ts'
import { answered, decideChange, decidePayment, meansOfPayment } from './booking-commands.ts'
import type { BookingEnvironment } from './booking-environment.ts'
import { decideExtension, decideRelease } from './extend-booking.ts'

const extendInput = z.object({ bookingId: ids.bookingIdSchema, toMs: wallMsSchema })
const confirmInput = extendInput.extend(meansOfPayment)

/** The commands that people at a screen give about a later or an earlier end. */
export function extensionCommands(env: BookingEnvironment): Command[] {
  return [
    defineCommand({
      kind: 'extendBooking',
      priority: 2,
      sells: true,
      input: extendInput,
      run: (db, input, context) => {
        const decided = decideExtension(env, db, input, context)
        return decided.ok ? ok(answered(env, db, decided.value, context)) : decided
      },
    }),
    defineCommand({
      kind: 'confirmExtension',
      priority: 2,
      sells: true,
      input: confirmInput,
      run: (db, { toMs, ...input }, context) =>
        decidePayment(env, db, { ...input, command: { kind: 'confirmExtension', toMs } }, context),
    }),
    defineCommand({
      kind: 'giveUpExtension',
      priority: 2,
      sells: false,
      input: extendInput,
      run: (db, { bookingId, toMs }, context) => {
        const decided = decideChange(env, db, bookingId, { kind: 'giveUpExtension', toMs }, context)
        return decided.ok ? ok(answered(env, db, decided.value, context)) : decided
      },
    }),
    defineCommand({
      kind: 'releaseEarly',
      priority: 2,
      // Leaving must go on when selling has stopped.
      sells: false,
      input: z.object({ bookingId: ids.bookingIdSchema }),
      run: (db, input, context) => {
        const decided = decideRelease(env, db, input, context)
        return decided.ok ? ok(answered(env, db, decided.value, context)) : decided
      },
    }),
  ]
}
