import { type LaneId, laneIdSchema, sessionIdSchema } from '@gatehouse/shared/ids/ids'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { readSession } from './session-store.ts'

/** The exit lane whose last answer was that this payment's session has to pay first. */
export function waitingForPayment(
  db: SiteDatabase,
  payment: Readonly<Record<string, unknown>>,
): { readonly laneId: LaneId; readonly ticket: string } | undefined {
  const { subject } = payment
  if (typeof subject !== 'object' || subject === null || !('sessionId' in subject)) return undefined
  const sessionId = sessionIdSchema.safeParse(subject.sessionId)
  if (!sessionId.success) return undefined
  const row = statement<{ laneId: string }>(
    db,
    `SELECT lane_id AS laneId FROM parking_lanes
     WHERE refused_session_id = ? AND refused_reason = 'payment_needed'`,
  ).get(sessionId.data)
  const session = row && readSession(db, sessionId.data)
  return session && { laneId: laneIdSchema.parse(row.laneId), ticket: session.stay.ticket }
}
