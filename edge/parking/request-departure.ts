import { type EffectId, effectIdSchema, laneIdSchema, newId, randomCode } from '@gatehouse/shared/ids/ids'
import {
  type DepartureOutcome,
  type DepartureRequest,
  decideDeparture,
} from '@gatehouse/shared/parking/departure'
import type { LanePlace } from '@gatehouse/shared/parking/passage'
import type { Session } from '@gatehouse/shared/parking/session'
import { err, ok } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, type CommandContext, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { departureCredentialSchema, findDeparting, keepRead, type NobodyMeant } from './departing-session.ts'
import { departureUnrecordedIncident, plateTieIncident } from './incident-kinds.ts'
import { rememberFull } from './occupancy.ts'
import type { ParkingOptions } from './parking-options.ts'
import { parkingContext } from './pricing.ts'
import { type ReleaseAnswer, release } from './release-exit.ts'
import { repeatsRefusal } from './repeated-refusal.ts'
import { readPending } from './session-store.ts'
import { lanePlace } from './site-plan.ts'
import { vendEffect } from './vend.ts'

const inputSchema = z.object({
  laneId: laneIdSchema,
  by: departureCredentialSchema,
  /** As in `arriveVehicle`: `front` is the vehicle that this lane let out last and that has not passed. */
  position: z.enum(['front', 'behind', 'unknown']).default('unknown'),
})
type Input = z.infer<typeof inputSchema>

export type DepartureAnswer =
  | DepartureOutcome
  | ReleaseAnswer
  /** Nobody here is known by that; `attendant_needed`: several are. */
  | { readonly kind: 'refused'; readonly reason: NobodyMeant }
  | { readonly kind: 'busy' }

/**
 * A vehicle stands at an exit lane and shows a plate, a ticket, or a signed ticket or receipt.
 * Refusals: `not_found` (no such exit lane), `site_not_ready` (its tariff is not known).
 */
export function requestDeparture(options: ParkingOptions): Command {
  return defineCommand({
    kind: 'requestDeparture',
    priority: 1,
    sells: false,
    input: inputSchema,
    run: (db, input: Input, context) => {
      const found = lanePlace(options.directory, input.laneId)
      if (found?.place.direction !== 'exit') return err({ code: 'not_found' })
      const meant = findDeparting(db, options, { ...input, front: input.position === 'front' }, context)
      if (meant.kind === 'none') {
        return ok(refuseUnknown(db, options, { input, reason: meant.reason }, context))
      }
      const { session, before = [], receipt } = meant
      if (input.position === 'front' && isOther(db, input, session)) {
        return ok({ events: [], answer: (): DepartureAnswer => ({ kind: 'busy' }) })
      }
      const parking = parkingContext(db, options, session.stay, context.at)
      if (!parking) return err({ code: 'site_not_ready' })
      const effectId = newId(effectIdSchema, 'fx', context.random)
      const request = {
        ...departureRequest(options, found.place, effectId, session),
        ...(receipt && { receipt }),
      }
      const { events, outcome } = decideDeparture(session, request, parking)
      if (outcome.kind === 'refused') {
        const repeated = repeatsRefusal(db, { ...outcome, laneId: input.laneId, atMs: context.at.wallMs })
        return ok({
          events: repeated ? before : [...before, ...events],
          answer: (): DepartureAnswer => outcome,
        })
      }
      if (meant.read && (meant.tied || meant.read.by !== 'exact')) {
        const { laneId } = input
        keepRead(db, options, { laneId, session, read: meant.read, atMs: context.at.wallMs })
      }
      const tie = meant.tied && outcome.kind === 'opened'
      return ok({
        events: tie ? [tieIncident(input, context), ...events] : [...before, ...events],
        effects: [
          vendEffect(effectId, { laneId: input.laneId, barrierDeviceId: found.lane.barrierDeviceId }),
        ],
        answer: (): DepartureAnswer => outcome,
      })
    },
  })
}

/**
 * Records a departure that was let out while nothing could be recorded: the stay ends with its debt, the
 * count follows. Without a matching session only an incident remains.
 */
export function recordUnrecordedDeparture(options: ParkingOptions): Command {
  return defineCommand({
    kind: 'recordUnrecordedDeparture',
    priority: 1,
    sells: false,
    input: inputSchema,
    run: (db, input: Input, context) => {
      const found = lanePlace(options.directory, input.laneId)
      if (!found) return err({ code: 'not_found' })
      const incidentId = `inc_${randomCode(context.random, 16)}`
      const incident: LedgerEvent = {
        type: 'incident.opened',
        body: { incidentId, kind: departureUnrecordedIncident, about: input.laneId },
      }
      const meant = findDeparting(db, options, { ...input, front: input.position === 'front' }, context)
      const session = meant.kind === 'session' ? meant.session : undefined
      const parking = session && parkingContext(db, options, session.stay, context.at)
      const events: LedgerEvent[] = [incident, ...((meant.kind === 'session' && meant.before) || [])]
      if (session && parking) {
        const effectId = newId(effectIdSchema, 'fx', context.random)
        const request = { ...departureRequest(options, found.place, effectId, session), canPay: false }
        const decided = decideDeparture(session, request, parking)
        if (decided.outcome.kind !== 'refused') {
          const { sessionId } = session.stay
          const { laneId, zoneId } = found.place
          events.push(...decided.events, { type: 'session.departed', body: { sessionId, laneId, zoneId } })
        }
      }
      return ok({ events, answer: () => rememberFull(db, options.directory) })
    },
  })
}

function departureRequest(
  options: ParkingOptions,
  exit: LanePlace,
  effectId: EffectId,
  { stay }: Session,
): DepartureRequest {
  const arrivalZoneId = lanePlace(options.directory, stay.laneId)?.place.zoneId ?? exit.zoneId
  return { laneId: exit.laneId, effectId, arrivalZoneId, canPay: options.canPay() }
}

/** Whether this lane already let somebody else out who has not passed. */
function isOther(db: SiteDatabase, { laneId }: Input, session: Session): boolean {
  const pending = readPending(db, laneId)
  return pending.length > 0 && !pending.some(({ stay }) => stay.sessionId === session.stay.sessionId)
}

/** Where nobody can pay, also who is not on record is let out with a debt (RULES, Parking). */
function refuseUnknown(
  db: SiteDatabase,
  options: ParkingOptions,
  asked: { readonly input: Input; readonly reason: NobodyMeant },
  context: CommandContext,
) {
  const { reason } = asked
  const { laneId, by } = asked.input
  if (by.kind === 'plate' && !options.canPay() && readPending(db, laneId).length === 0) {
    return release(db, options, { laneId, plate: by.plate }, context)
  }
  const answer = (): DepartureAnswer => ({ kind: 'refused', reason })
  if (repeatsRefusal(db, { laneId, reason, atMs: context.at.wallMs })) return { events: [], answer }
  const events: LedgerEvent[] = [{ type: 'lane.refused', body: { laneId, reason } }]
  return { events, answer }
}

function tieIncident({ laneId }: Input, { random }: CommandContext): LedgerEvent {
  const incidentId = `inc_${randomCode(random, 16)}`
  return { type: 'incident.opened', body: { incidentId, kind: plateTieIncident, about: laneId } }
}
