import { isInBusiness } from '@gatehouse/shared/calendar/opening'
import {
  effectIdSchema,
  laneIdSchema,
  newId,
  type SpaceId,
  sessionIdSchema,
  type TariffId,
  tariffIdSchema,
} from '@gatehouse/shared/ids/ids'
import { type Arrival, type ArrivalOutcome, decideArrival } from '@gatehouse/shared/parking/arrival'
import { decideBackOut, decidePassage, type PendingSession } from '@gatehouse/shared/parking/passage'
import { normalisePlate } from '@gatehouse/shared/parking/plate'
import type { Session } from '@gatehouse/shared/parking/session'
import { newTicket } from '@gatehouse/shared/parking/ticket'
import type { Random } from '@gatehouse/shared/random/random'
import { err, ok } from '@gatehouse/shared/result/result'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { type LedgerEvent, vehicleClassSchema } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { lockdownSince } from '../access/lockdown.ts'
import { type Command, type CommandContext, defineCommand, type EffectRequest } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { printEffect } from '../printing/print-effect.ts'
import { type ArrivalBay, chooseBay } from './arrival-bay.ts'
import { isFireAt } from './lane-fire.ts'
import { rememberFull, zonePlaces } from './occupancy.ts'
import { keepPlate, matchSessions, mayBePlateOf, openSessionsOf } from './open-plates.ts'
import type { ParkingOptions } from './parking-options.ts'
import { memberVehicle } from './plate-vault.ts'
import { keepTariff } from './pricing.ts'
import { repeatsRefusal } from './repeated-refusal.ts'
import { readPending, readSessionByTicket, stayingStates } from './session-store.ts'
import { lanePlace } from './site-plan.ts'
import { ticketPaper } from './ticket-paper.ts'
import { vendEffect } from './vend.ts'

const inputSchema = z.object({
  laneId: laneIdSchema,
  by: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('plate'), plate: z.string().max(40) }),
    z.object({ kind: z.literal('ticket') }),
  ]),
  vehicleClass: vehicleClassSchema.optional(),
  /**
   * Where the vehicle is, as the lane's loops tell it: `front` is the one that was authorised last, `behind`
   * another one, `unknown` when the loops cannot say.
   */
  position: z.enum(['front', 'behind', 'unknown']).default('unknown'),
  /** Whether the lane can see that a vehicle is there; `blind`: nor that one passes. */
  sensing: z.enum(['sound', 'presence_lost', 'blind']).default('sound'),
})
type Input = z.infer<typeof inputSchema>

/** `busy`: another vehicle was authorised here and has not moved yet; nothing is recorded. */
export type ArrivalAnswer =
  | (Exclude<ArrivalOutcome, { kind: 'refused' }> & { readonly ticket: string })
  | Extract<ArrivalOutcome, { kind: 'refused' }>
  | { readonly kind: 'busy' }

/**
 * A vehicle stands at an entry lane, known by its plate or by having pressed the ticket button.
 * Refusals: `not_found` (no such entry lane), `site_not_ready`, `invalid_input` (no usable plate).
 */
export function arriveVehicle(options: ParkingOptions): Command {
  return defineCommand({
    kind: 'arriveVehicle',
    priority: 1,
    sells: true,
    input: inputSchema,
    run: (db, input: Input, context) => {
      const found = lanePlace(options.directory, input.laneId)
      if (found?.place.direction !== 'entry') return err({ code: 'not_found' })
      const site = options.directory.site()
      if (!site) return err({ code: 'site_not_ready' })
      const plate = input.by.kind === 'plate' ? normalisePlate(input.by.plate) : undefined
      if (input.by.kind === 'plate' && plate === undefined) return err({ code: 'invalid_input' })
      const unconfirmed = findUnconfirmed(db, options, input, plate)
      if (unconfirmed === 'busy') return ok({ events: [], answer: (): ArrivalAnswer => ({ kind: 'busy' }) })
      const siteClosed = !isInBusiness(site)
      return ok(arrive(db, options, { input, plate, unconfirmed, lane: found.lane, siteClosed, context }))
    },
  })
}

interface Situation {
  readonly input: Input
  readonly plate: string | undefined
  readonly unconfirmed: PendingSession | undefined
  readonly lane: DirectoryBody<'lane'>
  readonly siteClosed: boolean
  readonly context: CommandContext
}

