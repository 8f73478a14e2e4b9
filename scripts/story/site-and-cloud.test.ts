import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { cloudConfigSchema } from '@gatehouse/cloud/config'
import { createTestDatabase, type TestDatabase } from '@gatehouse/cloud/database/test-database'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { edgeConfigSchema } from '@gatehouse/edge/config'
import type { EdgeProgram } from '@gatehouse/edge/edge-program'
import { startEdge } from '@gatehouse/edge/main'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { bookingViewSchema, planViewSchema } from '@gatehouse/shared/api/views'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { demoSites } from '../demo/demo-sites.ts'
import { writeWorld } from '../demo/world/write-world.ts'
import { freePort } from './free-port.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-story-'))
const clock = new SystemClock()
const logger = pino({ level: process.env.STORY_LOG ?? 'silent' })
const hour = 3_600_000

let database: TestDatabase
let cloud: Cloud
let edge: EdgeProgram
let edgeUrl = ''
let kioskSecret = ''

beforeAll(async () => {
  database = await createTestDatabase()
  const settings = cloudConfigSchema.parse({ dataFolder: join(folder, 'cloud'), http: { port: 0 } })
  // The run's server listens on a socket file, an address that people do not configure.
  const cloudConfig = { ...settings, databaseUrl: database.url }
  cloud = await startCloud(cloudConfig, { clock, random: systemRandom, logger })
  const sites = demoSites(folder)
  await writeWorld({ pool: cloud.pool, auth: cloud.auth, random: systemRandom, nowMs: Date.now(), sites })
  const [harbour] = sites
  if (!harbour) throw new RangeError('the demo has no first site')
  kioskSecret = harbour.callers.kiosk
  const { siteId } = harbour
  const { code } = await createEnrolmentCode(cloud.pool, systemRandom, { siteId, nowMs: Date.now() })
  const port = await freePort()
  edgeUrl = `http://127.0.0.1:${port}`
  const edgeConfig = edgeConfigSchema.parse({
    dataFolder: join(folder, 'edge'),
    http: { port },
    cloud: { url: cloud.url, enrolmentCode: code },
  })
  edge = await startEdge(edgeConfig, { clock, random: systemRandom, logger })
  await edge.ready
  await vi.waitFor(() => expect(edge.site?.directory.site()?.name).toBe('Harbour House (demo)'), 15_000)
}, 60_000)

afterAll(async () => {
  await edge?.stop()
  await cloud?.stop()
  await database?.close()
})

const headers = () => ({ authorization: `Bearer ${kioskSecret}`, 'content-type': 'application/json' })

function post(path: string, key: string, body: unknown): Promise<Response> {
  const keyed = { ...headers(), 'idempotency-key': key }
  return fetch(`${edgeUrl}/api/v1${path}`, { method: 'POST', headers: keyed, body: JSON.stringify(body) })
}

async function freeDesk(fromMs: number, toMs: number): Promise<string> {
  const answer = await fetch(`${edgeUrl}/api/v1/plan?fromMs=${fromMs}&toMs=${toMs}`, { headers: headers() })
  const plan = planViewSchema.parse(await answer.json())
  const free = plan.spaces.find(
    ({ status, bookable, kind }) => status === 'free' && bookable && kind === 'desk',
  )
  if (!free) throw new RangeError('no desk is free')
  return free.spaceId
}

/** A weekday two days or more ahead, 12:00 to 13:00 in Berlin winter or summer. */
function anHourAhead(): { fromMs: number; toMs: number } {
  let fromMs = Math.ceil((Date.now() + 48 * hour) / (24 * hour)) * 24 * hour + 11 * hour
  while ([0, 6].includes(new Date(fromMs).getUTCDay())) fromMs += 24 * hour
  return { fromMs, toMs: fromMs + hour }
}

describe('a site and its cloud', () => {
  test('a desk booked and paid at the kiosk arrives in the cloud, and both books agree', async () => {
    const when = anHourAhead()
    const spaceId = await freeDesk(when.fromMs, when.toMs)
    const held = await post('/bookings', 'story-hold-1', { spaceId, ...when, guestName: 'Demo Visitor' })
    expect(held.status).toBe(201)
    const booking = bookingViewSchema.parse(await held.json())
    const cash = { method: 'cash', tenderedMinor: booking.price.totalMinor + 500 }
    const paid = await post(`/bookings/${booking.bookingId}/confirm`, 'story-pay-1', cash)
    expect(await paid.json()).toMatchObject({ status: 'confirmed', paidMinor: booking.price.totalMinor })
    await vi.waitFor(async () => {
      const { rows } = await cloud.pool.query('SELECT status FROM bookings WHERE booking_id = $1', [
        booking.bookingId,
      ])
      expect(rows).toEqual([{ status: 'confirmed' }])
    }, 10_000)
  })

  test('refuses a kiosk request without a credential', async () => {
    expect((await fetch(`${edgeUrl}/api/v1/site`)).status).toBe(401)
  })
})
