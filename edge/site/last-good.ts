import { existsSync, renameSync, rmSync } from 'node:fs'
import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { SiteDatabase } from '../ledger/database.ts'
import { readHead } from '../ledger/entry-store.ts'

/** The small file beside the ledger from which doors and exits go on when the ledger is damaged. */
export const lastGoodFile = 'last-good.sqlite'

const openStays = "SELECT session_id FROM parking_sessions WHERE state NOT IN ('departed', 'voided')"
const vehiclesInside = `SELECT vehicle_id FROM parking_sessions
  WHERE state NOT IN ('departed', 'voided') AND vehicle_id IS NOT NULL`
const bookingsInForce = "status IN ('held', 'confirmed', 'checked_in')"

/** Tables that access and departure read, each with the rows that still matter. */
const keptTables: Readonly<Record<string, string>> = {
  directory: 'true',
  directory_position: 'true',
  // Before the blocks, which the store keeps out of what is lent unless the cloud sold them.
  cloud_bookings: 'true',
  // Before the bookings, whose own blocks would follow from them.
  booking_blocks: 'true',
  bookings: bookingsInForce,
  loans: 'true',
  doors: 'true',
  lockdown: 'true',
  door_troubles: 'true',
  door_holds: 'true',
  door_releases: 'true',
  second_members: 'true',
  reader_troubles: 'true',
  fires: 'true',
  zone_places: 'true',
  members_in: 'true',
  pin_guards: 'true',
  staff_guards: 'true',
  parking_sessions: `session_id IN (${openStays})`,
  parking_substitutes: `session_id IN (${openStays})`,
  parking_counts: 'true',
  parking_lanes: 'true',
  parking_lane_troubles: 'true',
  parking_hand_openings: 'true',
  parking_lane_holds: 'true',
  parking_fires: 'true',
  parking_bays: 'true',
  parking_full: 'true',
  parking_tariffs: 'true',
  parking_plates: `vehicle_id IN (${vehiclesInside})`,
  subjects: `subject_id IN (${vehiclesInside} UNION SELECT holder_id FROM bookings WHERE ${bookingsInForce})`,
}

/**
 * Copies what access and departure need into `path`, replacing the copy before in one step.
 * Call it between commands. Throws what the store throws; the old copy then stays.
 */
export function writeLastGood(db: SiteDatabase, incarnation: number, path: string): void {
  const fresh = `${path}.new`
  removeStore(fresh)
  db.prepare('ATTACH ? AS good').run(fresh)
  try {
    db.pragma('good.journal_mode = MEMORY')
    db.pragma('good.synchronous = FULL')
    db.exec('BEGIN')
    for (const [table, rows] of Object.entries(keptTables)) {
      if (columnsOf(db, 'main', table).length === 0) continue
      db.exec(`CREATE TABLE good.${table} AS SELECT * FROM main.${table} WHERE ${rows}`)
    }
    const { seq, hash } = readHead(db, incarnation)
    db.exec('CREATE TABLE good.head (incarnation INTEGER, seq INTEGER, hash TEXT)')
    db.prepare('INSERT INTO good.head VALUES (?, ?, ?)').run(incarnation, seq, hash)
    db.exec('COMMIT')
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK')
    db.exec('DETACH good')
    removeStore(fresh)
    throw error
  }
  db.exec('DETACH good')
  renameSync(fresh, path)
}

/** The head that the ledger had when the copy was made; `undefined` without a readable copy of this life. */
export function lastGoodHead(db: SiteDatabase, incarnation: number, path: string): ChainHead | undefined {
  return withCopy(db, path, () =>
    db.prepare<[number], ChainHead>('SELECT seq, hash FROM good.head WHERE incarnation = ?').get(incarnation),
  )
}

/** Fills the tables that exist in `db`, and are empty, from the copy. Tells how many rows came. */
export function seedFromLastGood(db: SiteDatabase, path: string): number {
  const seeded = withCopy(db, path, () => {
    const fill = db.transaction(() => {
      let rows = 0
      for (const table of Object.keys(keptTables)) rows += seedTable(db, table)
      return rows
    })
    return fill()
  })
  return seeded ?? 0
}

function seedTable(db: SiteDatabase, table: string): number {
  const known = new Set(columnsOf(db, 'good', table))
  const columns = columnsOf(db, 'main', table).filter((column) => known.has(column))
  if (columns.length === 0 || db.prepare(`SELECT 1 FROM main.${table} LIMIT 1`).get()) return 0
  const list = columns.join(', ')
  return db.prepare(`INSERT INTO main.${table} (${list}) SELECT ${list} FROM good.${table}`).run().changes
}

function withCopy<Value>(db: SiteDatabase, path: string, read: () => Value): Value | undefined {
  if (!existsSync(path)) return undefined
  db.prepare('ATTACH ? AS good').run(path)
  try {
    return db.pragma('good.quick_check(1)', { simple: true }) === 'ok' ? read() : undefined
  } catch {
    // A copy that cannot be read is no copy.
    return undefined
  } finally {
    db.exec('DETACH good')
  }
}

function columnsOf(db: SiteDatabase, schema: 'main' | 'good', table: string): string[] {
  return db
    .prepare<[string, string], { name: string }>('SELECT name FROM pragma_table_info(?, ?)')
    .all(table, schema)
    .map(({ name }) => name)
}

function removeStore(path: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
}
