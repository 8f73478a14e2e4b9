import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backupCommand, restoreCommand } from '@gatehouse/cloud/backup/backup-commands'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { cloudConfigSchema } from '@gatehouse/cloud/config'
import { inTransaction, type Pool } from '@gatehouse/cloud/database/pool'
import { createTestDatabase, type TestDatabase } from '@gatehouse/cloud/database/test-database'
import { putRows } from '@gatehouse/cloud/directory/put-rows'
import { quickPasswords } from '@gatehouse/cloud/members/testing/quick-passwords'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { checkpointFile } from '@gatehouse/edge/retention/checkpoint-file'
import { Retention } from '@gatehouse/edge/retention/retention'
import { replayModules } from '@gatehouse/edge/site/replay-modules'
import { loadIdentity } from '@gatehouse/edge/sync/site-identity'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { type ReconciliationItem, reconciliationSchema } from '@gatehouse/shared/api/hq-views'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { emptyHead } from '@gatehouse/shared/ledger/chain'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Member } from './member.ts'
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

/** Prunes what the cloud has acknowledged, as if the 35 days were over. */
async function pruneAcknowledged(): Promise<number> {
  const { kernel } = world.edge().site ?? expect.fail('the site is not open')
  const { dataFolder } = world.edgeConfig
  const identity = loadIdentity(dataFolder) ?? expect.fail('the site has no identity')
  const retention = new Retention({
    ...{ kernel, keptDays: 0, path: join(dataFolder, checkpointFile), clock: adapters.clock },
    modules: replayModules({ dataFolder, random: systemRandom }, kernel.db, identity),
    rest: async () => {},
    onFailure: (error) => expect.fail(String(error)),
  })
  await retention.run()
  return retention.state.prunedSeq
}

/** How the books of both sides compare by the word of HQ, once both are at the same entry. */
async function books(hq: Member) {
  return vi.waitFor(async () => {
    const { seq } = world.edge().site?.kernel.head ?? emptyHead
    const answer = await hq.get('/hq/reconciliation')
    const { items } = reconciliationSchema.parse(await answer.json())
    const book = items.find(({ siteId }) => siteId === 'harbour-house')
    expect([book?.atSeq, book?.state === 'waiting']).toEqual([seq, false])
    return book ?? expect.fail('the site has no books')
  }, 60_000)
}

const differences = ({ lines }: ReconciliationItem) =>
  lines.filter(({ difference }) => difference !== 0).map(({ what, difference }) => [what, difference])

test('a site goes on whose cloud lost what it keeps no longer, once HQ has accepted the gap', async () => {
  await sell('before', 2)
  const { kernel } = world.edge().site ?? expect.fail('the site is not open')
  const entriesOf = async (act: () => Promise<void>) => {
    const { seq } = kernel.head
    await act()
    return kernel.head.seq - seq
  }
  const untilProjected = (pool: Pool) =>
    vi.waitFor(async () => expect(await projected(pool)).toBe(kernel.head.seq), 60_000)
  await untilProjected(world.cloud.pool)
  const one = join(folder, 'one')
  expect(await backupCommand(configOf(world.cloud.databaseUrl), adapters, one, print)).toBe(0)
  const kept = (await ledger(world.cloud.pool)).length
  await sell('lost', 3)
  await untilProjected(world.cloud.pool)
  const toSeq = await vi.waitFor(async () => {
    const pruned = await pruneAcknowledged()
    expect(pruned).toBeGreaterThan(kept)
    return pruned
  }, 60_000)

  const { port } = world.cloud
  await world.cloud.stop()
  expect(await restoreCommand(configOf(restored.url), adapters, one, print)).toBe(0)
  again = await startCloud(configOf(restored.url, port), { ...adapters, passwords: quickPasswords })
  const hq = await Member.logIn(again.url, 'hq@demo.example')
  const path = '/hq/sites/harbour-house/lives'
  const lost = await vi.waitFor(async () => {
    const { lives } = (await (await hq.get(path)).json()) as {
      lives: { incarnation: number; lost: { fromSeq: number; toSeq: number } | null }[]
    }
    expect(lives[0]?.lost).toEqual({ fromSeq: expect.any(Number), toSeq })
    return { incarnation: lives[0]?.incarnation ?? 0, fromSeq: lives[0]?.lost?.fromSeq ?? 0 }
  }, 60_000)
  // Until somebody decides the site sells on by itself, and the cloud gets nothing of it.
  expect(await entriesOf(() => sell('meanwhile', 4))).toBeGreaterThan(0)
  expect(await projected(restored.pool)).toBeLessThan(lost.fromSeq)

  const reason = 'No later backup of the cloud exists.'
  const accepted = await hq.post(`${path}/${lost.incarnation}/gap`, 'accept-gap', {
    ...{ toSeq, reason, staysLost: true },
  })
  expect(accepted.status).toBe(200)
  await untilProjected(restored.pool)
  const first = await books(hq)
  const about = { ...lost, toSeq, reason }
  expect(first.gaps).toEqual([{ ...about, by: expect.any(String), atMs: expect.any(Number) }])
  // What is missing is what the lost entries told.
  expect(differences(first)).toContainEqual(['entries', lost.fromSeq - toSeq - 1])
  expect(await entriesOf(() => sell('after', 5))).toBeGreaterThan(0)
  await untilProjected(restored.pool)
  // Everything since is on both sides alike.
  expect(differences(await books(hq))).toEqual(differences(first))
  expect(kernel.sells).toBe(true)
}, 120_000)

async function projected(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ seq: number }>(
    `SELECT max(seq) AS seq FROM projection_positions WHERE site_id = 'harbour-house'`,
  )
  return Number(rows[0]?.seq ?? 0)
}
