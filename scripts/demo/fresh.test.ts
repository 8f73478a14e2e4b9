import { createTestDatabase, type TestDatabase } from '@gatehouse/cloud/database/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requireEmptyDatabase } from './fresh.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.close())

test('a database of somebody’s own is never emptied, and nothing begins anew over what it holds', async () => {
  await expect(requireEmptyDatabase(database.url)).rejects.toMatchObject({ code: 'database_not_empty' })
  await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  await expect(requireEmptyDatabase(database.url)).resolves.toBeUndefined()
})
