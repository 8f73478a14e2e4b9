import type { Clock } from '@gatehouse/shared/clock/clock'
import { inTransaction, type Pool } from '../database/pool.ts'
import { lockPass } from '../passes/pass-store.ts'
import { revokePass } from '../passes/revoke-pass.ts'

const batchMax = 200
/** So long after a booking its guests and their names are kept for the member to look at. */
const invitationKeptMs = 30 * 24 * 3_600_000

/**
 * Takes the passes of guests back whose booking was cancelled or went to somebody else, whoever decided that, and forgets
 * the guests of bookings that are long over. Safe to run at any time, in any number of processes; run it every few seconds.
 */
export async function tendGuests({
  pool,
  clock,
}: {
  readonly pool: Pool
  readonly clock: Clock
}): Promise<void> {
  const nowMs = clock.now().wallMs
  const { rows } = await pool.query<{ member_id: string; pass_id: string }>(
    `SELECT p.member_id, p.pass_id FROM pass p JOIN bookings b USING (site_id, booking_id)
     WHERE p.kind = 'guest' AND p.revoked_ms IS NULL AND p.to_ms > $1 AND b.status IN ('cancelled', 'displaced')
     ORDER BY p.pass_id LIMIT ${batchMax}`,
    [nowMs],
  )
  for (const { member_id, pass_id } of rows) {
    await inTransaction(pool, async (tx) => {
      const pass = await lockPass(tx, member_id, pass_id)
      if (pass !== undefined) await revokePass(tx, pass, nowMs)
    })
  }
  await pool.query('DELETE FROM guest_invitation WHERE to_ms < $1', [nowMs - invitationKeptMs])
}
