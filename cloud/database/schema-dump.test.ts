import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { packageRoot } from '../package-root.ts'
import { dumpSchema } from './schema-dump.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

const file = join(packageRoot, 'database', 'schema.sql')
const header = `-- What the migrations add up to. Rewritten by GATEHOUSE_UPDATE_SCHEMA=1 npx vitest run cloud/database\n\n`

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

it('the committed schema.sql is what the migrations make', async () => {
  const dump = header + (await dumpSchema(database.pool))
  if (process.env.GATEHOUSE_UPDATE_SCHEMA === '1') writeFileSync(file, dump)
  expect(readFileSync(file, 'utf8')).toBe(dump)
})
