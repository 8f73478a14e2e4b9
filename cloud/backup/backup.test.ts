import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { type CloudConfig, cloudConfigSchema } from '../config.ts'
import { migrate } from '../database/migrate.ts'
import type { Pool } from '../database/pool.ts'
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts'
import { loadCloudIdentity } from '../sites/cloud-identity.ts'
import { putOperator } from '../sites/site-store.ts'
import { backupCommand, restoreCommand } from './backup-commands.ts'
import { type Manifest, manifestSchema, tableFile } from './manifest.ts'
import { inFillingOrder, readTables } from './schema-facts.ts'

const nowMs = Date.UTC(2026, 10, 20, 9)
const adapters = { clock: new ManualClock(nowMs), random: new SeededRandom(1) }
const said: string[] = []
const output = (line: string) => void said.push(line)

let source: TestDatabase
let folder: string
const targets: TestDatabase[] = []
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  source = await createTestDatabase()
  await loadCloudIdentity(source.pool, adapters.random, nowMs)
  await putOperator(source.pool, 'harbour', 'Harbour (demo)', commandOrigin('test', nowMs))
  await source.pool.query(
    `INSERT INTO sites (site_id, operator_id, created_ms) VALUES ('north', 'harbour', $1)`,
    [nowMs],
  )
  await source.pool.query(
    `INSERT INTO exceptions (site_id, kind, about, detail, opened_ms) VALUES ('north', 'clone', E'tab\\t, line\\n, \\\\N', '{"ü": "€"}', $1)`,
    [nowMs],
  )
})
afterAll(() => source.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-cloud-backup-'))
  said.length = 0
})
afterEach(async () => {
  for (const target of targets.splice(0)) await target.close()
  rmSync(folder, { recursive: true, force: true })
})

const configOf = (databaseUrl: string): CloudConfig => ({
  ...cloudConfigSchema.parse({ dataFolder: at('data') }),
  databaseUrl,
})
const backup = (target?: string) => backupCommand(configOf(source.url), adapters, target, output)
const restore = (from: string | undefined, { url }: TestDatabase) =>
  restoreCommand(configOf(url), adapters, from, output)

/** A database without anything; `migrated`: with our schema and no cloud in it. */
async function target(kind: 'empty' | 'migrated'): Promise<TestDatabase> {
  const database = await createTestDatabase()
  targets.push(database)
  if (kind === 'empty') await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  return database
}

async function content(pool: Pool): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for (const { name, columns } of await readTables(pool)) {
    const list = columns.map((column) => `"${column}"`).join(', ')
    const { rows } = await pool.query(
      `SELECT ${list} FROM "${name}" ORDER BY ${columns.map((_, i) => i + 1).join(', ')}`,
    )
    all[name] = createHash('sha256').update(JSON.stringify(rows)).digest('hex')
  }
  return all
}

function changeManifest(change: (manifest: Manifest) => object): void {
  const path = join(at('one'), 'manifest.json')
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  writeFileSync(path, JSON.stringify({ ...manifest, ...change(manifest) }))
}

describe('a backup of the cloud', () => {
  it('fills an empty database with the same rows, in a new epoch with the same keys', async () => {
    expect(await backup(at('one'))).toBe(0)
    const [empty, migrated] = [await target('empty'), await target('migrated')]
    expect([await restore(at('one'), empty), await restore(at('one'), migrated)]).toEqual([0, 0])
    const {
      cloud_identity: _own,
      admin_acts: _acts,
      admin_act_head: _head,
      ...before
    } = await content(source.pool)
    for (const { pool } of [empty, migrated]) {
      expect(await content(pool)).toMatchObject(before)
      const identity = await loadCloudIdentity(pool, adapters.random, nowMs)
      const original = await loadCloudIdentity(source.pool, adapters.random, nowMs)
      expect(identity).toEqual({ ...original, epoch: original.epoch + 1 })
      const { rows } = await pool.query<{ id: number }>(
        `INSERT INTO exceptions (site_id, kind, about, detail, opened_ms)
         VALUES ('north', 'clone', 'later', '{}', $1) RETURNING exception_id AS id`,
        [nowMs],
      )
      expect(rows[0]?.id).toBe(2)
      expect(await migrate(pool)).toEqual([])
    }
  })

  it('has every table, is for its owner only, and says how many rows are in it', async () => {
    await backup(at('one'))
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(at('one'), 'manifest.json'), 'utf8')))
    const tables = await readTables(source.pool)
    expect(manifest.tables.map(({ name }) => name)).toEqual(tables.map(({ name }) => name))
    expect(manifest.tables.find(({ name }) => name === 'sites')?.rows).toBe(1)
    expect(statSync(at('one')).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(at('one')))
      expect(statSync(join(at('one'), name)).mode & 0o777).toBe(0o600)
  })

  it('needs a new name in a folder that is there, and a cloud', async () => {
    writeFileSync(at('taken'), 'mine')
    expect([await backup(), await backup(at('taken')), await backup(join(at('none'), 'one'))]).toEqual([
      2, 2, 2,
    ])
    expect(readFileSync(at('taken'), 'utf8')).toBe('mine')
    const { databaseUrl: _none, ...embedded } = configOf('')
    expect(await backupCommand(embedded, adapters, at('one'), output)).toBe(2)
    expect(existsSync(at('data'))).toBe(false)
  })

  it('that fails on its way leaves nothing behind', async () => {
    const elsewhere = configOf('postgresql://nobody@127.0.0.1:9/none')
    expect(await backupCommand(elsewhere, adapters, at('one'), output)).toBe(1)
    // A table that a backup cannot name stands for a disk that fills up half-way.
    await source.pool.query('CREATE TABLE "zz/zz" (a integer)')
    expect(await backup(at('one'))).toBe(1)
    await source.pool.query('DROP TABLE "zz/zz"')
    expect(readdirSync(folder)).toEqual([])
    expect(await backup(at('one'))).toBe(0)
  })
})

