import type { InsideView } from '@gatehouse/shared/api/inside-view'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'

/** People, and vehicles, that are listed at most: what prints on paper and reads aloud in a yard. */
const listedMax = 2_000

type People = InsideView['people']

interface Place {
  readonly person: string
  readonly zone_id: string
  readonly since_ms: number
}
interface Seat {
  readonly booking_id: string
  readonly space_id: string
  readonly holder_kind: string
  readonly holder_id: string
  readonly reference: string
  readonly from_ms: number
}
interface Stay {
  readonly ticket: string
  readonly space_id: string | null
  readonly since_ms: number
}

/**
 * Who is inside as far as the site knows, offline as well: whoever the doors saw go into a zone and not out of it, whoever
 * checked in for a booking that still runs, and the vehicles that entered and did not leave. Longest inside first.
 */
export function listInside(db: SiteDatabase, directory: DirectoryReader, nowMs: number): InsideView {
  const seats = seatsOf(db, nowMs)
  const seen = peopleByDoors(db, directory, seats)
  const known = new Set(seen.map(({ key }) => key))
  const seated = peopleByBookings(directory, seats).filter(({ key }) => !known.has(key))
  const vehicles = statement<Stay>(
    db,
    `SELECT ticket, space_id, coalesce(entered_ms, arrived_ms) AS since_ms FROM parking_sessions
     WHERE state IN ('inside', 'charged', 'paid', 'departing') ORDER BY since_ms LIMIT ?`,
  ).all(listedMax + 1)
  const people = [...seen, ...seated].sort((a, b) => a.sinceMs - b.sinceMs)
  const doors = [...directory.all('door').values()]
  return {
    nowMs,
    knows: {
      zones: doors.some(({ zoneId, outerZoneId }) => (zoneId ?? outerZoneId) !== undefined),
      vehicles: directory.all('lane').size > 0,
    },
    people: people.slice(0, listedMax),
    vehicles: vehicles.slice(0, listedMax).map(({ ticket, space_id, since_ms }) => ({
      ticket,
      ...spaceName(directory, space_id),
      sinceMs: since_ms,
    })),
    isCut: people.length > listedMax || vehicles.length > listedMax,
  }
}

function seatsOf(db: SiteDatabase, nowMs: number): Seat[] {
  return statement<Seat>(
    db,
    `SELECT booking_id, space_id, holder_kind, holder_id, reference, from_ms FROM bookings
     WHERE status = 'checked_in' AND to_ms > ? ORDER BY from_ms LIMIT ?`,
  ).all(nowMs, listedMax + 1)
}

function peopleByDoors(db: SiteDatabase, directory: DirectoryReader, seats: readonly Seat[]): People {
  const rows = statement<Place>(
    db,
    'SELECT person, zone_id, since_ms FROM zone_places ORDER BY since_ms LIMIT ?',
  ).all(listedMax + 1)
  return rows.map(({ person, zone_id, since_ms }) => {
    const zone = directory.get('zone', zone_id)
    const seat = seats.find(({ holder_kind, holder_id }) => keyOf(holder_kind, holder_id) === person)
    return {
      key: person,
      ...nameOf(directory, person),
      zoneName: zone?.name ?? zone_id,
      ...spaceName(directory, seat?.space_id ?? null),
      sinceMs: since_ms,
      by: 'doors',
    }
  })
}

function peopleByBookings(directory: DirectoryReader, seats: readonly Seat[]): People {
  return seats.map(({ booking_id, space_id, holder_kind, holder_id, reference, from_ms }) => {
    const key = keyOf(holder_kind, holder_id) ?? `b:${booking_id}`
    const named = nameOf(directory, key)
    return {
      key,
      ...(named.name === undefined ? { reference } : named),
      ...spaceName(directory, space_id),
      sinceMs: from_ms,
      by: 'booking',
    }
  })
}

/** The person of the doors that a booking's holder is. */
function keyOf(holderKind: string, holderId: string): string | undefined {
  return holderKind === 'member' ? `m:${holderId}` : undefined
}

function nameOf(directory: DirectoryReader, person: string): { readonly name?: string } {
  const member = person.startsWith('m:') ? directory.get('member', person.slice(2)) : undefined
  return member ? { name: member.displayName } : {}
}

function spaceName(directory: DirectoryReader, spaceId: string | null): { readonly spaceName?: string } {
  const space = spaceId === null ? undefined : directory.get('space', spaceId)
  return space ? { spaceName: space.name } : {}
}
