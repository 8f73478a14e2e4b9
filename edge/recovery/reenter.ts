import type { BookingId } from '@gatehouse/shared/ids/ids'
import { bookingIdSchema } from '@gatehouse/shared/ids/ids'
import { type ChainHead, emptyHead } from '@gatehouse/shared/ledger/chain'
import {
  type Entry,
  type EntryBody,
  type EntryOriginPlace,
  entryFrameSchema,
  type LedgerEvent,
  parseEvent,
} from '@gatehouse/shared/wire/v1/entries'
import Database from 'better-sqlite3'
import type { Projections } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { appendEntry, type StoredEntry } from '../ledger/entry-store.ts'
import { applyEntry } from '../ledger/projection.ts'
import { statement } from '../ledger/statements.ts'
import { type RivalSale, winsAgainst } from './decide-rivals.ts'

/** How the facts of the lost branch came into the new life. */
export interface Reentered {
  readonly entered: number
  readonly contradicted: number
}

export interface ReentryOptions {
  readonly db: SiteDatabase
  readonly projections: readonly Projections[]
  /** The life that begins. */
  readonly incarnation: number
  readonly how: EntryBody<'site.recovered'>['how']
  /** The life that ended and the last of its entries that the cloud has. */
  readonly from: EntryBody<'site.recovered'>['from']
  readonly fetched: number
  /** What the box itself recorded after the last entry that both have, in order. */
  readonly local: readonly StoredEntry[]
  /** The moment and the command under which the new life begins. */
  readonly at: Entry['at']
  readonly site: Entry['site']
  readonly commandId: Entry['commandId']
}

/**
 * Begins the new life with a note of where it comes from, then enters again what the box recorded on the lost branch, each
 * entry naming its origin. What the books contradict is recorded whole as `recovery.contradicted`, for a person. Run it in
 * one transaction.
 */
export function reenter(options: ReentryOptions): Reentered {
  return new Reentry(options).run()
}

class Reentry {
  readonly #options: ReentryOptions
  readonly #lostBookings = new Set<BookingId>()
  readonly #checkedIn: ReadonlySet<string>
  #head: ChainHead = emptyHead
  #contradicted = 0

