import { tariffIdSchema } from '@gatehouse/shared/ids/ids'
import { lostTicketPrice } from '@gatehouse/shared/parking/lost-ticket'
import { normalisePlate } from '@gatehouse/shared/parking/plate'
import { err, ok } from '@gatehouse/shared/result/result'
import { type Price, vehicleClassSchema } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, defineCommand } from '../ledger/command.ts'
import { inferStay } from './inferred-stay.ts'
import { matchOpenSessions } from './open-plates.ts'
import type { ParkingOptions } from './parking-options.ts'
import { readSession } from './session-store.ts'
import { sessionView } from './session-view.ts'

const inputSchema = z.object({
  plate: z.string().max(40).optional(),
  vehicleClass: vehicleClassSchema.default('car'),
})

/**
 * A driver has no ticket and no stay on record: makes an inferred stay that owes the lost-ticket amount.
 * A plate that is on record answers with its real stay instead; two candidates call the attendant.
 * Refusals: `no_parking`, `attendant_needed`.
 */
export function loseTicket(options: ParkingOptions): Command {
  const { directory } = options
  return defineCommand({
    kind: 'loseTicket',
    priority: 2,
    sells: true,
    input: inputSchema,
    run: (db, input: z.infer<typeof inputSchema>, context) => {
      const plate = input.plate === undefined ? undefined : normalisePlate(input.plate)
      const match = plate === undefined ? undefined : matchOpenSessions(db, options, plate)
      if (match?.kind === 'tie') return err({ code: 'attendant_needed' })
      if (match?.kind === 'one') {
        const found = sessionView(directory, match.id)
        return ok({ events: [], answer: () => found })
      }
      const stay = inferStay(db, options, { plate, vehicleClass: input.vehicleClass }, context)
      if (!stay) return err({ code: 'no_parking' })
      const { sessionId } = stay.session.stay
      const answer = () => {
        const session = readSession(db, sessionId)
        return session ? sessionView(directory, session) : null
      }
      return ok({ events: stay.events, answer })
    },
  })
}

/** What a driver without a ticket and without a stay on record would pay; `undefined` where nobody parks. */
export function readLostTicketPrice(
  options: Pick<ParkingOptions, 'directory' | 'tzdataVersion'>,
): Price | undefined {
  const [tariffKey, tariff] = [...options.directory.all('tariff')][0] ?? []
  if (tariffKey === undefined || tariff === undefined) return undefined
  const { tzdataVersion } = options
  return lostTicketPrice({ tariff, tariffId: tariffIdSchema.parse(tariffKey), tzdataVersion })
}
