import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { type CloudConfig, cloudConfigSchema } from '@gatehouse/cloud/config'
import { createTestDatabase } from '@gatehouse/cloud/database/test-database'
import { quickPasswords } from '@gatehouse/cloud/members/testing/quick-passwords'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { type EdgeConfig, edgeConfigSchema } from '@gatehouse/edge/config'
import type { EdgeAdapters, EdgeProgram } from '@gatehouse/edge/edge-program'
import { startEdge } from '@gatehouse/edge/main'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { planViewSchema } from '@gatehouse/shared/api/views'
import { type Logger, pino } from 'pino'
import { expect, vi } from 'vitest'
import { type DemoSite, demoSites } from '../demo/demo-sites.ts'
import { openNetwork } from '../demo/network.ts'
import type { WorldRow } from '../demo/world/rows.ts'
import { writeWorld } from '../demo/world/write-world.ts'
import { freePort } from './free-port.ts'
import { onLines } from './line-readers.ts'
import { Member } from './member.ts'

const hour = 3_600_000

/** A real cloud with a real site beside it, a network between them that can be cut, and its kiosk. */
export interface StoryWorld {
  readonly cloud: Cloud
  readonly edge: () => EdgeProgram
  /** The site that runs, and all sites of the demo. */
  readonly site: DemoSite
  readonly sites: readonly DemoSite[]
  /** Where the edge answers, for example `http://127.0.0.1:49152`. */
  readonly edgeUrl: string
  readonly edgeConfig: EdgeConfig
  readonly network: Awaited<ReturnType<typeof openNetwork>>
  /** Calls the edge as its kiosk. */
  readonly kiosk: (path: string, key?: string, body?: unknown) => Promise<Response>
  /** Logs in to the cloud. */
  readonly logIn: (email: string) => Promise<Member>
  /** Stops the edge and starts it again over its data, with other HTTP settings where some are given. */
  readonly restartEdge: (http?: Partial<EdgeConfig['http']>) => Promise<void>
  /** The box of the edge, for commands that run beside it. */
  readonly adapters: EdgeAdapters
  /** Starts a further cloud process on the same database; the caller stops it. */
  readonly startAnotherCloud: (limits: Partial<CloudConfig['limits']>) => Promise<Cloud>
  readonly stop: () => Promise<void>
}

interface StoryOptions {
  /** `harbour-house` unless said otherwise. */
  readonly siteId?: string
  /** Buses and broker of the edge; none by default. */
  readonly devices?: Pick<EdgeConfig, 'buses' | 'mqtt'>
  /** Gets what both programs log. */
  readonly logger?: Logger
  /** Gets what the site logs, instead. */
  readonly siteLogger?: Logger
  /** Tells the hardware of the edge from another box; none unless said otherwise. */
  readonly machineMark?: string
}