  constructor(options: ReentryOptions) {
    this.#options = options
    this.#checkedIn = new Set(
      options.local.map(frameOf).flatMap((frame) => {
        const event = frame && parseEvent(frame)
        return event?.type === 'booking.checked_in' ? [event.body.bookingId] : []
      }),
    )
  }

  run(): Reentered {
    const { how, from, fetched, local, at, commandId } = this.#options
    const body = { how, from, fetched, reentered: local.length }
    this.#append({ type: 'site.recovered', body }, { at, commandId })
    for (const stored of local) this.#enter(stored)
    // What is lent is not sold here until the cloud has compared its books with this life's.
    this.#append({ type: 'lending.stopped', body: { reason: 'new_incarnation' } }, { at, commandId })
    return { entered: local.length - this.#contradicted, contradicted: this.#contradicted }
  }

  #enter(stored: StoredEntry): void {
    const frame = frameOf(stored)
    if (!frame) return
    const origin = { incarnation: frame.incarnation, seq: stored.seq, hash: stored.hash }
    const event = parseEvent(frame)
    const code = event ? this.#refusalOf(event, frame, origin) : 'unreadable'
    if (code === undefined) return
    this.#contradicted += 1
    const { type, body } = frame
    this.#append({ type: 'recovery.contradicted', body: { origin, type, code, body } }, frame)
  }

  /** Enters an event, or says what speaks against it and leaves everything as it was. */
  #refusalOf(event: LedgerEvent, frame: Entry, origin: EntryOriginPlace): string | undefined {
    const bookingId = event.type.startsWith('booking.') ? bookingOf(frame) : undefined
    if (bookingId !== undefined && this.#lostBookings.has(bookingId)) return 'booking_contradicted'
    const refused = this.#try(event, frame, origin)
    if (refused === undefined) return undefined
    if (event.type !== 'booking.held') return refused
    if (refused === 'space_taken' && this.#makeRoom(event.body, frame)) {
      return this.#try(event, frame, origin)
    }
    this.#lostBookings.add(event.body.bookingId)
    return refused
  }

  #try(event: LedgerEvent, frame: Entry, origin: EntryOriginPlace): string | undefined {
    const { db } = this.#options
    const before = this.#head
    statement(db, 'SAVEPOINT reentry').run()
    try {
      this.#append(event, frame, origin)
      statement(db, 'RELEASE reentry').run()
      return undefined
    } catch (error) {
      statement(db, 'ROLLBACK TO reentry').run()
      statement(db, 'RELEASE reentry').run()
      this.#head = before
      if (!isContradiction(error)) throw error
      return /^[a-z][a-z_]{2,40}$/.test(error.message) ? error.message : 'exists_already'
    }
  }

  /** Cancels what stands in the way of a sale that goes before it, with everything that was paid to be given back. */
  #makeRoom(held: EntryBody<'booking.held'>, frame: Entry): boolean {
    const { db } = this.#options
    const rivals = rivalsOf(db, held)
    const mine = { checkedIn: this.#checkedIn.has(held.bookingId), heldMs: frame.at.wallMs }
    if (!winsAgainst(mine, rivals)) return false
    for (const { bookingId, paidMinor } of rivals) {
      const body = { bookingId, feeMinor: 0, refundMinor: paidMinor }
      this.#append({ type: 'booking.cancelled', body }, frame)
    }
    return rivals.length > 0
  }

  #append(
    event: LedgerEvent,
    { at, commandId }: Pick<Entry, 'at' | 'commandId'>,
    origin?: EntryOriginPlace,
  ): void {
    const { db, site, incarnation, projections } = this.#options
    const place = { site, incarnation, at, commandId, ...(origin && { origin }) }
    const sealed = appendEntry(db, this.#head, event, place)
    applyEntry(db, projections, event, sealed.entry)
    this.#head = { seq: sealed.entry.seq, hash: sealed.hash }
  }
}

function frameOf(stored: StoredEntry): Entry | undefined {
  return entryFrameSchema.safeParse(JSON.parse(stored.text)).data
}

function bookingOf({ body }: Entry): BookingId | undefined {
  return bookingIdSchema.safeParse(body.bookingId).data
}

function isContradiction(error: unknown): error is Error {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT')
}

interface Rival extends RivalSale {
  readonly bookingId: BookingId
  readonly paidMinor: number
}

/** The bookings that hold a part of the block, or of one of its parts. */
function rivalsOf(db: SiteDatabase, held: EntryBody<'booking.held'>): Rival[] {
  const spaces = [held.spaceId, ...(held.parts ?? [])]
  const rows = spaces.flatMap((spaceId) =>
    statement<{ bookingId: BookingId; status: string; heldMs: number; paidMinor: number; sold: number }>(
      db,
      `SELECT b.booking_id AS bookingId, b.status, b.held_at_ms AS heldMs,
         coalesce((SELECT sum(CASE kind WHEN 'captured' THEN amount_minor ELSE -amount_minor END)
           FROM payments WHERE subject_id = b.booking_id), 0) AS paidMinor,
         EXISTS (SELECT 1 FROM cloud_bookings WHERE booking_id = b.booking_id) AS sold
       FROM booking_blocks k JOIN bookings b USING (booking_id)
       WHERE k.space_id = ? AND k.from_ms < ? AND k.block_to_ms > ? AND k.booking_id <> ?`,
    ).all(spaceId, held.blockToMs, held.fromMs, held.bookingId),
  )
  const byId = new Map(rows.map((row) => [row.bookingId, row]))
  return [...byId.values()].map(({ bookingId, status, heldMs, paidMinor, sold }) => ({
    ...{ bookingId, heldMs, paidMinor },
    checkedIn: status === 'checked_in',
    isCloudSale: sold === 1,
  }))
}
