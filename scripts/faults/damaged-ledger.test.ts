import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { openDatabase, type SiteDatabase } from '@gatehouse/edge/ledger/database'
import { startEdge } from '@gatehouse/edge/main'
import { provisionalFile, storeFile } from '@gatehouse/edge/site/store-file'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { laneIdSchema } from '@gatehouse/shared/ids/ids'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { rowsOf } from '../demo/world/rows.ts'
import { type StoryWorld, startStory } from '../story/story-world.ts'

let world: StoryWorld

beforeEach(async () => {
  world = await startStory({ siteId: 'quay-street' })
})

afterEach(async () => {
  await world?.stop()
})

const kernel = () => {
  const site = world.edge().site
  if (!site) expect.fail('the site is not open')
  return site.kernel
}
const run = (kind: string, key: string, input: unknown) =>
  kernel().submit({ kind, caller: 'device:test', key, input })
const lane = (direction: 'entry' | 'exit') => {
  const found = rowsOf(world.site.rows, 'lane').find(({ body }) => body.direction === direction)
  return laneIdSchema.parse(found?.key)
}
const dataFolder = () => world.edgeConfig.dataFolder
const plate = (text: string) => ({ kind: 'plate', plate: text })

/** Lets a car in at the entry; the answer of the site. */
async function arrive(text: string): Promise<unknown> {
  const laneId = lane('entry')
  const arrived = await run('arriveVehicle', `arrive-${text}`, { laneId, by: plate(text) })
  if (arrived.ok) await run('confirmPassage', `passage-${text}`, { laneId })
  return arrived
}

const depart = (text: string, key: string) =>
  run('requestDeparture', key, { laneId: lane('exit'), by: plate(text) })

/** Overwrites the middle of a file, as a dying memory card does. */
function scribble(path: string): void {
  const file = openSync(path, 'r+')
  const { size } = statSync(path)
  for (let at = 8_192; at < size; at += 4_096) writeSync(file, Buffer.alloc(600, 0x5a), 0, 600, at)
  closeSync(file)
}

/** Makes the store's next page read from disk a page that cannot be: as if the card had lost it under the program. */
function breakPages(db: SiteDatabase): void {
  db.pragma('wal_checkpoint(TRUNCATE)')
  scribble(join(dataFolder(), storeFile))
  db.pragma('shrink_memory')
}

const bay = () => rowsOf(world.site.rows, 'space')[0]?.key

/** What every degraded site has in common, whatever broke. */
async function expectDegraded(): Promise<void> {
  const folders = readdirSync(dataFolder()).filter((name) => /^damaged-\d+$/.test(name))
  expect(folders.length).toBe(1)
  const ready = await fetch(`${world.edgeUrl}/readyz`, { headers: { connection: 'close' } })
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('ledger_damaged')])
  expect(await arrive('DEMO 222')).toMatchObject({
    ok: false,
    refusal: { code: 'selling_stopped', detail: { reason: 'ledger_damaged' } },
  })
  expect(await depart('DEMO 111', 'depart-111')).toMatchObject({ ok: true, value: { kind: 'opened' } })
}

describe('a ledger that is damaged', () => {
  test('at start is kept aside; stays that are open depart, nothing is sold, HQ sees it, nothing is uploaded', async () => {
    expect(await arrive('DEMO 111')).toMatchObject({ ok: true })
    await vi.waitFor(async () => {
      const sent = await world.cloud.pool.query('SELECT FROM ledger_entries LIMIT 1')
      expect(sent.rowCount).toBe(1)
    }, 15_000)
    await world.restartEdge()
    const store = join(dataFolder(), storeFile)
    await world.edge().stop()
    scribble(store)
    await world.restartEdge()
    await expectDegraded()
    expect(existsSync(store)).toBe(false)
    await vi.waitFor(async () => {
      const { rows } = await world.cloud.pool.query(
        "SELECT heartbeat->>'selling' AS selling FROM site_health WHERE site_id = $1",
        [world.site.siteId],
      )
      expect(rows).toEqual([{ selling: 'none' }])
    }, 15_000)
    const { rows } = await world.cloud.pool.query<{ types: string[] }>(
      'SELECT array_agg(DISTINCT type) AS types FROM ledger_entries WHERE site_id = $1',
      [world.site.siteId],
    )
    expect(rows[0]?.types).not.toContain('session.departing')
    await world.restartEdge()
    expect(await depart('DEMO 111', 'depart-111')).toMatchObject({ ok: true, value: { kind: 'opened' } })
    expect(kernel().sells).toBe(false)
  })

  test('at work is noticed and moved aside without a restart', async () => {
    expect(await arrive('DEMO 111')).toMatchObject({ ok: true })
    await world.restartEdge()
    const before = kernel()
    breakPages(before.db)
    let count = 0
    await vi.waitFor(async () => {
      count += 1
      await run('senseBay', `sense-${count}`, { spaceId: bay(), occupied: true })
      expect(kernel()).not.toBe(before)
    }, 15_000)
    await expectDegraded()
  })

  test('a file that vanished is not begun anew', async () => {
    expect(await arrive('DEMO 111')).toMatchObject({ ok: true })
    await world.edge().stop()
    rmSync(join(dataFolder(), storeFile))
    await world.restartEdge()
    await expectDegraded()
  })

  test('a file that lost its newest entries is not sold from', async () => {
    await world.edge().stop()
    const store = join(dataFolder(), storeFile)
    copyFileSync(store, `${store}.older`)
    await world.restartEdge()
    expect(await arrive('DEMO 111')).toMatchObject({ ok: true })
    await world.edge().stop()
    renameSync(`${store}.older`, store)
    await world.restartEdge()
    await expectDegraded()
  })

  test('one changed entry is enough', async () => {
    expect(await arrive('DEMO 111')).toMatchObject({ ok: true })
    await world.edge().stop()
    const db = openDatabase({ path: join(dataFolder(), storeFile), locking: 'exclusive' })
    db.exec('DROP TRIGGER entries_never_change')
    db.exec("UPDATE entries SET text = replace(text, 'session.arrived', 'session.arrivex') WHERE seq = 2")
    db.close()
    await world.restartEdge()
    await expectDegraded()
  })

  test('ends when the site is enrolled anew: a new life, a new ledger, everything old is kept', async () => {
    await world.edge().stop()
    rmSync(join(dataFolder(), storeFile))
    await world.restartEdge()
    expect(kernel().sells).toBe(false)
    await world.edge().stop()
    rmSync(join(dataFolder(), 'identity.json'))
    rmSync(join(dataFolder(), 'site-key.json'))
    const { cloud, site } = world
    const nowMs = Math.round(performance.timeOrigin + performance.now())
    const { code } = await createEnrolmentCode(cloud.pool, systemRandom, {
      siteId: site.siteId,
      by: commandOrigin('test', nowMs),
    })
    const config = { ...world.edgeConfig, cloud: { url: cloud.url, enrolmentCode: code } }
    const logger = pino({ level: 'silent' })
    const program = await startEdge(config, { clock: new SystemClock(), random: systemRandom, logger })
    try {
      await program.ready
      expect([program.site?.kernel.incarnation, program.site?.kernel.sells]).toEqual([2, true])
      expect(existsSync(join(dataFolder(), 'damaged-ledger.json'))).toBe(false)
      const kept = readdirSync(dataFolder()).filter((name) => name.startsWith('damaged-'))
      const files = kept.flatMap((name) => readdirSync(join(dataFolder(), name)))
      expect(files).toContain(provisionalFile)
    } finally {
      await program.stop()
    }
  })
})
