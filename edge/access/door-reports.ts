import * as ids from '@gatehouse/shared/ids/ids'
import { ok } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type CommandContext, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/**
 * What the door contact means: open, closed, held open or forced; the last two open an incident. Whatever it says ends a
 * trouble of its line, also one from before a restart.
 */
export const reportDoor = defineCommand({
  kind: 'reportDoor',
  priority: 1,
  sells: false,
  input: z.object({ doorId: ids.doorIdSchema, state: z.enum(['closed', 'open', 'held_open', 'forced']) }),
  run: (db, { doorId, state }, context) => {
    const events: LedgerEvent[] = []
    if (troubleOf(db, doorId)) events.push({ type: 'door.trouble_ended', body: { doorId } })
    events.push({ type: 'door.state_changed', body: { doorId, state } })
    if (state === 'forced' || state === 'held_open') events.push(incident(context, `door_${state}`, doorId))
    return ok({ events, answer: () => state })
  },
})

/** The line of a contact that became faulty: opens an incident, unless the same was told before a restart. */
export const reportDoorTrouble = defineCommand({
  kind: 'reportDoorTrouble',
  priority: 1,
  sells: false,
  input: z.object({ doorId: ids.doorIdSchema, fault: z.enum(['open_circuit', 'short', 'chatter']) }),
  run: (db, { doorId, fault }, context) => {
    const answer = () => fault
    if (troubleOf(db, doorId) === fault) return ok({ events: [], answer })
    return ok({
      events: [
        { type: 'door.trouble_started', body: { doorId, fault } },
        incident(context, 'door_trouble', `${doorId}/${fault}`),
      ],
      answer,
    })
  },
})

/** What is wrong with the line of a door's contact, by the ledger. */
function troubleOf(db: SiteDatabase, doorId: ids.DoorId): string | undefined {
  return statement<{ fault: string }>(db, 'SELECT fault FROM door_troubles WHERE door_id = ?').get(doorId)
    ?.fault
}

/** An incident of `kind` about a thing, under a number of its own. */
export function incident(context: CommandContext, kind: string, about: string): LedgerEvent {
  const incidentId = `inc_${ids.randomCode(context.random, 16)}`
  return { type: 'incident.opened', body: { incidentId, kind, about } }
}
