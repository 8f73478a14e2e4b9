import type { KnownPlace } from '@gatehouse/shared/access/decide-passage'
import type { DoorId, MemberId, ZoneId } from '@gatehouse/shared/ids/ids'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { EntryBody } from '@gatehouse/shared/wire/v1/entries'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** Who passes doors: a member, or a guest's pass. */
export type Person = `m:${string}` | `p:${string}`

/** The doors that somebody opened in time count as gone through; a moment longer than the lock is released. */
const passageGraceMs = 5_000
/** Passes live 24 h; the place of one that never left is forgotten after this. */
const guestPlaceMaxMs = 48 * 3_600_000

/** The person of a member or of a guest's pass, if it is known. */
export function personOf(memberId: string | undefined, passId?: string): Person | undefined {
  if (memberId !== undefined) return `m:${memberId}`
  return passId === undefined ? undefined : `p:${passId}`
}

/** Where a person is by the doors. */
export function placeOf(db: SiteDatabase, person: Person): KnownPlace | undefined {
  const row = statement<{ zone_id: ZoneId; since_ms: number }>(
    db,
    'SELECT zone_id, since_ms FROM zone_places WHERE person = ?',
  ).get(person)
  return row && { zoneId: row.zone_id, sinceMs: row.since_ms }
}

/** Where somebody is once through this door at `atMs`; nothing at doors that are between no zones. */
export function movesThrough(
  door: DirectoryBody<'door'>,
  direction: 'in' | 'out',
  atMs: number,
): Pick<EntryBody<'access.granted'>, 'moves'> {
  const { zoneId = null, outerZoneId = null, contactDeviceId, pulseMs } = door
  if (zoneId === null && outerZoneId === null) return {}
  const on = contactDeviceId === undefined ? 'release' : 'opening'
  const untilMs = atMs + pulseMs + passageGraceMs
  return { moves: { zoneId: direction === 'in' ? zoneId : outerZoneId, on, untilMs } }
}

/** Notes that somebody was let through: they are there at once where nothing tells of the opening, or the door is open. */
export function notePassage(
  db: SiteDatabase,
  persons: readonly Person[],
  {
    doorId,
    moves,
  }: { readonly doorId: DoorId; readonly moves: NonNullable<EntryBody<'access.granted'>['moves']> },
  atMs: number,
): void {
  for (const person of persons) {
    if (moves.on === 'release' || isOpen(db, doorId)) move(db, person, moves.zoneId, atMs)
    else {
      statement(
        db,
        'INSERT OR REPLACE INTO passages (person, door_id, zone_id, until_ms) VALUES (?, ?, ?, ?)',
      ).run(person, doorId, moves.zoneId, moves.untilMs)
    }
  }
}

/** A door opened: whoever was let through in time is on its other side. */
export function openPassages(db: SiteDatabase, doorId: DoorId, atMs: number): void {
  const passages = statement<{ person: Person; zone_id: ZoneId | null; until_ms: number }>(
    db,
    'SELECT person, zone_id, until_ms FROM passages WHERE door_id = ? ORDER BY person',
  ).all(doorId)
  for (const { person, zone_id, until_ms } of passages) if (atMs <= until_ms) move(db, person, zone_id, atMs)
  statement(db, 'DELETE FROM passages WHERE door_id = ?').run(doorId)
}

/** Forgets where a member is, or where everybody is. */
export function forgetPlaces(db: SiteDatabase, memberId: MemberId | undefined): void {
  for (const table of ['zone_places', 'passages'] as const) {
    if (memberId === undefined) statement(db, `DELETE FROM ${table}`).run()
    else statement(db, `DELETE FROM ${table} WHERE person = ?`).run(`m:${memberId}`)
  }
}

function move(db: SiteDatabase, person: Person, zoneId: ZoneId | null, atMs: number): void {
  statement(db, "DELETE FROM zone_places WHERE person LIKE 'p:%' AND since_ms < ?").run(
    atMs - guestPlaceMaxMs,
  )
  statement(db, 'DELETE FROM passages WHERE person = ?').run(person)
  if (zoneId === null) statement(db, 'DELETE FROM zone_places WHERE person = ?').run(person)
  else {
    statement(db, 'INSERT OR REPLACE INTO zone_places (person, zone_id, since_ms) VALUES (?, ?, ?)').run(
      person,
      zoneId,
      atMs,
    )
  }
}

function isOpen(db: SiteDatabase, doorId: DoorId): boolean {
  const row = statement<{ state: string }>(db, 'SELECT state FROM doors WHERE door_id = ?').get(doorId)
  return row?.state === 'open' || row?.state === 'held_open'
}
