import { type EffectId, effectIdSchema, laneIdSchema, newId, randomCode } from '@gatehouse/shared/ids/ids'
import {
  type DepartureOutcome,
  type DepartureRequest,
  decideDeparture,
} from '@gatehouse/shared/parking/departure'
import type { LanePlace } from '@gatehouse/shared/parking/passage'
import { type MatchKind, normalisePlate } from '@gatehouse/shared/parking/plate'
import type { Session } from '@gatehouse/shared/parking/session'
import { readTicket } from '@gatehouse/shared/parking/ticket'
import { err, ok } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, type CommandContext, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { departureUnrecordedIncident, plateTieIncident } from './incident-kinds.ts'
import { rememberFull } from './occupancy.ts'
import { matchOpenSessions } from './open-plates.ts'
import type { ParkingOptions } from './parking-options.ts'
import { parkingContext } from './pricing.ts'
import { repeatsRefusal } from './repeated-refusal.ts'
import { readPending, readSessionByTicket } from './session-store.ts'
import { lanePlace } from './site-plan.ts'
import { vendEffect } from './vend.ts'

const bySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('plate'), plate: z.string().max(40) }),
  z.object({ kind: z.literal('ticket'), ticket: z.string().max(40) }),
])
const inputSchema = z.object({
  laneId: laneIdSchema,
  by: bySchema,
  /** As in `arriveVehicle`: `front` is the vehicle that this lane let out last and that has not passed. */
  position: z.enum(['front', 'behind', 'unknown']).default('unknown'),
})
type Input = z.infer<typeof inputSchema>

/** How a driver shows which stay is ending. */
export type DepartureCredential = z.infer<typeof bySchema>

export type DepartureAnswer =
  | DepartureOutcome
  /** Nobody here is known by that; `attendant_needed`: several are. */
  | { readonly kind: 'refused'; readonly reason: 'unknown_session' | 'unknown_ticket' | 'attendant_needed' }
  | { readonly kind: 'busy' }

type Found =
  | { readonly kind: 'session'; readonly session: Session; readonly read?: PlateRead }
  | { readonly kind: 'none'; readonly reason: 'unknown_session' | 'unknown_ticket' | 'attendant_needed' }

interface PlateRead {
  readonly plate: string
  readonly by: MatchKind
}

/**
 * A vehicle stands at an exit lane and shows a plate or a ticket.
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
      const meant = findSession(db, options, input.by)
      if (meant.kind === 'none') return ok(refuseUnknown(db, input, meant.reason, context))
      const { session } = meant
      if (input.position === 'front' && isOther(db, input, session)) {
        return ok({ events: [], answer: (): DepartureAnswer => ({ kind: 'busy' }) })
      }
      const parking = parkingContext(db, options, session.stay, context.at)
      if (!parking) return err({ code: 'site_not_ready' })
      const effectId = newId(effectIdSchema, 'fx', context.random)
      const request = departureRequest(options, found.place, effectId, session)
      const { events, outcome } = decideDeparture(session, request, parking)
      if (outcome.kind === 'refused') {
        const repeated = repeatsRefusal(db, { ...outcome, laneId: input.laneId, atMs: context.at.wallMs })
        return ok({ events: repeated ? [] : events, answer: (): DepartureAnswer => outcome })
      }
      if (meant.read && meant.read.by !== 'exact')
        keepRead(db, options, { input, session, read: meant.read, context })
      return ok({
        events,
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
      const meant = findSession(db, options, input.by)
      const session = meant.kind === 'session' ? meant.session : undefined
      const parking = session && parkingContext(db, options, session.stay, context.at)
      const events: LedgerEvent[] = [incident]
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

function findSession(db: SiteDatabase, options: ParkingOptions, by: DepartureCredential): Found {
  if (by.kind === 'ticket') {
    const ticket = readTicket(by.ticket)
    const session = ticket === undefined ? undefined : readSessionByTicket(db, ticket)
    return session ? { kind: 'session', session } : { kind: 'none', reason: 'unknown_ticket' }
  }
  const plate = normalisePlate(by.plate)
  if (plate === undefined) return { kind: 'none', reason: 'unknown_session' }
  const match = matchOpenSessions(db, options, plate)
  if (match.kind === 'none') return { kind: 'none', reason: 'unknown_session' }
  if (match.kind === 'tie') return { kind: 'none', reason: 'attendant_needed' }
  return { kind: 'session', session: match.id, read: { plate, by: match.by } }
}

/** Whether this lane already let somebody else out who has not passed. */
function isOther(db: SiteDatabase, { laneId }: Input, session: Session): boolean {
  const pending = readPending(db, laneId)
  return pending.length > 0 && !pending.some(({ stay }) => stay.sessionId === session.stay.sessionId)
}

function refuseUnknown(
  db: SiteDatabase,
  { laneId }: Input,
  reason: Extract<Found, { kind: 'none' }>['reason'],
  context: CommandContext,
) {
  const answer = (): DepartureAnswer => ({ kind: 'refused', reason })
  if (repeatsRefusal(db, { laneId, reason, atMs: context.at.wallMs })) return { events: [], answer }
  const events: LedgerEvent[] = [{ type: 'lane.refused', body: { laneId, reason } }]
  if (reason === 'attendant_needed') {
    const incidentId = `inc_${randomCode(context.random, 16)}`
    events.push({ type: 'incident.opened', body: { incidentId, kind: plateTieIncident, about: laneId } })
  }
  return { events, answer }
}

/** Both reads are kept: this one, which differs, beside the one of the arrival (RULES, Parking). */
function keepRead(
  db: SiteDatabase,
  options: ParkingOptions,
  kept: {
    readonly input: Input
    readonly session: Session
    readonly read: PlateRead
    readonly context: CommandContext
  },
): void {
  const { sessionId } = kept.session.stay
  const vehicleId = options.vault.put(db, kept.read.plate)
  statement(
    db,
    `INSERT INTO parking_plate_reads (session_id, at_ms, lane_id, vehicle_id, matched_by)
     VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  ).run(sessionId, kept.context.at.wallMs, kept.input.laneId, vehicleId, kept.read.by)
}
