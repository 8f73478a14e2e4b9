import type { LaneId } from '@gatehouse/shared/ids/ids'
import type { ShownReceipt } from '@gatehouse/shared/parking/departure'
import { type MatchKind, normalisePlate } from '@gatehouse/shared/parking/plate'
import { freeOfTie } from '@gatehouse/shared/parking/plate-tie'
import type { Session } from '@gatehouse/shared/parking/session'
import { readTicket } from '@gatehouse/shared/parking/ticket'
import { looksSigned, presentationCharsMax } from '@gatehouse/shared/passes/presentation'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import type { CommandContext } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { matchOpenSessions } from './open-plates.ts'
import type { ParkingOptions } from './parking-options.ts'
import { parkingContext } from './pricing.ts'
import { readSessionByTicket } from './session-store.ts'
import { type PaperRefusal, stayOnPaper } from './signed-papers.ts'

/** How a driver shows which stay is ending. */
export const departureCredentialSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('plate'), plate: z.string().max(40) }),
  z.object({ kind: z.literal('ticket'), ticket: z.string().max(presentationCharsMax) }),
])
export type DepartureCredential = z.infer<typeof departureCredentialSchema>

/** `attendant_needed`: several stays are meant, and not exactly one of them may leave now. */
export type NobodyMeant = 'unknown_session' | 'unknown_ticket' | 'attendant_needed' | PaperRefusal

/** The stay that is meant; `tied`: others look like it, and it is the one that may leave. */
export type DepartingSession =
  | {
      readonly kind: 'session'
      readonly session: Session
      readonly read?: PlateRead
      readonly tied: boolean
      /** Records the stay, when only a signed paper told of it. */
      readonly before?: readonly LedgerEvent[]
      readonly receipt?: ShownReceipt
    }
  | { readonly kind: 'none'; readonly reason: NobodyMeant }

export interface PlateRead {
  /** Normalised. */
  readonly plate: string
  readonly by: MatchKind
}

/** Finds the stay that a plate, a ticket, or a signed ticket or receipt means at an exit lane. */
export function findDeparting(
  db: SiteDatabase,
  options: ParkingOptions,
  asked: { readonly by: DepartureCredential; readonly laneId: LaneId; readonly front: boolean },
  context: CommandContext,
): DepartingSession {
  const { by } = asked
  if (by.kind === 'ticket' && looksSigned(by.ticket)) {
    const shown = stayOnPaper(db, options, by.ticket, context)
    if (shown.ok) return { kind: 'session', tied: false, ...shown.value }
    const isNobodys = shown.error === 'no_parking' || shown.error === 'no_stay'
    return { kind: 'none', reason: isNobodys ? 'unknown_ticket' : shown.error }
  }
  if (by.kind === 'ticket') {
    const ticket = readTicket(by.ticket)
    const session = ticket === undefined ? undefined : readSessionByTicket(db, ticket)
    return session ? { kind: 'session', session, tied: false } : { kind: 'none', reason: 'unknown_ticket' }
  }
  const plate = normalisePlate(by.plate)
  if (plate === undefined) return { kind: 'none', reason: 'unknown_session' }
  const match = matchOpenSessions(db, options, plate)
  if (match.kind === 'none') return { kind: 'none', reason: 'unknown_session' }
  const read = { plate, by: match.by }
  if (match.kind === 'one') return { kind: 'session', session: match.id, read, tied: false }
  const tied = match.ids.map((session) => ({
    session,
    context: parkingContext(db, options, session.stay, context.at),
  }))
  const free = freeOfTie(tied, asked)
  return free
    ? { kind: 'session', session: free, read, tied: true }
    : { kind: 'none', reason: 'attendant_needed' }
}

/** Both reads are kept: the one of the exit beside the one of the arrival (RULES, Parking). */
export function keepRead(
  db: SiteDatabase,
  options: Pick<ParkingOptions, 'vault'>,
  kept: {
    readonly laneId: LaneId
    readonly session: Session
    readonly read: PlateRead
    readonly atMs: number
  },
): void {
  const vehicleId = options.vault.put(db, kept.read.plate)
  statement(
    db,
    `INSERT INTO parking_plate_reads (session_id, at_ms, lane_id, vehicle_id, matched_by)
     VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  ).run(kept.session.stay.sessionId, kept.atMs, kept.laneId, vehicleId, kept.read.by)
}