function arrive(db: SiteDatabase, options: ParkingOptions, situation: Situation) {
  const { input, plate, unconfirmed, lane, context } = situation
  const { laneId } = input
  const effectId = newId(effectIdSchema, 'fx', context.random)
  // Only exactly this plate: look-alikes that arrive are other vehicles.
  const earlier = plate === undefined || unconfirmed ? undefined : openSessionsOf(db, options, plate)[0]
  const registered =
    plate === undefined ? undefined : memberVehicle(options.directory, options.plateDigest(plate))
  const atMs = context.at.wallMs
  const sessionId = newId(sessionIdSchema, 'ps', context.random)
  // A camera sees what is large or a motorcycle; that a car charges only its member can say.
  const vehicleClass = input.vehicleClass ?? registered?.vehicleClass ?? lane.defaultClass
  const { at, random } = context
  const given = unconfirmed
    ? { bay: {}, events: [] }
    : chooseBay(db, options, { lane, member: registered?.memberId, vehicleClass, sessionId, at, random })
  const { bay }: Pick<ArrivalBay, 'bay'> = given
  const tariff = tariffOf(options, bay.bookedSpaceId ?? bay.allocatedSpaceId)
  const arrival: Arrival = {
    laneId,
    vehicleClass,
    ...(unconfirmed === undefined ? {} : { unconfirmed }),
    alreadyInside: earlier !== undefined && stayingStates.has(earlier.kind),
    lockedDown: lockdownSince(db) !== undefined,
    unseen: isUnseen(input),
    fire: isFireAt(db, options.directory, laneId),
    siteClosed: situation.siteClosed,
    full: zonePlaces(db, options.directory, lane.zoneId).full,
    ...bay,
    ...(tariff === undefined ? {} : { tariff: { tariffId: tariff.tariffId, version: tariff.body.version } }),
    sessionId,
    ticket: unusedTicket(db, context.random),
    effectId,
  }
  const decided = decideArrival(arrival)
  const { outcome } = decided
  if (outcome.kind === 'refused') {
    const events = repeatsRefusal(db, { laneId, reason: outcome.reason, atMs }) ? [] : decided.events
    return { events, answer: (): ArrivalAnswer => outcome }
  }
  if (tariff) keepTariff(db, tariff.tariffId, tariff.body)
  const events =
    plate === undefined || unconfirmed ? decided.events : withVehicle(db, options, arrival, plate)
  const ticket = unconfirmed?.stay.ticket ?? arrival.ticket
  return {
    events: [...superseded(options, earlier), ...events, ...given.events],
    effects: [
      vendEffect(effectId, { laneId, barrierDeviceId: lane.barrierDeviceId }),
      ...printedTicket(options, situation, { ticket, sessionId, arrivedMs: atMs }),
    ],
    answer: (): ArrivalAnswer => {
      rememberFull(db, options.directory)
      return { ...outcome, ticket }
    },
  }
}

/** A camera sees the vehicle itself; a button needs the loop, or people would take tickets. */
function isUnseen({ by, sensing }: Input): boolean {
  return sensing === 'blind' || (sensing === 'presence_lost' && by.kind === 'ticket')
}

/** A ticket is printed where one was asked for and a printer stands; one that is asked for again is the same car's. */
function printedTicket(
  { directory, papers }: ParkingOptions,
  { input, unconfirmed, lane, context }: Situation,
  stay: Parameters<typeof ticketPaper>[1],
): EffectRequest[] {
  const site = directory.site()
  if (input.by.kind !== 'ticket' || unconfirmed || !site || lane.printerDeviceId === undefined) return []
  const effectId = newId(effectIdSchema, 'fx', context.random)
  return [printEffect(effectId, lane.printerDeviceId, ticketPaper(site, stay, papers))]
}

/** The same decision for a vehicle whose plate is now kept: only vehicles that come in are remembered. */
function withVehicle(
  db: SiteDatabase,
  options: ParkingOptions,
  arrival: Arrival,
  plate: string,
): readonly LedgerEvent[] {
  return decideArrival({ ...arrival, vehicleId: keepPlate(db, options, plate) }).events
}

/** The authorisation that this vehicle already has at this lane, `busy` when somebody else's is in the way. */
function findUnconfirmed(
  db: SiteDatabase,
  options: ParkingOptions,
  input: Input,
  plate: string | undefined,
): PendingSession | 'busy' | undefined {
  const pending = readPending(db, input.laneId)
  const last = pending.at(-1)
  if (last === undefined) return undefined
  if (plate === undefined) {
    if (input.position === 'front') return last
    if (input.position === 'behind') return undefined
    return pending.find(({ stay }) => stay.vehicleId === undefined)
  }
  const match = matchSessions(db, options, plate, pending)
  if (match.kind === 'one') return match.id
  if (match.kind === 'tie') return match.ids.at(-1)
  if (input.position !== 'front') return undefined
  // Where one vehicle is expected, a bad read of it is likelier than another one that looks so much like it.
  if (last.stay.vehicleId === undefined || mayBePlateOf(db, options, plate, last)) return last
  return 'busy'
}

/** A vehicle that arrives has left, or never came in: its earlier unconfirmed authorisation ends so. */
function superseded({ directory }: ParkingOptions, earlier: Session | undefined): LedgerEvent[] {
  if (earlier?.kind === 'authorised') {
    const place = lanePlace(directory, earlier.stay.laneId)?.place
    return place ? decideBackOut(place, earlier, 'backed_out') : []
  }
  if (earlier?.kind !== 'departing') return []
  const place = lanePlace(directory, earlier.laneId)?.place
  return place ? decidePassage(place, earlier, '') : []
}

function tariffOf(
  { directory }: ParkingOptions,
  spaceId: SpaceId | undefined,
): { readonly tariffId: TariffId; readonly body: DirectoryBody<'tariff'> } | undefined {
  if (spaceId === undefined) return anyTariff(directory.all('tariff'))
  const tariffId = directory.get('space', spaceId)?.tariffId
  const body = tariffId && directory.get('tariff', tariffId)
  return tariffId && body ? { tariffId, body } : undefined
}

function anyTariff(tariffs: ReadonlyMap<string, DirectoryBody<'tariff'>>) {
  for (const [key, body] of tariffs) return { tariffId: tariffIdSchema.parse(key), body }
  return undefined
}

/** A ticket that no stay of this site has ever had. */
export function unusedTicket(db: SiteDatabase, random: Random): string {
  let ticket = newTicket(random)
  while (readSessionByTicket(db, ticket)) ticket = newTicket(random)
  return ticket
}
