import { afterAll, beforeAll, it } from 'vitest'
import { startMs, startTestCloud, type TestCloud } from './http/testing/test-cloud.ts'

let world: TestCloud
beforeAll(async () => {
  world = await startTestCloud()
})
afterAll(() => world?.close())

const past = startMs - 24 * 3_600_000

/** What jobs look for, as rows that were left behind, and whether it was seen to. */
const leftBehind = [
  {
    job: 'ends the loans whose time is over',
    rows: `INSERT INTO loans (site_id, loan_id, space_id, from_ms, to_ms, sell_until_ms, terms_epoch, state, incarnation,
        granted_ms, changed_ms)
      SELECT 'north', 'ln_0123456789abcdef012345678', 'room-1', ${past}, ${past} + 1000, ${past}, epoch, 'open', 1, 0, 0
      FROM cloud_identity`,
    seenTo: "SELECT state <> 'open' AS done FROM loans",
  },
  {
    job: 'shares credits',
    rows: `INSERT INTO credit_buckets (bucket_id, operator_id, member_id, currency, funded_minor, promotional, from_ms,
        expires_ms, reason, created_ms)
      VALUES ('cb_0', 'demo', 'mb-anna', 'EUR', 100, false, 0, ${startMs} * 2, 'purchase', 0)`,
    seenTo: 'SELECT tend_ms > 0 AS done FROM credit_buckets',
  },
  {
    job: 'clears directories of settled requests',
    rows: `INSERT INTO booking_request (request_id, booking_id, site_id, kind, created_ms, expires_ms, state, settled_ms)
      VALUES ('rq_settled', 'bk_1', 'north', 'cancelBooking', 0, 1, 'done', ${past})`,
    seenTo: "SELECT removed AS done FROM booking_request WHERE request_id = 'rq_settled'",
  },
  {
    job: 'clears directories of commands from afar',
    rows: `INSERT INTO site_directory (site_id, kind, key, epoch, rev, body, digest)
      SELECT 'north', 'remote_command', 'rq_afar', epoch, 0, '{"askedMs": ${past}}', '' FROM cloud_identity`,
    seenTo: "SELECT body IS NULL AS done FROM site_directory WHERE key = 'rq_afar'",
  },
  {
    job: 'takes the passes of guests back',
    rows: `WITH cancelled AS (
        INSERT INTO bookings (site_id, booking_id, incarnation, seq, space_id, status, reference, from_ms, to_ms,
          block_to_ms, hold_until_ms, price, held_ms)
        VALUES ('north', 'bk_2', 1, 1, 'room-1', 'cancelled', 'R', 0, 1, 1, 0, '{}', 0) RETURNING booking_id)
      INSERT INTO pass (pass_id, site_id, kind, user_id, member_id, booking_id, guest_id, holder_key, issued_ms, to_ms,
        created_ms)
      SELECT 'ps_0', 'north', 'guest', 'us', 'mb-anna', booking_id, 'gs_0', 'k', 0, ${startMs} * 2, 0 FROM cancelled`,
    seenTo: "SELECT revoked_ms IS NOT NULL AS done FROM pass WHERE pass_id = 'ps_0'",
  },
] as const

it.concurrent.each(leftBehind)('beside its answers a cloud $job', async ({ rows, seenTo }) => {
  const { pool } = world.cloud
  await pool.query(rows)
  await world.until(async () => {
    const found = await pool.query<{ done: boolean }>(seenTo)
    return found.rows[0]?.done === true
  })
})
