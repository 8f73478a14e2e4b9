import { type HoldReason, wantedHold } from '@gatehouse/shared/access/door-hold'
import type { Moment } from '@gatehouse/shared/clock/clock'
import * as ids from '@gatehouse/shared/ids/ids'
import { ok } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { fireAt } from './fires.ts'
import { lockdownSince } from './lockdown.ts'

/** Begins, changes or ends what keeps a door released, as fire, schedule and lockdown want it now. */
export function settleDoorHold({ directory }: { readonly directory: DirectoryReader }): Command {
  return defineCommand({
    kind: 'settleDoorHold',
    priority: 0,
    sells: false,
    input: z.object({ doorId: ids.doorIdSchema }),
    run: (db, { doorId }, context) => {
      const wanted = holdWanted(directory, db, doorId, context.at)
      const events: LedgerEvent[] = []
      if (wanted !== holdOf(db, doorId)) {
        events.push(
          wanted
            ? { type: 'door.hold_started', body: { doorId, reason: wanted } }
            : { type: 'door.hold_ended', body: { doorId } },
        )
      }
      return ok({ events, answer: () => wanted ?? null })
    },
  })
}

/** Why a door is to be kept released now, if it is; a door that is gone is not. */
export function holdWanted(
  directory: DirectoryReader,
  db: SiteDatabase,
  doorId: ids.DoorId,
  { wallMs: atMs, quality }: Moment,
): HoldReason | undefined {
  const door = directory.get('door', doorId)
  const site = directory.site()
  if (!door || !site) return undefined
  const fire = fireAt(db, door)
  const lockdown = lockdownSince(db) !== undefined
  return wantedHold({
    ...{ atMs, clockTrusted: quality === 'trusted', door, site, fire, lockdown },
    memberInMs: door.unlock?.firstPerson ? memberInMs(db, doorId) : undefined,
  })
}

/** What keeps a door released, by the ledger. */
export function holdOf(db: SiteDatabase, doorId: ids.DoorId): HoldReason | undefined {
  return statement<{ reason: HoldReason }>(db, 'SELECT reason FROM door_holds WHERE door_id = ?').get(doorId)
    ?.reason
}

/** The doors that are kept released, by the ledger. */
export function heldDoors(db: SiteDatabase): ids.DoorId[] {
  return statement<{ door_id: ids.DoorId }>(db, 'SELECT door_id FROM door_holds ORDER BY door_id')
    .all()
    .map((row) => row.door_id)
}

/** Keeps why a door is kept released. */
export function keepHold(db: SiteDatabase, doorId: ids.DoorId, reason: HoldReason): void {
  statement(db, 'INSERT OR REPLACE INTO door_holds (door_id, reason) VALUES (?, ?)').run(doorId, reason)
}

/** Keeps that nothing keeps a door released. */
export function endHold(db: SiteDatabase, doorId: ids.DoorId): void {
  statement(db, 'DELETE FROM door_holds WHERE door_id = ?').run(doorId)
}

/** Keeps when a member was let in at a door, for schedules that wait for the first one. */
export function keepMemberIn(db: SiteDatabase, doorId: ids.DoorId, atMs: number): void {
  statement(db, 'INSERT OR REPLACE INTO members_in (door_id, at_ms) VALUES (?, ?)').run(doorId, atMs)
}

function memberInMs(db: SiteDatabase, doorId: ids.DoorId): number | undefined {
  return statement<{ at_ms: number }>(db, 'SELECT at_ms FROM members_in WHERE door_id = ?').get(doorId)?.at_ms
}
