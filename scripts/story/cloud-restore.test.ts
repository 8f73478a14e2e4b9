import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backupCommand, restoreCommand } from '@gatehouse/cloud/backup/backup-commands'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { cloudConfigSchema } from '@gatehouse/cloud/config'
import { inTransaction, type Pool } from '@gatehouse/cloud/database/pool'
import { createTestDatabase, type TestDatabase } from '@gatehouse/cloud/database/test-database'
import { putRows } from '@gatehouse/cloud/directory/put-rows'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { emptyHead } from '@gatehouse/shared/ledger/chain'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { anHourAhead, freeDesk, type StoryWorld, startStory } from './story-world.ts'

let world: StoryWorld
let folder: string
let restored: TestDatabase
let again: Cloud | undefined

const adapters = { clock: new SystemClock(), random: systemRandom, logger: pino({ level: 'silent' }) }
const said: string[] = []
const print = (line: string) => void said.push(line)

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-cloud-restore-'))
  world = await startStory()
  restored = await createTestDatabase()
})

afterEach(async () => {
  await world?.stop()
  await again?.stop()
  await restored?.close()
  rmSync(folder, { recursive: true, force: true })
})

const configOf = (databaseUrl: string, port = 0) => ({
  ...cloudConfigSchema.parse({ dataFolder: join(folder, 'data'), http: { port } }),
  databaseUrl,
})

/** Holds a free desk at the kiosk and pays for it. */
async function sell(key: string, daysAhead: number): Promise<void> {
  const when = anHourAhead(daysAhead)
  const spaceId = await freeDesk(world, when)
  const held = await world.kiosk('/bookings', `hold-${key}`, { spaceId, ...when, guestName: 'Demo Visitor' })
  if (held.status !== 201) return
  const { bookingId, price } = bookingViewSchema.parse(await held.json())
  const cash = { method: 'cash', tenderedMinor: price.totalMinor }
  await world.kiosk(`/bookings/${bookingId}/confirm`, `pay-${key}`, cash)
}

interface StoredEntry {
  readonly seq: number
  readonly hash: string
  readonly prev: string
}

async function ledger(pool: Pool): Promise<readonly StoredEntry[]> {
  const { rows } = await pool.query<StoredEntry>(
    `SELECT seq, hash, entry::jsonb->>'prev' AS prev FROM ledger_entries WHERE site_id = 'harbour-house' ORDER BY seq`,
  )
  return rows
}

/** What HQ compares with the site's own sums, as the projections have it. */
async function sums(pool: Pool): Promise<unknown> {
  const { rows } = await pool.query(
    `SELECT (SELECT jsonb_object_agg(status, n) FROM (SELECT status, count(*) AS n FROM bookings GROUP BY 1) AS b) AS bookings,
       (SELECT coalesce(sum(amount_minor), 0)::bigint FROM payments) AS paid`,
  )
  return rows[0]
}

test('a cloud that was restored from a backup made under load gets back what it lost, in a new epoch', async () => {
  await sell('first', 2)
  let goesOn = true
  const visitors = Array.from({ length: 6 }, async (_, visitor) => {
    for (let round = 0; goesOn && round < 40; round += 1)
      await sell(`v${visitor}-${round}`, 3 + ((visitor + 6 * round) % 60))
  })
  await vi.waitFor(async () => expect((await ledger(world.cloud.pool)).length).toBeGreaterThan(10), 60_000)
  const one = join(folder, 'one')
  expect(await backupCommand(configOf(world.cloud.databaseUrl), adapters, one, print)).toBe(0)
  goesOn = false
  await Promise.all(visitors)
  await sell('after-the-backup', 2)
  const kernel = world.edge().site?.kernel
  const { head } = kernel ?? { head: emptyHead }
  await vi.waitFor(async () => expect((await ledger(world.cloud.pool)).length).toBe(head.seq), 60_000)
  await vi.waitFor(async () => expect(await projected(world.cloud.pool)).toBe(head.seq), 60_000)
  const whole = { ledger: await ledger(world.cloud.pool), sums: await sums(world.cloud.pool) }

  const { port } = world.cloud
  await world.cloud.stop()
  expect(await restoreCommand(configOf(restored.url), adapters, one, print)).toBe(0)
  const before = await ledger(restored.pool)
  expect(before.length).toBeGreaterThan(10)
  expect(before.length).toBeLessThan(whole.ledger.length)
  expect(before).toEqual(whole.ledger.slice(0, before.length))
  for (const [at, { prev }] of before.entries()) expect(prev).toBe(before[at - 1]?.hash ?? emptyHead.hash)

  again = await startCloud(configOf(restored.url, port), adapters)
  expect(again.identity.epoch).toBe(2)
  await vi.waitFor(async () => expect((await ledger(restored.pool)).length).toBe(head.seq), 30_000)
  await vi.waitFor(async () => expect(await projected(restored.pool)).toBe(head.seq), 60_000)
  expect({ ledger: await ledger(restored.pool), sums: await sums(restored.pool) }).toEqual(whole)
  await vi.waitFor(() => expect(world.edge().site?.directory.position().epoch).toBe(2), 30_000)
  expect(world.edge().site?.kernel.sells).toBe(true)
}, 120_000)

test('a cloud whose directory was put back begins an epoch, and what a site was told stands until then', async () => {
  const { pool } = world.cloud
  const siteId = siteIdSchema.parse('harbour-house')
  const { directory } = world.edge().site ?? expect.fail('the site is not open')
  const put = (rows: Parameters<typeof putRows>[2]) => inTransaction(pool, (tx) => putRows(tx, siteId, rows))
  const tables = ['site_directory', 'site_directory_log', 'directory_heads']
  for (const table of tables) await pool.query(`CREATE TABLE before_${table} AS TABLE ${table}`)
  await put([{ kind: 'pass_revocation', key: 'pass-lost', body: { revokedMs: 1, toMs: 2 } }])
  await vi.waitFor(() => expect(directory.get('pass_revocation', 'pass-lost')).toBeDefined(), 20_000)
  const lost: number[] = []
  directory.onChange(() => {
    if (!directory.get('pass_revocation', 'pass-lost')) lost.push(directory.position().epoch)
  })
  await world.network.cut()
  await inTransaction(pool, async (tx) => {
    for (const table of tables) await tx.query(`DELETE FROM ${table}`)
    for (const table of tables) await tx.query(`INSERT INTO ${table} SELECT * FROM before_${table}`)
  })
  await world.network.restore()
  await vi.waitFor(() => expect(directory.position().epoch).toBe(2), 30_000)
  // Only the cloud's next epoch may know less than the one before: HQ sees that it began, and why.
  expect(lost).toEqual([2])
  const { rows } = await pool.query('SELECT epoch, epoch_reason AS reason FROM cloud_identity')
  expect(rows).toEqual([{ epoch: 2, reason: 'position_ahead' }])
}, 60_000)

async function projected(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ seq: number }>(
    `SELECT max(seq) AS seq FROM projection_positions WHERE site_id = 'harbour-house'`,
  )
  return Number(rows[0]?.seq ?? 0)
}