describe('a restore of the cloud', () => {
  it('is refused over a cloud, and over a database of somebody else', async () => {
    await backup(at('one'))
    const before = await content(source.pool)
    expect(await restore(at('one'), source)).toBe(1)
    expect(await content(source.pool)).toEqual(before)
    const foreign = await target('empty')
    await foreign.pool.query('CREATE TABLE theirs (a integer)')
    expect(await restore(at('one'), foreign)).toBe(1)
    expect((await readTables(foreign.pool)).map(({ name }) => name)).toEqual(['theirs'])
  })

  it.each([
    ['an altered table', () => appendFileSync(join(at('one'), tableFile('sites')), 'x')],
    ['a missing table', () => rmSync(join(at('one'), tableFile('sites')))],
    ['no manifest', () => rmSync(join(at('one'), 'manifest.json'))],
    ['a manifest of another kind', () => writeFileSync(join(at('one'), 'manifest.json'), '[]')],
    [
      'a table name that is none',
      () =>
        changeManifest(({ tables }) => ({ tables: tables.map((table) => ({ ...table, name: '../sites' })) })),
    ],
    [
      'a schema of a later release',
      () =>
        changeManifest(({ migrations }) => ({
          migrations: [...migrations, { name: '9999-later.sql', digest: '0'.repeat(64) }],
        })),
    ],
    ['a table left out', () => changeManifest(({ tables }) => ({ tables: tables.slice(1) }))],
    ['rows left out', () => halve()],
  ])('refuses %s and leaves no cloud behind', async (_what, spoil) => {
    await backup(at('one'))
    spoil()
    const empty = await target('empty')
    expect(await restore(at('one'), empty)).toBe(1)
    const known = await empty.pool.query(`SELECT to_regclass('public.cloud_identity') AS known`)
    if (known.rows[0].known !== null) {
      expect((await empty.pool.query('SELECT FROM cloud_identity')).rowCount).toBe(0)
    }
  })

  it('needs a source', async () => {
    const empty = await target('empty')
    expect([await restore(undefined, empty), await restore(at('none'), empty)]).toEqual([2, 1])
  })
})

/** Takes a row out of a table and makes the hash right again, as somebody would who hides one. */
function halve(): void {
  const path = join(at('one'), tableFile('sites'))
  const packed = gzipSync(gunzipSync(readFileSync(path)).subarray(0, 0))
  writeFileSync(path, packed)
  const sha256 = createHash('sha256').update(packed).digest('hex')
  changeManifest(({ tables }) => ({
    tables: tables.map((table) => (table.name === 'sites' ? { ...table, sha256 } : table)),
  }))
}

describe('tables', () => {
  it('come after those they refer to, and a circle does not hang', () => {
    const table = (name: string, ...refersTo: string[]) => ({ name, columns: ['a'], refersTo })
    const names = (...tables: ReturnType<typeof table>[]) => inFillingOrder(tables).map(({ name }) => name)
    expect(names(table('c', 'b'), table('b', 'a'), table('a'))).toEqual(['a', 'b', 'c'])
    expect(names(table('a', 'b'), table('b', 'a'), table('c')).sort()).toEqual(['a', 'b', 'c'])
  })
})

describe('a database of a later release', () => {
  it('is refused by this one, which changes nothing', async () => {
    const later = await target('migrated')
    await later.pool.query(`INSERT INTO schema_migrations (name, digest) VALUES ('9999-later.sql', 'x')`)
    await expect(migrate(later.pool)).rejects.toMatchObject({ code: 'schema_newer' })
  })
})
