import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from './migrate.ts'
import { asOperator, inTransaction } from './pool.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

describe('migrate', () => {
  it('applies nothing the second time, also when several processes ask at once', async () => {
    const runs = await Promise.all([migrate(database.pool), migrate(database.pool), migrate(database.pool)])
    expect(runs).toEqual([[], [], []])
  })
})

describe('inTransaction', () => {
  it('leaves nothing behind when the work throws', async () => {
    const failing = inTransaction(database.pool, async (tx) => {
      await tx.query(`INSERT INTO operators VALUES ('gone', 'Gone')`)
      throw new TypeError('stop')
    })
    await expect(failing).rejects.toThrow(TypeError)
    const { rows } = await database.pool.query(`SELECT FROM operators WHERE operator_id = 'gone'`)
    expect(rows).toHaveLength(0)
  })
})

describe('asOperator', () => {
  it('shows only the sites of that operator, whatever the query asks', async () => {
    await database.pool.query(`
      INSERT INTO operators VALUES ('harbour', 'Harbour'), ('other', 'Other');
      INSERT INTO sites (site_id, operator_id, created_ms) VALUES ('mine', 'harbour', 0), ('theirs', 'other', 0)`)
    const seen = await asOperator(database.pool, 'harbour', async (tx) => {
      const { rows } = await tx.query<{ site_id: string }>('SELECT site_id FROM sites')
      return rows.map((row) => row.site_id)
    })
    expect(seen).toEqual(['mine'])
  })
})
