import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backupCommand } from '@gatehouse/edge/backup/backup-command'
import { restoreCommand } from '@gatehouse/edge/backup/restore-command'
import { bookingCounts } from '@gatehouse/edge/bookings/booking-store'
import { takings } from '@gatehouse/edge/drawer/payment-store'
import { openDatabase } from '@gatehouse/edge/ledger/database'
import { sessionCounts } from '@gatehouse/edge/parking/session-store'
import { rebuildCommand } from '@gatehouse/edge/rebuild-command'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { systemRandom } from '@gatehouse/edge/system-random'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { anHourAhead, freeDesk, type StoryWorld, startStory } from './story-world.ts'

let world: StoryWorld
let folder: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-edge-restore-'))
  world = await startStory()
})

afterEach(async () => {
  await world?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const said: string[] = []
const print = (line: string) => void said.push(line)
const backup = (name: string) => backupCommand(world.edgeConfig, new SystemClock(), join(folder, name), print)
const restore = (name: string, dataFolder: string) =>
  restoreCommand({ ...world.edgeConfig, dataFolder }, new SystemClock(), join(folder, name), print)

/** Holds a free desk at the kiosk and pays for it. */
async function sell(key: string, daysAhead: number): Promise<number> {
  const when = anHourAhead(daysAhead)
  const spaceId = await freeDesk(world, when)
  const held = await world.kiosk('/bookings', `hold-${key}`, { spaceId, ...when, guestName: 'Demo Visitor' })
  if (held.status !== 201) return held.status
  const { bookingId, price } = bookingViewSchema.parse(await held.json())
  const cash = { method: 'cash', tenderedMinor: price.totalMinor }
  return (await world.kiosk(`/bookings/${bookingId}/confirm`, `pay-${key}`, cash)).status
}

interface Books {
  readonly entries: readonly unknown[]
  readonly sums: object
}

function books(dataFolder: string): Books {
  const db = openDatabase({ path: join(dataFolder, 'site.sqlite'), locking: 'shared' })
  try {
    const entries = db.prepare('SELECT incarnation, seq, hash FROM entries ORDER BY 1, 2').all()
    return {
      entries,
      sums: { bookings: bookingCounts(db), takings: takings(db), sessions: sessionCounts(db) },
    }
  } finally {
    db.close()
  }
}

/** Stops the site, puts the backup in the place of its store, and starts it again. */
async function goBackTo(name: string): Promise<void> {
  const { dataFolder } = world.edgeConfig
  await world.edge().stop()
  renameSync(dataFolder, `${dataFolder}.before`)
  expect(restore(name, dataFolder)).toBe(0)
}

const sells = () => world.edge().site?.kernel.sells

test('backups and a check beside the running site at one time do not get into each other', async () => {
  await sell('first', 3)
  const names = ['one', 'two']
  const codes = await Promise.all([
    ...names.map(backup),
    rebuildCommand(world.edgeConfig, systemRandom, print),
    rebuildCommand(world.edgeConfig, systemRandom, print),
  ])
  expect(codes).toEqual([0, 0, 0, 0])
  for (const name of names) expect(restore(name, join(folder, `from-${name}`))).toBe(0)
  expect(readdirSync(world.edgeConfig.dataFolder).filter((name) => name.startsWith('copy'))).toEqual([])
})

describe('a backup of a site at work', () => {
  test('is a moment of its ledger: the chain up to its head, every table as a replay makes it, no sale split', async () => {
    expect(await sell('first', 2)).toBe(200)
    let goesOn = true
    const visitors = Array.from({ length: 6 }, async (_, visitor) => {
      for (let round = 0; goesOn && round < 40; round += 1)
        await sell(`v${visitor}-${round}`, 3 + ((visitor + 6 * round) % 60))
    })
    expect(await backup('under-load')).toBe(0)
    goesOn = false
    await Promise.all(visitors)
    expect(await backup('after')).toBe(0)

    const fresh = (name: string) => join(folder, `store-${name}`)
    for (const name of ['under-load', 'after']) {
      expect(restore(name, fresh(name))).toBe(0)
      const config = { ...world.edgeConfig, dataFolder: fresh(name) }
      expect(await rebuildCommand(config, systemRandom, print)).toBe(0)
    }
    const underLoad = books(fresh('under-load'))
    await world.edge().stop()
    const live = books(world.edgeConfig.dataFolder)
    expect(books(fresh('after'))).toEqual(live)
    expect(underLoad.entries.length).toBeGreaterThan(1)
    expect(live.entries.slice(0, underLoad.entries.length)).toEqual(underLoad.entries)
  })
})

describe('a site from a backup', () => {
  test('sells nothing while the cloud is away, and goes on when the cloud has nothing more', async () => {
    expect(await sell('first', 2)).toBe(200)
    expect(await backup('one')).toBe(0)
    await world.network.cut()
    await goBackTo('one')
    await world.restartEdge()
    expect(sells()).toBe(false)
    expect(await sell('second', 2)).toBe(503)
    await world.restartEdge()
    expect(sells()).toBe(false)
    await world.network.restore()
    await vi.waitFor(() => expect(sells()).toBe(true), 60_000)
    await world.network.cut()
    await world.restartEdge()
    expect(sells()).toBe(true)
  })

  test('stays without selling when the cloud has entries that are missing here, also if it wrote further ones', async () => {
    expect(await backup('one')).toBe(0)
    expect(await sell('lost', 2)).toBe(200)
    const siteId = world.site.siteId
    const seqs = async () => {
      const { rows } = await world.cloud.pool.query<{ seq: number }>(
        'SELECT max(seq) AS seq FROM ledger_entries WHERE site_id = $1',
        [siteId],
      )
      return Number(rows[0]?.seq)
    }
    const { seq } = world.edge().site?.kernel.head ?? { seq: 0 }
    await vi.waitFor(async () => expect(await seqs()).toBe(seq), 60_000)
    await world.network.cut()
    await goBackTo('one')
    // Every start is an entry: the restored chain grows past what the cloud has, on another branch.
    for (let starts = 0; starts < 6; starts += 1) await world.restartEdge()
    expect(world.edge().site?.kernel.head.seq).toBeGreaterThan(seq)
    const told = vi.spyOn(world.edge().site?.kernel ?? expect.fail('no site'), 'setSelling')
    await world.network.restore()
    await vi.waitFor(() => expect(told).toHaveBeenCalledWith('ledger_fork'), 60_000)
    expect(sells()).toBe(false)
    expect(await seqs()).toBe(seq)
    await world.network.cut()
    await world.restartEdge()
    expect(sells()).toBe(false)
  })
})
