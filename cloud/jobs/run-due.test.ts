import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts'
import { type DueJob, runDue } from './run-due.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.close())

describe('a round of jobs', () => {
  it('runs those that have something to do at this moment, in their order', async () => {
    const ran: string[] = []
    const job = (name: string, isDue: string): DueJob => ({ isDue, run: async () => ran.push(name) })
    const jobs = [
      job('late', '$1::bigint > 2000000000000'),
      job('first', '$1::bigint >= 2000000000000'),
      job('never', 'EXISTS (SELECT WHERE false)'),
      job('unknown', 'NULL::boolean'),
      job('second', 'true OR false'),
    ]
    await runDue(database.pool, 2_000_000_000_000, jobs)
    expect(ran).toEqual(['first', 'second'])
  })
})
