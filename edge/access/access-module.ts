import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry, EntryBody } from '@gatehouse/shared/wire/v1/entries'
import type { LedgerModule } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { packageRoot } from '../package-root.ts'
import { accessCommands } from './commands.ts'
import { endHold, keepHold, keepMemberIn, settleDoorHold } from './door-holds.ts'
import { keepRelease } from './door-neighbours.ts'
import { requestExit } from './exit-commands.ts'
import { endFire, keepFire, reportFire } from './fires.ts'
import { endLockdown, keepLockdown } from './lockdown.ts'
import { type PassOptions, presentPass } from './pass-command.ts'
import { keepPassUse } from './pass-uses.ts'
import { readerTables, readerTroubleProjections } from './reader-troubles.ts'
import { remoteCommands } from './remote-commands.ts'
import { endWaiting, keepWaiting } from './second-members.ts'
import { forgetPlaces, notePassage, openPassages, type Person, personOf } from './zone-places.ts'

const passageTables = ['zone_places', 'passages', 'door_releases', 'second_members']
const holdTables = ['fires', 'door_holds', 'members_in']

/** Doors, readers and who may pass; plugs into the kernel. */
export function accessModule(options: PassOptions): LedgerModule {
  return {
    name: 'access',
    tablesSql: readFileSync(join(packageRoot, 'access/tables.sql'), 'utf8'),
    projectedTables: [
      'doors',
      'pass_uses',
      'lockdown',
      'door_troubles',
      ...readerTables,
      ...passageTables,
      ...holdTables,
    ],
    commands: [
      ...accessCommands(options),
      ...[presentPass(options), requestExit(options), settleDoorHold(options), reportFire],
      ...remoteCommands(options),
    ],
    projections: {
      ...readerTroubleProjections,
      'access.granted': (db, body, entry) => {
        noteAt(db, entry, { doorId: body.doorId, kind: 'granted', memberId: body.memberId })
        if (body.pass) keepPassUse(db, body.pass, entry.at.wallMs)
        const persons = [personOf(body.memberId, body.pass?.passId), personOf(body.withMemberId)]
        noteRelease(db, body, persons, entry)
        endWaiting(db, body.doorId)
        if (body.memberId) keepMemberIn(db, body.doorId, entry.at.wallMs)
      },
      'access.refused': (db, body, entry) => {
        noteAt(db, entry, { doorId: body.doorId, kind: 'refused', reason: body.reason })
        const { memberId, waitsUntilMs } = body
        if (memberId && waitsUntilMs) keepWaiting(db, body.doorId, { memberId, untilMs: waitsUntilMs })
      },
      'access.exit_requested': (db, body, entry) => {
        noteAt(db, entry, { doorId: body.doorId, kind: 'exit' })
        const passId = body.credential === undefined ? body.credentialId : undefined
        noteRelease(db, body, [personOf(body.memberId, passId)], entry)
      },
      'door.unlocked': (db, body, entry) => {
        noteAt(db, entry, { doorId: body.doorId, kind: 'unlocked' })
        noteRelease(db, body, [], entry)
      },
      'lockdown.started': (db, body, entry) => keepLockdown(db, body.by, entry.at.wallMs),
      'lockdown.ended': (db) => endLockdown(db),
      'door.state_changed': (db, body, entry) => {
        statement(
          db,
          `INSERT INTO doors (door_id, state, since_ms) VALUES (?, ?, ?)
           ON CONFLICT (door_id) DO UPDATE SET state = excluded.state, since_ms = excluded.since_ms`,
        ).run(body.doorId, body.state, entry.at.wallMs)
        if (body.state === 'open') openPassages(db, body.doorId, entry.at.wallMs)
      },
      'door.hold_started': (db, { doorId, reason }) => keepHold(db, doorId, reason),
      'door.hold_ended': (db, { doorId }) => endHold(db, doorId),
      'fire.alarmed': (db, { deviceId }, entry) => keepFire(db, deviceId, entry.at.wallMs),
      'fire.cleared': (db, { deviceId }) => endFire(db, deviceId),
      'passback.forgiven': (db, { memberId }) => forgetPlaces(db, memberId),
      'door.trouble_started': (db, { doorId, fault }) => {
        statement(db, 'INSERT OR REPLACE INTO door_troubles (door_id, fault) VALUES (?, ?)').run(
          doorId,
          fault,
        )
      },
      'door.trouble_ended': (db, { doorId }) => {
        statement(db, 'DELETE FROM door_troubles WHERE door_id = ?').run(doorId)
      },
    },
  }
}

/** Keeps how long the lock is released, and where those who were let through are from then on. */
function noteRelease(
  db: SiteDatabase,
  { doorId, moves, pulseMs }: Pick<EntryBody<'access.granted'>, 'doorId' | 'moves' | 'pulseMs'>,
  persons: readonly (Person | undefined)[],
  { at }: Entry,
): void {
  if (pulseMs !== undefined) keepRelease(db, doorId, at.wallMs + pulseMs)
  if (!moves) return
  const known = persons.filter((person) => person !== undefined)
  notePassage(db, known, { doorId, moves }, at.wallMs)
}

function noteAt(
  db: SiteDatabase,
  entry: Entry,
  note: {
    readonly doorId: string
    readonly kind: string
    readonly memberId?: string | undefined
    readonly reason?: string
  },
): void {
  statement(
    db,
    `INSERT INTO doors (door_id, since_ms, last_kind, last_member_id, last_reason, last_ms)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (door_id) DO UPDATE SET last_kind = excluded.last_kind,
       last_member_id = excluded.last_member_id, last_reason = excluded.last_reason, last_ms = excluded.last_ms`,
  ).run(note.doorId, entry.at.wallMs, note.kind, note.memberId ?? null, note.reason ?? null, entry.at.wallMs)
}
