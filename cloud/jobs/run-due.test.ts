import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Queryable } from '../database/pool.ts'
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

  it('goes on when one of them fails, and throws that in the end', async () => {
    const ran: string[] = []
    const failure = new TypeError('the gateway is away')
    const jobs: DueJob[] = [
      { isDue: 'true', run: () => Promise.reject(failure) },
      { isDue: 'true', run: async () => ran.push('next') },
    ]
    await expect(runDue(database.pool, 0, jobs)).rejects.toBe(failure)
    expect(ran).toEqual(['next'])
  })

  it('asks each by itself when the question of one cannot be answered, and throws all that failed', async () => {
    const ran: string[] = []
    const job = (name: string, isDue: string): DueJob => ({ isDue, run: async () => ran.push(name) })
    const jobs: DueJob[] = [
      job('odd', "EXISTS (SELECT FROM (VALUES ('soon')) AS row (ms) WHERE ms::bigint < $1::bigint)"),
      { isDue: 'true', run: () => Promise.reject(new TypeError('the gateway is away')) },
      job('never', 'false'),
      job('next', '$1::bigint = 5'),
    ]
    const errors = [expect.objectContaining({ code: '22P02' }), expect.any(TypeError)]
    await expect(runDue(database.pool, 5, jobs)).rejects.toMatchObject({ errors })
    expect(ran).toEqual(['next'])
  })

  it('asks nobody again where there is no connection', async () => {
    let asked = 0
    const away: Queryable = {
      query: () => {
        asked += 1
        return Promise.reject(new TypeError('no connection'))
      },
    }
    const jobs: DueJob[] = [1, 2].map(() => ({ isDue: 'true', run: async () => {} }))
    await expect(runDue(away, 0, jobs)).rejects.toThrow(TypeError)
    expect(asked).toBe(1)
  })
})
