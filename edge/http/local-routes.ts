import { timingSafeEqual } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { DeviceHub, DeviceStatus } from '../devices/hub.ts'
import { installWindowMaxMs } from '../devices/install-windows.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { Retention } from '../retention/retention.ts'
import { body, problem } from './described-answers.ts'
import { refuse } from './problem.ts'
import { edgeRouter } from './router.ts'

/** Tools that hold a copy at once, each under a name of its own; also what tools that died can leave behind at most. */
const copiesAtOnceMax = 4

export interface LocalRoutesOptions {
  readonly kernel: Kernel
  readonly dataFolder: string
  readonly localSecret: string
  readonly retention: Pick<Retention, 'state'>
  readonly deviceStatus: () => DeviceStatus[]
  readonly openInstallWindow: DeviceHub['openInstallWindow']
  /** Ids of devices that do not answer and are missed. */
  readonly devicesDown: () => string[]
}

const copyRoute = createRoute({
  method: 'post',
  path: '/local/copy',
  summary: 'Copy the open store into the data folder (tools on this machine only)',
  responses: {
    200: {
      description: 'Path of the copy',
      content: { 'application/json': { schema: z.object({ path: z.string() }) } },
    },
  },
})

/** What a running edge tells `doctor`. */
export const localStateSchema = z.object({
  storage: z.string(),
  sells: z.boolean(),
  headSeq: z.int(),
  /** What is kept of the ledger; an edge of the release before does not tell. */
  retention: z.object({ keptDays: z.int(), prunedSeq: z.int(), problem: z.string().optional() }).optional(),
  devices: z.int(),
  down: z.array(z.object({ deviceId: z.string(), detail: z.string().optional() })),
})

const stateRoute = createRoute({
  method: 'get',
  path: '/local/state',
  summary: 'Store and devices of the running site (tools on this machine only)',
  responses: {
    200: { description: 'State', content: { 'application/json': { schema: localStateSchema } } },
  },
})

const installRoute = createRoute({
  method: 'post',
  path: '/local/readers/install',
  summary: 'Open the install window of a reader on a secure channel (tools on this machine only)',
  request: {
    body: body(
      z.strictObject({ deviceId: deviceIdSchema, forMs: z.int().min(1_000).max(installWindowMaxMs) }),
    ),
  },
  responses: {
    204: { description: 'The window is open; it closes by itself, and when the reader has its key' },
    404: problem('There is no such device, or it has no secure channel'),
    409: problem('The reader is online, so it has its key'),
  },
})

/**
 * For tools on this machine, behind the secret in the data folder. `POST /local/copy`: a consistent copy of the
 * running store, made in steps so that doors do not wait. `GET /local/state`: what `doctor` asks.
 * `POST /local/readers/install`: a reader may be given its key for a while.
 */
export function localRoutes(options: LocalRoutesOptions): OpenAPIHono {
  const { kernel, dataFolder, localSecret, retention, deviceStatus, devicesDown } = options
  const app = edgeRouter()
  let copies = 0
  app.use('/local/*', requireLocalSecret(localSecret))
  app.openapi(copyRoute, async (c) => {
    copies += 1
    const path = join(dataFolder, `copy-${copies % copiesAtOnceMax}.sqlite`)
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    await kernel.db.backup(path)
    return c.json({ path }, 200)
  })
  app.openapi(stateRoute, (c) => {
    const { storage, sells, head } = kernel
    const status = deviceStatus()
    const missed = new Set(devicesDown())
    const down = status
      .filter(({ deviceId }) => missed.has(deviceId))
      .map(({ deviceId, detail }) => ({ deviceId, ...(detail !== undefined && { detail }) }))
    const { keptDays, prunedSeq, problem: trouble } = retention.state
    const kept = { keptDays, prunedSeq, ...(trouble && { problem: trouble }) }
    const devices = status.length
    return c.json({ storage, sells, headSeq: head.seq, retention: kept, devices, down }, 200)
  })
  app.openapi(installRoute, (c) => {
    const { deviceId, forMs } = c.req.valid('json')
    const opened = options.openInstallWindow(deviceId, forMs)
    return opened.ok ? c.body(null, 204) : refuse(c, { code: opened.error })
  })
  return app
}

/** Lets only tools on this machine through, by the secret in the data folder. */
export function requireLocalSecret(localSecret: string): MiddlewareHandler {
  const expected = Buffer.from(sha256Hex(`Bearer ${localSecret}`))
  return async (c, next) => {
    const given = Buffer.from(sha256Hex(c.req.header('authorization') ?? ''))
    if (!timingSafeEqual(given, expected)) return refuse(c, { code: 'credential_wrong' })
    await next()
    return undefined
  }
}
