import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { systemRandom } from '@gatehouse/cloud/system-random'
import type { EdgeProgram } from '@gatehouse/edge/edge-program'
import { startEdge } from '@gatehouse/edge/main'
import { rebuildCommand } from '@gatehouse/edge/rebuild-command'
import { adoptCommand } from '@gatehouse/edge/recovery/adopt-command'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { freePort } from './free-port.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory } from './story-world.ts'

const box = 'b'.repeat(64)
const waitMs = 30_000
let world: StoryWorld
let folder: string
const others: EdgeProgram[] = []
const said: string[] = []
const print = (line: string) => void said.push(line)

beforeEach(async () => {
  said.length = 0
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-recovery-'))
  world = await startStory({ machineMark: box })
})

afterEach(async () => {
  for (const edge of others.splice(0)) await edge.stop()
  await world?.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Sold {
  readonly status: number
  readonly bookingId: string
  readonly spaceId: string
}

/** Holds a desk at the kiosk and pays for it. */
async function sell(key: string, daysAhead: number, wanted?: string): Promise<Sold> {
  const when = anHourAhead(daysAhead)
  const spaceId = wanted ?? (await freeDesk(world, when))
  const held = await world.kiosk('/bookings', `hold-${key}`, { spaceId, ...when, guestName: 'Demo Visitor' })
  if (held.status !== 201) return { status: held.status, bookingId: '', spaceId }
  const { bookingId, price } = bookingViewSchema.parse(await held.json())
  const cash = { method: 'cash', tenderedMinor: price.totalMinor }
  const { status } = await world.kiosk(`/bookings/${bookingId}/confirm`, `pay-${key}`, cash)
  return { status, bookingId, spaceId }
}

/** Starts the edge; connections that its life before left behind are gone afterwards. */
async function restart(): Promise<void> {
  await world.restartEdge()
  await vi.waitFor(async () => expect((await world.kiosk('/plan')).status).toBeGreaterThan(0))
}

const kernel = () => world.edge().site?.kernel ?? expect.fail('no site')
const uploaded = () =>
  vi.waitFor(async () => {
    const { rows } = await world.cloud.pool.query<{ seq: number }>(
      'SELECT head_seq AS seq FROM streams WHERE site_id = $1 AND incarnation = $2',
      [world.site.siteId, kernel().incarnation],
    )
    expect(rows[0]?.seq).toBe(kernel().head.seq)
  }, waitMs)
const bookingIds = async () => {
  const { rows } = await world.cloud.pool.query<{ booking_id: string }>(
    `SELECT booking_id FROM bookings WHERE site_id = $1 AND status = 'confirmed'`,
    [world.site.siteId],
  )
  return rows.map((row) => row.booking_id)
}
const openCases = async () => {
  const { rows } = await world.cloud.pool.query<{ kind: string }>(
    'SELECT kind FROM exceptions WHERE site_id = $1 AND closed_ms IS NULL ORDER BY kind',
    [world.site.siteId],
  )
  return rows.map(({ kind }) => kind)
}

/** Copies the data folder while nothing runs over it. */
async function image(name: string): Promise<void> {
  await world.edge().stop()
  cpSync(world.edgeConfig.dataFolder, join(folder, name), { recursive: true })
  await restart()
}

async function putBack(name: string): Promise<void> {
  const { dataFolder } = world.edgeConfig
  await world.edge().stop()
  rmSync(dataFolder, { recursive: true })
  cpSync(join(folder, name), dataFolder, { recursive: true })
}

const equal = (config = world.edgeConfig) => rebuildCommand(config, systemRandom, print)

describe('a site put back to an old image', () => {
  test('gets its lost entries from the cloud, enters its own later facts again, and sells as the next life', async () => {
    const kept = await sell('kept', 2)
    await image('old')
    const lost = await sell('lost', 3)
    await uploaded()
    await world.network.cut()
    await putBack('old')
    await restart()
    // Nothing tells the box that it is an old one: it sells, and this very sale must not be lost either.
    const since = await sell('since', 9)
    expect(since.status).toBe(200)
    await world.network.restore()
    await vi.waitFor(() => expect(kernel()).toMatchObject({ incarnation: 2, sells: true }), waitMs)
    await uploaded()
    await vi.waitFor(async () => {
      expect(await bookingIds()).toEqual(
        expect.arrayContaining([kept.bookingId, lost.bookingId, since.bookingId]),
      )
    }, waitMs)
    const { rows } = await world.cloud.pool.query<{ entry: string }>(
      `SELECT entry FROM ledger_entries WHERE site_id = $1 AND incarnation = 2 ORDER BY seq`,
      [world.site.siteId],
    )
    const entries = rows.map(({ entry }) => JSON.parse(entry))
    expect(entries[0]).toMatchObject({ type: 'site.recovered', body: { how: 'recovered' } })
    const again = entries.filter(({ origin }) => origin?.incarnation === 1).map(({ type }) => type)
    expect(again).toEqual(expect.arrayContaining(['booking.held', 'booking.confirmed', 'payment.captured']))
    expect(entries.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['lending.stopped', 'lending.resumed']),
    )
    expect((await sell('next', 4)).status).toBe(200)
    expect(await openCases()).not.toContain('clone')
    expect(await equal()).toBe(0)
    expect(readdirSync(world.edgeConfig.dataFolder).some((name) => name.startsWith('replaced-'))).toBe(true)
  }, 90_000)

  test('cancels the later of two sales of one block with everything given back, and a person is told', async () => {
    await image('old')
    const first = await sell('first', 3)
    await uploaded()
    await world.network.cut()
    await putBack('old')
    await restart()
    const second = await sell('second', 3, first.spaceId)
    expect(second.status).toBe(200)
    await world.network.restore()
    await vi.waitFor(() => expect(kernel()).toMatchObject({ incarnation: 2, sells: true }), waitMs)
    await uploaded()
    await vi.waitFor(async () => expect(await openCases()).toContain('unprojectable'), waitMs)
    expect(await bookingIds()).toContain(first.bookingId)
    expect(await bookingIds()).not.toContain(second.bookingId)
    const { rows } = await world.cloud.pool.query(
      `SELECT payment_id FROM payments WHERE site_id = $1 AND booking_id = $2`,
      [world.site.siteId, second.bookingId],
    )
    expect(rows).toHaveLength(1)
    expect(await equal()).toBe(0)
  }, 90_000)
})

describe('a box that is gone', () => {
  const codeFor = async () => {
    const by = commandOrigin('test', new SystemClock().now().wallMs)
    const request = { siteId: world.site.siteId, by, oldBox: 'broken' as const }
    return (await createEnrolmentCode(world.cloud.pool, systemRandom, request)).code
  }

  async function newBox() {
    const dataFolder = join(folder, 'new-box')
    const config = {
      ...world.edgeConfig,
      dataFolder,
      http: { ...world.edgeConfig.http, port: await freePort() },
    }
    return { config, adapters: { ...world.adapters, machineMark: 'c'.repeat(64) } }
  }

  test('is replaced by one that has its history and sells; the old one, should it return, is fenced', async () => {
    const sold = await sell('sold', 2)
    await uploaded()
    await world.edge().stop()
    cpSync(world.edgeConfig.dataFolder, join(folder, 'old-box'), { recursive: true })
    const { config, adapters } = await newBox()
    const code = await codeFor()
    expect(await adoptCommand(config, adapters, { site: 'quay-street', code }, print)).toBe(1)
    expect(await adoptCommand(config, adapters, { site: world.site.siteId, code }, print)).toBe(0)
    expect(await adoptCommand(config, adapters, { site: world.site.siteId, code }, print)).toBe(1)
    const edge = await startEdge(config, adapters)
    others.push(edge)
    await edge.ready
    const fresh = edge.site?.kernel ?? expect.fail('no site')
    expect(fresh.incarnation).toBe(2)
    expect(fresh.db.prepare('SELECT status FROM bookings WHERE booking_id = ?').get(sold.bookingId)).toEqual({
      status: 'confirmed',
    })
    await vi.waitFor(() => expect(edge.site?.directory.site()).toBeDefined(), waitMs)
    const when = anHourAhead(2)
    const call = (path: string, key: string, body: object) =>
      fetch(`http://127.0.0.1:${config.http.port}/api/v1${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${world.site.callers.kiosk}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(body),
      })
    const hold = { ...when, guestName: 'Demo Visitor' }
    await vi.waitFor(() => expect(fresh.sells).toBe(true), waitMs)
    expect((await call('/bookings', 'hold-taken', { ...hold, spaceId: sold.spaceId })).status).toBe(409)
    // The very call that the old box answered is not carried out a second time.
    const repeated = await call('/bookings', 'hold-sold', { ...hold, spaceId: sold.spaceId })
    expect(await repeated.json()).toMatchObject({ code: 'answered_before' })
    await vi.waitFor(async () => {
      const at = anHourAhead(5)
      expect(
        (await call('/bookings', `new-${at.fromMs}`, { ...hold, ...at, spaceId: sold.spaceId })).status,
      ).toBe(201)
    }, waitMs)

    mkdirSync(world.edgeConfig.dataFolder, { recursive: true })
    await world.restartEdge()
    await vi.waitFor(() => expect(kernel().sells).toBe(false), waitMs)
    await vi.waitFor(async () => expect(await openCases()).toContain('clone'), waitMs)
    expect(kernel().incarnation).toBe(1)
    // Nor does it sell where nobody can tell it again.
    await world.network.cut()
    await world.restartEdge()
    expect(kernel().sells).toBe(false)
    await world.network.restore()
    // It still reports: its new start arrives, and is posted nowhere.
    await uploaded()
    await edge.stop()
    others.length = 0
    expect(await equal(config)).toBe(0)
  }, 120_000)
})
