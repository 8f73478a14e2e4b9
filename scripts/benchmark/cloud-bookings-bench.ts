import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { cloudConfigSchema } from '@gatehouse/cloud/config'
import { putChangedRows } from '@gatehouse/cloud/directory/put-changes'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { SystemClock } from '@gatehouse/cloud/system-clock'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { pino } from 'pino'
import { type DemoSite, demoSites } from '../demo/demo-sites.ts'
import { writeWorld } from '../demo/world/write-world.ts'
import { freePort } from '../story/free-port.ts'
import { Member } from '../story/member.ts'
import { startEdgeUnderTest } from './edge-under-test.ts'
import { percentile, short } from './statistics.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const bookings = 100
const lentMaxMs = 60_000

interface Slot {
  readonly space_id: string
  readonly from_ms: number
  readonly to_ms: number
}

/** How long a member waits for a paid booking, inside what the site lends and through the site; one after another. */
export async function runCloudBookings(say: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-loans-'))
  // The database's account must be able to pass this folder when the bench runs as root.
  chmodSync(folder, 0o755)
  const plenty = { perSecond: 100_000, burst: 100_000 }
  const limits = { perAddress: plenty, perUser: plenty, perLogIn: plenty }
  const config = cloudConfigSchema.parse({ dataFolder: folder, http: { port: 0 }, limits })
  const clock = new SystemClock()
  const logger = pino({ level: 'error' })
  const cloud = await startCloud(config, { clock, random: systemRandom, logger })
  try {
    const site = await describe(cloud, folder, clock.now().wallMs)
    const edge = await startEdge(cloud, site, folder)
    try {
      const lent = await waitUntilLent(cloud, site)
      const member = await Member.logIn(cloud.url, 'member@demo.example')
      await measure(say, member, { site, path: 'loan', slots: hoursOf(lent) })
      const spaceId = await unlentDesk(cloud, site)
      const own = lent.map((slot) => ({ ...slot, space_id: spaceId }))
      const apart = [...new Map(own.map((slot) => [slot.from_ms, slot])).values()]
      await measure(say, member, { site, path: 'site', slots: hoursOf(apart) })
    } finally {
      await edge.stop()
    }
  } finally {
    await cloud.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Harbour House, open at any hour, which lends half of its desks for the next two weeks. */
async function describe(cloud: Cloud, folder: string, nowMs: number): Promise<DemoSite> {
  const { pool, auth, seal } = cloud
  const sites = demoSites(folder)
  await writeWorld({ pool, auth, seal, random: systemRandom, nowMs, sites })
  const site = sites.find(({ siteId }) => siteId === 'harbour-house')
  const row = site?.rows.find(({ kind }) => kind === 'site')
  if (site === undefined || row === undefined) throw notReady('The demo has no Harbour House.')
  const openingHours = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '00:00', to: '24:00' }))
  const share = { sharePercent: 50, shareMinPercent: 50, shareMaxPercent: 50, stepPercent: 0 }
  const policy = { ...share, windowMs: dayMs, leadMs: 14 * dayMs, cutOffMs: 0 }
  const lending = { pools: [{ poolId: 'desks', kind: 'desk', policy }] }
  const body = { ...(row.body as DirectoryBody<'site'>), openingHours, holidays: [], lending }
  const by = commandOrigin('bench', nowMs)
  await putChangedRows(pool, site.siteId, [{ kind: 'site', key: site.siteId, body }], by)
  return site
}

async function startEdge(cloud: Cloud, { siteId }: DemoSite, folder: string) {
  const by = commandOrigin('bench', new SystemClock().now().wallMs)
  const { code } = await createEnrolmentCode(cloud.pool, systemRandom, { siteId, by })
  const port = await freePort()
  mkdirSync(join(folder, 'edge'))
  const configPath = join(folder, 'edge', 'edge.json')
  const http = { port, requestsPerSecondMax: 10_000 }
  const settings = { dataFolder: 'store', http, cloud: { url: cloud.url, enrolmentCode: code } }
  writeFileSync(configPath, JSON.stringify({ ...settings, log: { level: 'error' } }))
  return startEdgeUnderTest(configPath, port)
}

async function waitUntilLent({ pool }: Cloud, { siteId }: DemoSite): Promise<readonly Slot[]> {
  const startedMs = performance.now()
  while (performance.now() - startedMs < lentMaxMs) {
    const { rows } = await pool.query<Slot>(
      `SELECT space_id, from_ms, to_ms FROM loans WHERE site_id = $1 AND state = 'open' ORDER BY from_ms, space_id`,
      [siteId],
    )
    if (new Set(rows.map(({ from_ms }) => from_ms)).size >= 10) return rows
    await wait(100)
  }
  throw notReady('The site lent nothing.')
}

async function unlentDesk({ pool }: Cloud, { siteId }: DemoSite): Promise<string> {
  const { rows } = await pool.query<{ key: string }>(
    `SELECT key FROM site_directory d WHERE site_id = $1 AND kind = 'space' AND body ->> 'kind' = 'desk'
       AND NOT EXISTS (SELECT FROM loans l WHERE l.site_id = d.site_id AND l.space_id = d.key) ORDER BY key DESC LIMIT 1`,
    [siteId],
  )
  return rows[0]?.key ?? ''
}

/** An hour and a half each: a desk has a gap after it. */
function hoursOf(slots: readonly Slot[]): readonly Slot[] {
  return slots.flatMap((slot) => {
    const starts = Array.from({ length: 15 }, (_, n) => slot.from_ms + n * 1.5 * hourMs)
    return starts.map((fromMs) => ({ ...slot, from_ms: fromMs, to_ms: fromMs + hourMs }))
  })
}

async function measure(
  say: (line: string) => void,
  member: Member,
  asked: { readonly site: DemoSite; readonly path: 'loan' | 'site'; readonly slots: readonly Slot[] },
): Promise<void> {
  const { site, path, slots } = asked
  const held: number[] = []
  const paid: number[] = []
  for (const [n, slot] of slots.slice(0, bookings).entries()) {
    const order = { spaceId: slot.space_id, fromMs: slot.from_ms, toMs: slot.to_ms }
    const startedMs = performance.now()
    const hold = await member.post(`/sites/${site.siteId}/bookings`, `bench-${path}-hold-${n}`, order)
    const booking = (await hold.json()) as { bookingId: string; path?: string; code?: string }
    const heldMs = performance.now()
    if (hold.status !== 201 || booking.path !== path) {
      throw notReady(`A booking by ${path} was answered ${hold.status} ${booking.code ?? booking.path}.`)
    }
    const pay = { method: 'card', card: 'sandbox_ok' }
    const answer = await member.post(`/bookings/${booking.bookingId}/confirm`, `bench-${path}-pay-${n}`, pay)
    if (answer.status !== 200) throw notReady(`A payment was answered ${answer.status}.`)
    held.push(heldMs - startedMs)
    paid.push(performance.now() - heldMs)
  }
  const figures = (times: readonly number[]) =>
    `p50 ${short(percentile(times, 0.5))} ms  p99 ${short(percentile(times, 0.99))} ms`
  const name = path === 'loan' ? 'inside a loan' : 'through the site'
  say(`cloud booking ${name.padEnd(16)}  held ${figures(held)}  paid and confirmed ${figures(paid)}`)
}

function notReady(hint: string): SiteError {
  return new SiteError({ code: 'not_measured', op: 'bench.cloud_bookings', hint, retryable: false })
}
