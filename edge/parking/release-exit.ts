import { effectIdSchema, laneIdSchema, newId, randomCode, sessionIdSchema } from '@gatehouse/shared/ids/ids'
import { decideDeparture } from '@gatehouse/shared/parking/departure'
import { normalisePlate } from '@gatehouse/shared/parking/plate'
import type { Session } from '@gatehouse/shared/parking/session'
import { err, ok } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, type CommandContext, defineCommand, type EffectRequest } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { attendantCalledIncident, releasedUnpaidIncident } from './incident-kinds.ts'
import { inferStay } from './inferred-stay.ts'
import type { ParkingOptions } from './parking-options.ts'
import { parkingContext } from './pricing.ts'
import { readSession } from './session-store.ts'
import { lanePlace } from './site-plan.ts'
import { vendEffect } from './vend.ts'

/** What a release answers; `sessionId` is absent only at a site without a tariff. */
export interface ReleaseAnswer {
  readonly kind: 'opened'
  readonly sessionId?: string
  readonly debtMinor: number
}

interface Release {
  readonly events: readonly LedgerEvent[]
  readonly effects: readonly EffectRequest[]
  readonly answer: () => ReleaseAnswer
}

const inputSchema = z.object({
  laneId: laneIdSchema,
  /** The stay that was refused because it has to be paid. */
  sessionId: sessionIdSchema.optional(),
  /** What the camera read last, as it came. */
  plate: z.string().max(40).optional(),
})
type Input = z.infer<typeof inputSchema>

/**
 * Opens an exit for the vehicle that stood there longer than the site's policy allows, and records its debt:
 * that of its stay, or the lost-ticket amount of an inferred one. Refusal: `not_found` (no such exit lane).
 */
export function releaseExit(options: ParkingOptions): Command {
  return defineCommand({
    kind: 'releaseExit',
    priority: 1,
    sells: false,
    input: inputSchema,
    run: (db, input: Input, context) => {
      if (lanePlace(options.directory, input.laneId)?.place.direction !== 'exit')
        return err({ code: 'not_found' })
      return ok(release(db, options, input, context))
    },
  })
}

const callSchema = z.object({
  laneId: laneIdSchema,
  cause: z.enum(['unread', 'unknown', 'several', 'unpaid']),
})

/** Tells people that a vehicle cannot get out of a lane. Refusal: `not_found` (no such lane). */
export function callAttendant({ directory }: ParkingOptions): Command {
  return defineCommand({
    kind: 'callAttendant',
    priority: 1,
    sells: false,
    input: callSchema,
    run: (_db, { laneId, cause }: z.infer<typeof callSchema>, context) => {
      if (!lanePlace(directory, laneId)) return err({ code: 'not_found' })
      const about = `${laneId}/${cause}`
      const event = incident(attendantCalledIncident, about, context)
      return ok({ events: [event], answer: () => ({ called: true }) })
    },
  })
}

/** Lets out whoever stands at an exit lane; its lane must exist. */
export function release(
  db: SiteDatabase,
  options: ParkingOptions,
  input: Input,
  context: CommandContext,
): Release {
  const found = lanePlace(options.directory, input.laneId)
  const effectId = newId(effectIdSchema, 'fx', context.random)
  const effects = found
    ? [vendEffect(effectId, { laneId: input.laneId, barrierDeviceId: found.lane.barrierDeviceId })]
    : []
  const known = input.sessionId === undefined ? undefined : readSession(db, input.sessionId)
  const decided = known && letOut(known, [])
  if (decided) return decided
  const plate = input.plate === undefined ? undefined : normalisePlate(input.plate)
  const inferred = inferStay(db, options, { plate, vehicleClass: 'car' }, context)
  const unknown = inferred && letOut(inferred.session, inferred.events)
  if (unknown) return unknown
  const events = [incident(releasedUnpaidIncident, input.laneId, context)]
  return { events, effects, answer: () => ({ kind: 'opened', debtMinor: 0 }) }

  function letOut(session: Session, before: readonly LedgerEvent[]): Release | undefined {
    const parking = parkingContext(db, options, session.stay, context.at)
    if (!parking || !found) return undefined
    const { laneId, zoneId } = found.place
    const arrivalZoneId = lanePlace(options.directory, session.stay.laneId)?.place.zoneId ?? zoneId
    const request = { laneId, effectId, arrivalZoneId, canPay: false }
    const { events, outcome } = decideDeparture(session, request, parking)
    if (outcome.kind === 'refused') return undefined
    const { sessionId } = session.stay
    const debtMinor = outcome.kind === 'opened' ? outcome.debtMinor : 0
    // Nothing is owed any more when somebody paid in the meantime.
    const told = debtMinor > 0 ? [incident(releasedUnpaidIncident, `${laneId}/${sessionId}`, context)] : []
    const answer = (): ReleaseAnswer => ({ kind: 'opened', sessionId, debtMinor })
    return { events: [...before, ...events, ...told], effects, answer }
  }
}

function incident(kind: string, about: string, { random }: CommandContext): LedgerEvent {
  return { type: 'incident.opened', body: { incidentId: `inc_${randomCode(random, 16)}`, kind, about } }
}
