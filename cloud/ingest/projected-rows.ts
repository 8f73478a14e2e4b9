import type { Price } from '@gatehouse/shared/wire/v1/entries'
import type { FoldedCredits } from './evolve-credits.ts'
import type { FoldedLoans } from './evolve-loans.ts'
import type { IncidentSubject } from './incident-subject.ts'

/** Rows of the projected tables as the fold keeps them; names are those of the columns. */
interface Written {
  /** The `seq` of the entry that wrote the row last. */
  seq: number
}

export type ProjectedBookingStatus =
  | 'held'
  | 'confirmed'
  | 'checked_in'
  | 'completed'
  | 'cancelled'
  | 'no_show'
  | 'expired'
  | 'displaced'

export interface BookingRow extends Written {
  booking_id: string
  space_id: string
  status: ProjectedBookingStatus
  member_id: string | null
  guest_id: string | null
  reference: string
  from_ms: number
  to_ms: number
  block_to_ms: number
  hold_until_ms: number
  price: Price
  fee_minor: number
  paid_minor: number
  refunded_minor: number
  paid_by: string | null
  held_ms: number
  /** What a combined space consists of: occupied with it. */
  parts: readonly string[]
  /** A later end that is not paid yet; `block_to_ms` is then the end of its block, `blockFromMs` the end before. */
  extension: ProjectedExtension | null
  ended_ms: number | null
  /** The loans that the cloud sold it in; `seq` is 0 until the site tells of it. */
  loan_ids: readonly string[]
  /** What the site last made of a booking sold by the cloud. */
  site_status: ProjectedBookingStatus | null
  /** Where its last row stands in the directory. */
  row_epoch: number | null
  row_rev: number | null
}

export interface ProjectedExtension {
  readonly toMs: number
  readonly holdUntilMs: number
  readonly blockFromMs: number
  readonly price: Price
}

export interface PaymentRow extends Written {
  payment_id: string
  kind: 'captured' | 'refunded'
  of_payment_id: string | null
  booking_id: string | null
  session_id: string | null
  method: string
  amount_minor: number
  currency: string
  taken_by: string
  at_ms: number
}

export interface SessionRow extends Written {
  session_id: string
  state: 'authorised' | 'inside' | 'paid' | 'departing' | 'departed' | 'voided'
  ticket: string
  vehicle_id: string | null
  vehicle_class: string
  space_id: string | null
  zone_id: string | null
  entry_lane_id: string
  exit_lane_id: string | null
  tariff_id: string
  tariff_version: number
  arrived_ms: number
  entered_ms: number | null
  departed_ms: number | null
  charged_minor: number
  paid_minor: number
  debt_minor: number
}

export interface AccessEventRow extends Written {
  kind: 'granted' | 'refused'
  door_id: string
  credential_id: string | null
  member_id: string | null
  booking_id: string | null
  reason: string
  effect_id: string | null
  at_ms: number
  /** What `door_id` is the id of. */
  place: 'door' | 'lane'
  direction: 'in' | 'out' | null
  reader_id: string | null
  credential_kind: string | null
  session_id: string | null
}

export interface EffectRow extends Written {
  effect_id: string
  outcome: string
  detail: string | null
  at_ms: number
}

export interface DoorStateRow extends Written {
  door_id: string
  state: string
  since_ms: number
}

export interface SpaceStateRow extends Written {
  space_id: string
  occupied: boolean
  since_ms: number
}

export interface IncidentRow extends Written, IncidentSubject {
  incident_id: string
  kind: string
  about: string
  at_ms: number
}

/** Money that was booked and that the gateway refused to move. */
export interface RefusedMoney extends Written {
  readonly paymentId: string
  readonly reason: string
}

/** A sale of the cloud that its site could not make good, or whose papers were wrong. */
export interface ContradictedSale extends Written {
  readonly bookingId: string
  readonly outcome: string
  readonly irregular: string | undefined
  readonly siteStatus: ProjectedBookingStatus
}

/** A fact that ends every open incident with this `ends_with` that the ledger tells before it. */
export interface IncidentEnd extends Written {
  readonly ends_with: string
  readonly at_ms: number
}

export interface RequestAnswerRow extends Written {
  request_id: string
  type: string
  body: Readonly<Record<string, unknown>>
  at_ms: number
}

/** Rows loaded or written by one run of the fold; `dirty` names those that must be written. */
export interface ProjectedRows {
  /** Added to by `keepBooking` alone. */
  readonly bookings: Map<string, BookingRow>
  /** The same bookings by each space that they occupy while they hold. */
  readonly bookingsOfSpace: Map<string, BookingRow[]>
  readonly payments: Map<string, PaymentRow>
  readonly sessions: Map<string, SessionRow>
  readonly accessEvents: AccessEventRow[]
  readonly effects: Map<string, EffectRow>
  readonly refusedMoney: RefusedMoney[]
  readonly contradictedSales: ContradictedSale[]
  /** The loans that the run's entries speak of, locked; none when they speak of none. */
  loans?: FoldedLoans | undefined
  /** The credits that the run's entries speak of, their buckets locked; none when they speak of none. */
  credits?: FoldedCredits | undefined
  readonly doorStates: Map<string, DoorStateRow>
  readonly spaceStates: Map<string, SpaceStateRow>
  readonly incidents: Map<string, IncidentRow>
  readonly incidentEnds: IncidentEnd[]
  readonly requestAnswers: Map<string, RequestAnswerRow>
  readonly dirty: {
    readonly bookings: Set<string>
    readonly payments: Set<string>
    readonly sessions: Set<string>
  }
}

/** Rows with nothing in them. */
export function noRows(): ProjectedRows {
  return {
    bookings: new Map(),
    bookingsOfSpace: new Map(),
    payments: new Map(),
    sessions: new Map(),
    accessEvents: [],
    effects: new Map(),
    refusedMoney: [],
    contradictedSales: [],
    doorStates: new Map(),
    spaceStates: new Map(),
    incidents: new Map(),
    incidentEnds: [],
    requestAnswers: new Map(),
    dirty: { bookings: new Set(), payments: new Set(), sessions: new Set() },
  }
}

/** Adds a booking to the rows, once; what it occupies never changes (another space is another booking). */
export function keepBooking({ bookings, bookingsOfSpace }: ProjectedRows, row: BookingRow): void {
  if (bookings.has(row.booking_id)) return
  bookings.set(row.booking_id, row)
  for (const space of new Set([row.space_id, ...row.parts])) {
    const there = bookingsOfSpace.get(space)
    if (there === undefined) bookingsOfSpace.set(space, [row])
    else there.push(row)
  }
}
