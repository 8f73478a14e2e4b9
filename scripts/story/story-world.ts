import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cloud, startCloud } from '@gatehouse/cloud/cloud-program'
import { cloudConfigSchema } from '@gatehouse/cloud/config'
import { createTestDatabase } from '@gatehouse/cloud/database/test-database'
import { createEnrolmentCode } from '@gatehouse/cloud/sites/enrolment'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { type EdgeConfig, edgeConfigSchema } from '@gatehouse/edge/config'
import type { EdgeProgram } from '@gatehouse/edge/edge-program'
import { startEdge } from '@gatehouse/edge/main'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { planViewSchema } from '@gatehouse/shared/api/views'
import { pino } from 'pino'
import { expect, vi } from 'vitest'
import { demoSites } from '../demo/demo-sites.ts'
import { openNetwork } from '../demo/network.ts'
import { writeWorld } from '../demo/world/write-world.ts'
import { freePort } from './free-port.ts'
import { Member } from './member.ts'

const hour = 3_600_000

/** A real cloud with a real Harbour House beside it, a network between them that can be cut, and its kiosk. */
export interface StoryWorld {
  readonly cloud: Cloud
  readonly edge: () => EdgeProgram
  readonly network: Awaited<ReturnType<typeof openNetwork>>
  /** Calls the edge as its kiosk. */
  readonly kiosk: (path: string, key?: string, body?: unknown) => Promise<Response>
  /** Logs in to the cloud. */
  readonly logIn: (email: string) => Promise<Member>
  readonly restartEdge: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts cloud, network and edge over a fresh database and the demo world. */
export async function startStory(): Promise<StoryWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-story-'))
  const adapters = {
    clock: new SystemClock(),
    random: systemRandom,
    logger: pino({ level: process.env.STORY_LOG ?? 'silent' }),
  }
  const nowMs = adapters.clock.now().wallMs
  const database = await createTestDatabase()
  const settings = cloudConfigSchema.parse({
    dataFolder: join(folder, 'cloud'),
    http: { port: 0 },
    siteAnswerMaxMs: 3_000,
    limits: {
      perAddress: { perSecond: 10_000, burst: 10_000 },
      perUser: { perSecond: 10_000, burst: 10_000 },
    },
  })
  // The run's server listens on a socket file, an address that people do not configure.
  const cloud = await startCloud({ ...settings, databaseUrl: database.url }, adapters)
  const sites = demoSites(folder)
  await writeWorld({ pool: cloud.pool, auth: cloud.auth, random: systemRandom, nowMs, sites })
  const harbour = sites.find(({ siteId }) => siteId === 'harbour-house')
  if (!harbour) throw new RangeError('the demo has no Harbour House')
  const { code } = await createEnrolmentCode(cloud.pool, systemRandom, { siteId: harbour.siteId, nowMs })
  const [port, proxyPort] = [await freePort(), await freePort()]
  const network = await openNetwork({
    listenPort: proxyPort,
    host: '127.0.0.1',
    targetPort: cloud.port,
    wallMs: () => adapters.clock.now().wallMs,
  })
  const config: EdgeConfig = edgeConfigSchema.parse({
    dataFolder: join(folder, 'edge'),
    http: { port, requestsPerSecondMax: 10_000 },
    cloud: { url: `http://127.0.0.1:${proxyPort}`, enrolmentCode: code },
  })
  const start = async () => {
    const program = await startEdge(config, adapters)
    await program.ready
    return program
  }
  let edge = await start()
  await vi.waitFor(() => expect(edge.site?.directory.site()?.name).toContain('Harbour House'), 15_000)
  return {
    cloud,
    network,
    edge: () => edge,
    kiosk: (path, key, body) =>
      fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
        method: key === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${harbour.callers.kiosk}`,
          'content-type': 'application/json',
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    logIn: (email) => Member.logIn(cloud.url, email),
    restartEdge: async () => {
      await edge.stop()
      edge = await start()
    },
    stop: async () => {
      await edge.stop()
      await network.close()
      await cloud.stop()
      await database.close()
    },
  }
}

/** A weekday at least `daysAhead` days ahead, 12:00 to 13:00 in Berlin winter. */
export function anHourAhead(daysAhead: number): { readonly fromMs: number; readonly toMs: number } {
  const day = 24 * hour
  let fromMs = Math.ceil((new SystemClock().now().wallMs + daysAhead * day) / day) * day + 11 * hour
  while ([0, 6].includes(new Date(fromMs).getUTCDay())) fromMs += day
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
