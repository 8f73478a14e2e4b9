import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asOperator } from '../database/pool.ts'
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts'
import { loadCloudIdentity } from './cloud-identity.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const load = (seed: number) => loadCloudIdentity(database.pool, new SeededRandom(seed), 0)

describe('the cloud identity', () => {
  it('is made once, also when several processes start together', async () => {
    const [first, ...others] = await Promise.all([load(1), load(2), load(3)])
    expect(first?.epoch).toBe(1)
    for (const other of others) expect(other).toEqual(first)
  })

  it('begins a new epoch in a restored database, once, with the same keys', async () => {
    const before = await load(1)
    await database.pool.query(`UPDATE cloud_identity SET database_identity = 'another machine'`)
    const after = await load(1)
    expect(after).toEqual({ ...before, epoch: 2 })
    expect(await load(1)).toEqual(after)
  })

  it('can be told apart without being a superuser', async () => {
    const query = 'SELECT system_identifier, timeline_id FROM pg_control_system(), pg_control_checkpoint()'
    const found = await asOperator(database.pool, 'nobody', (tx) => tx.query(query))
    expect(found.rows).toHaveLength(1)
  })
})
