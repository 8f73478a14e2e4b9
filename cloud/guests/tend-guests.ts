import type { Clock } from '@gatehouse/shared/clock/clock'
import { inTransaction, type Pool } from '../database/pool.ts'
import type { DueJob } from '../jobs/run-due.ts'
import { lockPass } from '../passes/pass-store.ts'
import { revokePass } from '../passes/revoke-pass.ts'

const batchMax = 200
/** So long after a booking its guests and their names are kept for the member to look at. */
const invitationKeptMs = 30 * 24 * 3_600_000

const passesInVain = `pass p JOIN bookings b USING (site_id, booking_id)
  WHERE p.kind = 'guest' AND p.revoked_ms IS NULL AND p.to_ms > $1::bigint AND b.status IN ('cancelled', 'displaced')`

interface TendParts {
  readonly pool: Pool
  readonly clock: Clock
}

/**
 * Takes the passes of guests back whose booking was cancelled or went to somebody else, whoever decided that. Safe to run at
 * any time, in any number of processes; run it every few seconds.
 */
export function guestJob(parts: TendParts): DueJob {
  return { isDue: `EXISTS (SELECT FROM ${passesInVain})`, run: () => takePassesBack(parts) }
}

async function takePassesBack({ pool, clock }: TendParts): Promise<void> {
  const nowMs = clock.now().wallMs
  const { rows } = await pool.query<{ member_id: string; pass_id: string }>(
    `SELECT p.member_id, p.pass_id FROM ${passesInVain}
     ORDER BY p.pass_id LIMIT ${batchMax}`,
    [nowMs],
  )
  for (const { member_id, pass_id } of rows) {
    await inTransaction(pool, async (tx) => {
      const pass = await lockPass(tx, member_id, pass_id)
      if (pass !== undefined) await revokePass(tx, pass, nowMs)
    })
  }
}

/** Forgets the guests of bookings that are long over. */
export async function pruneInvitations({ pool, clock }: TendParts): Promise<void> {
  const { wallMs } = clock.now()
  await pool.query('DELETE FROM guest_invitation WHERE to_ms < $1', [wallMs - invitationKeptMs])
}