/** Starts cloud, network and edge over a fresh database and the demo world. */
export async function startStory(options: StoryOptions = {}): Promise<StoryWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-story-'))
  const logger = options.logger ?? pino({ level: process.env.STORY_LOG ?? 'silent' })
  const adapters = { clock: new SystemClock(), random: systemRandom, logger, passwords: quickPasswords }
  const nowMs = adapters.clock.now().wallMs
  const database = await createTestDatabase()
  const startCloudWith = (limits: Partial<CloudConfig['limits']>) =>
    // The run's server listens on a socket file, an address that people do not configure.
    startCloud({ ...cloudSettings(folder, limits), databaseUrl: database.url }, adapters)
  const cloud = await startCloudWith({})
  // A story lends what it says; rounds of the demo's policy would take spaces between two of its steps.
  const sites = demoSites(folder).map(asStory)
  await writeWorld({
    pool: cloud.pool,
    auth: cloud.auth,
    seal: cloud.seal,
    random: systemRandom,
    nowMs,
    sites,
  })
  const site = sites.find(({ siteId }) => siteId === (options.siteId ?? 'harbour-house'))
  if (!site) throw new RangeError('the demo has no such site')
  const { code } = await createEnrolmentCode(cloud.pool, systemRandom, {
    siteId: site.siteId,
    by: commandOrigin('test', nowMs),
  })
  const [port, proxyPort] = [await freePort(), await freePort()]
  const network = await openNetwork({
    listenPort: proxyPort,
    host: '127.0.0.1',
    targetPort: cloud.port,
    wallMs: () => adapters.clock.now().wallMs,
  })
  const edgeConfig: EdgeConfig = edgeConfigSchema.parse({
    dataFolder: join(folder, 'edge'),
    http: { port, requestsPerSecondMax: 10_000 },
    cloud: { url: `http://127.0.0.1:${proxyPort}`, enrolmentCode: code },
    ...options.devices,
  })
  const start = async (http: Partial<EdgeConfig['http']> = {}) => {
    const program = await startEdge({ ...edgeConfig, http: { ...edgeConfig.http, ...http } }, edgeAdapters)
    await program.ready
    return program
  }
  const { machineMark } = options
  const edgeAdapters = { ...adapters, logger: options.siteLogger ?? logger, machineMark }
  let edge = await start()
  await vi.waitFor(() => expect(edge.site?.directory.site()).toBeDefined(), 60_000)
  const edgeUrl = `http://127.0.0.1:${port}`
  return {
    ...{ cloud, network, site, sites, edgeUrl, edgeConfig, startAnotherCloud: startCloudWith },
    adapters: edgeAdapters,
    edge: () => edge,
    kiosk: kioskCaller(edgeUrl, site),
    logIn: (email) => Member.logIn(cloud.url, email),
    restartEdge: async (http) => {
      await edge.stop()
      edge = await start(http)
    },
    stop: async () => {
      await edge.stop()
      await network.close()
      await cloud.stop()
      await database.close()
    },
  }
}

/** Lends nothing by itself; its readers send lines. */
function asStory(site: DemoSite): DemoSite {
  const rows = site.rows.map((row): WorldRow => {
    if (!('lending' in row.body)) return row
    const { lending: _, ...body } = row.body
    return { ...row, body }
  })
  return { ...site, rows: rows.map(onLines) }
}

function cloudSettings(folder: string, limits: Partial<CloudConfig['limits']>): CloudConfig {
  const plenty = { perSecond: 10_000, burst: 10_000 }
  return cloudConfigSchema.parse({
    dataFolder: join(folder, 'cloud'),
    http: { port: 0 },
    siteAnswerMaxMs: 3_000,
    limits: { perAddress: plenty, perUser: plenty, perLogIn: plenty, ...limits },
  })
}

function kioskCaller(edgeUrl: string, { callers }: DemoSite): StoryWorld['kiosk'] {
  return (path, key, body) =>
    fetch(`${edgeUrl}/api/v1${path}`, {
      method: key === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${callers.kiosk}`,
        'content-type': 'application/json',
        // Stories stop and start the edge between two calls: a kept connection may end under the second.
        connection: 'close',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
}

/** A weekday at least `daysAhead` days ahead, 12:00 to 13:00 in Berlin winter. */
export function anHourAhead(daysAhead: number): { readonly fromMs: number; readonly toMs: number } {
  const day = 24 * hour
  let fromMs = Math.ceil((new SystemClock().now().wallMs + daysAhead * day) / day) * day + 11 * hour
  const isClosed = (at: Date) => [0, 6].includes(at.getUTCDay()) || at.toISOString().includes('-12-25')
  while (isClosed(new Date(fromMs))) fromMs += day
  return { fromMs, toMs: fromMs + hour }
}

/** A desk of the site's plan that is free throughout. */
export async function freeDesk(
  world: StoryWorld,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<string> {
  const answer = await world.kiosk(`/plan?fromMs=${fromMs}&toMs=${toMs}`)
  const plan = planViewSchema.parse(await answer.json())
  const free = plan.spaces.find(
    ({ status, bookable, kind }) => status === 'free' && bookable && kind === 'desk',
  )
  if (!free) throw new RangeError('no desk is free')
  return free.spaceId
}

/** Waits until the cloud says that it hears the site, as the member's screen would see it. */
export async function untilLive(member: Member, siteId = 'harbour-house'): Promise<void> {
  await vi.waitFor(async () => {
    const site = (await (await member.get(`/sites/${siteId}`)).json()) as { link: { state: string } }
    expect(site.link.state).toBe('live')
  }, 15_000)
}
