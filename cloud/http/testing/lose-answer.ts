import { expect } from 'vitest'
import type { Queryable } from '../../database/pool.ts'

/** Makes a key look as a process leaves it that dies after its commit and before the answer is kept; the lease is over. */
export async function loseAnswer(db: Queryable, key: string): Promise<void> {
  const { rowCount } = await db.query(
    'UPDATE idempotency_key SET status = NULL, body = NULL, lease_ms = 0 WHERE key = $1',
    [key],
  )
  expect(rowCount).toBe(1)
}
