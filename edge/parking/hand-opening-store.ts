import type { LaneId } from '@gatehouse/shared/ids/ids'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** More vehicles than this are not expected to pass by hand ahead of their passage. */
export const waitingMax = 4

interface HandRow {
  readonly opened: number
  readonly waiting: number
}

function read(db: SiteDatabase, laneId: string): HandRow {
  const text = 'SELECT opened, waiting FROM parking_hand_openings WHERE lane_id = ?'
  return statement<HandRow>(db, text).get(laneId) ?? { opened: 0, waiting: 0 }
}

/** Vehicles that were let through by hand without a stay and have not passed. */
export function waitingByHand(db: SiteDatabase, laneId: LaneId): number {
  return read(db, laneId).waiting
}

/** How often the lane was opened by hand, ever. */
export function openedByHand(db: SiteDatabase, laneId: LaneId): number {
  return read(db, laneId).opened
}

/** Keeps one more opening by hand, of which at most `waitingMax` wait; one with a stay waits as that stay does. */
export function noteHandOpening(db: SiteDatabase, laneId: string, hasStay: boolean): void {
  statement(
    db,
    `INSERT INTO parking_hand_openings (lane_id, opened, waiting) VALUES (?, 1, ?)
     ON CONFLICT (lane_id) DO UPDATE SET opened = opened + 1, waiting = min(?, waiting + excluded.waiting)`,
  ).run(laneId, hasStay ? 0 : 1, waitingMax)
}

/** One vehicle that was let through by hand has passed, or went away. */
export function endHandOpening(db: SiteDatabase, laneId: string): void {
  statement(db, 'UPDATE parking_hand_openings SET waiting = max(0, waiting - 1) WHERE lane_id = ?').run(
    laneId,
  )
}
