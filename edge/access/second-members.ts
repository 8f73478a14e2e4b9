import type { WaitingMember } from '@gatehouse/shared/access/decide-passage'
import type { DoorId, MemberId } from '@gatehouse/shared/ids/ids'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** Who waits at a door for a second member. */
export function waitingAt(db: SiteDatabase, doorId: DoorId): WaitingMember | undefined {
  const row = statement<{ member_id: MemberId; until_ms: number }>(
    db,
    'SELECT member_id, until_ms FROM second_members WHERE door_id = ?',
  ).get(doorId)
  return row && { memberId: row.member_id, untilMs: row.until_ms }
}

/** Keeps who waits; who came before does no more. */
export function keepWaiting(db: SiteDatabase, doorId: DoorId, { memberId, untilMs }: WaitingMember): void {
  statement(db, 'INSERT OR REPLACE INTO second_members (door_id, member_id, until_ms) VALUES (?, ?, ?)').run(
    doorId,
    memberId,
    untilMs,
  )
}

/** The door opened for somebody: nobody waits there any more. */
export function endWaiting(db: SiteDatabase, doorId: DoorId): void {
  statement(db, 'DELETE FROM second_members WHERE door_id = ?').run(doorId)
}
