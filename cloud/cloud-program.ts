import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { Random } from '@gatehouse/shared/random/random'
import { type ServerType, serve, type WebSocketServerLike } from '@hono/node-server'
import { Hono } from 'hono'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import { type CloudConfig, subjectKeyFileOf } from './config.ts'
import { Notifications } from './database/notifications.ts'
import { type Database, openDatabase } from './database/open-database.ts'
import type { Pool } from './database/pool.ts'
import { shapeRoutes } from './directory/shape-routes.ts'
import { Projector } from './ingest/projector.ts'
import { retryQuarantined } from './ingest/retry-quarantined.ts'
import { streamRoutes } from './ingest/routes.ts'
import { machineRoutes } from './machine-routes.ts'
import { type Auth, createAuth } from './members/auth.ts'
import { SubjectSeal } from './members/subject-seal.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { packageRoot } from './package-root.ts'
import { tendPasses } from './passes/tend-passes.ts'
import type { PaymentGateway } from './payments/gateway.ts'
import { SandboxGateway } from './payments/sandbox-gateway.ts'
import { ReconciliationRecorder } from './reconciliation/recorder.ts'
import { type CloudIdentity, loadCloudIdentity } from './sites/cloud-identity.ts'
import { siteRoutes } from './sites/routes.ts'
import { assembleSurface, type SurfaceSettings } from './surface.ts'
import { version } from './version.ts'

const sweepMs = 2_000
const socketBytesMax = 16 * 1024

/** What a cloud process takes from its machine. */
export interface CloudAdapters {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Routes beside the product's own; the demo tells the front door about itself with one. */
  readonly furtherRoutes?: Hono
  /** Wraps the way to the card gateway; the demo takes it down with this. */
  readonly aroundGateway?: (gateway: PaymentGateway) => PaymentGateway
}

/** A running cloud process. */
export interface Cloud {
  /** Where it listens, for example `http://127.0.0.1:8080`. */
  readonly url: string
  readonly port: number
  readonly pool: Pool
  /** Connection string of its database. */
  readonly databaseUrl: string
  readonly identity: CloudIdentity
  readonly auth: Auth
  /** Seals personal values. */
  readonly seal: SubjectSeal
  readonly notifications: Notifications
  readonly projector: Projector
  /** Stops taking requests, lets those in flight end, then closes the database. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * Starts a cloud process and resolves once it listens: database, identity, projection, jobs, HTTP.
 * Throws a `SiteError` that says what to do when the database or the port cannot be had.
 */
export async function startCloud(config: CloudConfig, adapters: CloudAdapters): Promise<Cloud> {
  const database = await openDatabase(config, { beside: false })
  const undo: (() => Promise<void> | void)[] = [() => database.close()]
  try {
    return await assemble(config, adapters, database, undo)
  } catch (error) {
    for (const step of undo.reverse()) await step()
    throw error
  }
}

async function assemble(
  config: CloudConfig,
  adapters: CloudAdapters,
  database: Database,
  undo: (() => Promise<void> | void)[],
): Promise<Cloud> {
  const { logger } = adapters
  const { pool } = database
  const notifications = new Notifications(database.url)
  await notifications.start()
  undo.push(() => notifications.stop())
  const around = { pool, notifications, metrics: createMetrics(pool) }
  const auth = (identity: CloudIdentity) =>
    createAuth({
      pool,
      secret: identity.loginSecret,
      publicUrl: publicUrlOf(config),
      trustedOrigins: config.http.allowedOrigins,
    })
  const core = await composeCloud(config, adapters, { ...around, auth })
  undo.push(() => core.stop())
  const listening = await listen(core.fetch, config, notifications)
  undo.push(
    () => listening.close(),
    () => core.rest(),
  )
  core.work()
  const { identity, projector } = core
  logger.info(
    { port: listening.port, embedded: database.isEmbedded, epoch: identity.epoch },
    'cloud is ready',
  )
  return {
    url: `http://${urlHost(config.http.host)}:${listening.port}`,
    port: listening.port,
    pool,
    databaseUrl: database.url,
    identity,
    ...{ auth: core.auth, seal: core.seal },
    notifications,
    projector,
    stop: async () => {
      for (const step of undo.splice(0).reverse()) await step()
    },
  }
}

/** What a cloud process is built around: its database, and who may log in. */
export interface CloudSurroundings {
  readonly pool: Pool
  readonly notifications: Notifications
  readonly metrics: Metrics
  readonly auth: (identity: CloudIdentity) => Auth
}

/** A cloud process without its socket: projection, jobs and everything it answers. */
export interface CloudCore {
  readonly identity: CloudIdentity
  readonly auth: Auth
  readonly seal: SubjectSeal
  readonly projector: Projector
  readonly fetch: ReturnType<typeof assembleSurface>['app']['fetch']
  /** Says that it is ready and begins its jobs. */
  work(): void
  /** Is no longer ready and ends its jobs. */
  rest(): Promise<void>
  /** Stops following changes and projecting. */
  stop(): Promise<void>
}

/** Puts a cloud process together over an open database. */
export async function composeCloud(
  config: CloudConfig,
  adapters: CloudAdapters,
  around: CloudSurroundings,
): Promise<CloudCore> {
  const { clock, random, logger, furtherRoutes } = adapters
  const { pool, notifications, metrics } = around
  const identity = await loadCloudIdentity(pool, random, clock.now().wallMs)
  await tendPasses({ pool, clock, identity })
  const projector = startProjector({ ...adapters, pool, notifications, metrics })
  await projector.start()
  const posted = await retryQuarantined(pool, clock.now().wallMs)
  if (posted > 0) logger.info({ posted }, 'entries that were set aside could be posted now')

  const recorder = new ReconciliationRecorder({ pool, clock, projector })
  const auth = around.auth(identity)
  const sandbox = new SandboxGateway(pool)
  const seal = new SubjectSeal(subjectKeyFileOf(config), random)
  let isReady = false
  const health = machineRoutes({
    db: pool,
    registry: metrics.registry,
    metricsToken: config.metricsToken,
    version,
    isReady: () => isReady,
  })
  const sync = syncRoutes({ ...adapters, pool, notifications, identity, projector, metrics, recorder })
  const surface = assembleSurface({
    ...adapters,
    ...{ pool, notifications, auth, identity, seal },
    gateway: adapters.aroundGateway?.(sandbox) ?? sandbox,
    machineRoutes: [health, sync, ...(furtherRoutes === undefined ? [] : [furtherRoutes])],
    settings: surfaceSettings(config),
  })
  let endJobs = async () => {}
  return {
    ...{ identity, auth, seal, projector, fetch: surface.app.fetch },
    work: () => {
      isReady = true
      endJobs = repeat(sweepMs, logger, () => surface.sweep())
    },
    rest: () => {
      isReady = false
      return endJobs()
    },
    stop: async () => {
      surface.stop()
      await projector.stop()
    },
  }
}

type Parts = CloudAdapters & {
  readonly pool: Pool
  readonly notifications: Notifications
  readonly metrics: Metrics
}

function startProjector({ pool, clock, notifications, metrics, logger }: Parts): Projector {
  return new Projector({
    pool,
    clock,
    notifications,
    onProjected: (_stream, count) => metrics.entriesProjected.inc(count),
    onFailure: (stream, error) => {
      metrics.projectionFailures.inc()
      logger.error({ err: error, ...stream }, 'projection failed; it is tried again')
    },
  })
}

/** What sites talk to, under `/sync/v1`. */
function syncRoutes(
  parts: Parts & {
    readonly identity: CloudIdentity
    readonly projector: Projector
    readonly recorder: ReconciliationRecorder
  },
): Hono {
  const { projector, metrics, recorder, logger } = parts
  const routes = new Hono()
  routes.route(
    '/sync/v1',
    siteRoutes({
      ...parts,
      onHeartbeat: (siteId) => {
        recorder
          .record(siteId)
          .catch((error: unknown) => logger.warn({ err: error, siteId }, 'not reconciled'))
      },
    }),
  )
  routes.route(
    '/sync/v1',
    streamRoutes({
      ...parts,
      onAppended: (stream, count) => {
        metrics.entriesReceived.inc(count)
        projector.wake(stream)
      },
    }),
  )
  routes.route('/sync/v1', shapeRoutes(parts))
  return routes
}

/** Runs a job again and again, never twice at once; failures are logged and tried again. Returns its stop. */
function repeat(everyMs: number, logger: Logger, job: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    if (running !== undefined) return
    running = job()
      .catch((error: unknown) => logger.error({ err: error }, 'a job failed; it is tried again'))
      .finally(() => {
        running = undefined
      })
  }, everyMs)
  return async () => {
    clearInterval(timer)
    await running
  }
}

interface Listening {
  readonly port: number
  close(): Promise<void>
}

function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  config: CloudConfig,
  notifications: Notifications,
): Promise<Listening> {
  const { host, port } = config.http
  const sockets = new WebSocketServer({ noServer: true, maxPayload: socketBytesMax })
  return new Promise((resolve, reject) => {
    // The library's own type asks for exact optional fields that the socket server declares otherwise.
    const server: ServerType = serve(
      { fetch, port, hostname: host, websocket: { server: sockets as unknown as WebSocketServerLike } },
      (info: AddressInfo) =>
        resolve({ port: info.port, close: () => close(server as Server, sockets, notifications) }),
    )
    server.once('error', (cause) => {
      reject(
        new SiteError({
          code: 'port_unavailable',
          op: 'http.listen',
          hint: `Port ${port} on ${host} cannot be used. Stop what uses it, or set http.port or CLOUD_PORT.`,
          retryable: false,
          cause,
        }),
      )
    })
  })
}

const drainMaxMs = 5_000

/** Ends screens and long polls, lets other requests finish for at most 5 s. */
async function close(server: Server, sockets: WebSocketServer, notifications: Notifications): Promise<void> {
  for (const socket of sockets.clients) socket.close(1001, 'the server stops')
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  notifications.wakeAll()
  const timer = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
  }, drainMaxMs)
  await closed
  clearTimeout(timer)
}

function publicUrlOf({ http }: CloudConfig): string {
  return http.publicUrl ?? `http://${urlHost(http.host)}:${http.port}`
}

function hostRulesOf({ http }: CloudConfig): { hosts: readonly string[]; origins: readonly string[] } {
  const own = http.publicUrl === undefined ? [] : [new URL(http.publicUrl).hostname]
  return {
    hosts: ['127.0.0.1', 'localhost', '[::1]', http.host, ...own, ...http.allowedHosts],
    origins: http.allowedOrigins,
  }
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

function surfaceSettings(config: CloudConfig): SurfaceSettings {
  const { http, limits, siteAnswerMaxMs, retention, exceptions } = config
  return {
    hostRules: hostRulesOf(config),
    limits,
    trustedProxies: http.trustedProxies,
    https: publicUrlOf(config).startsWith('https:'),
    screens: {
      frontDoor: join(packageRoot, 'front-door', 'dist', 'web'),
      memberApp: join(packageRoot, 'member-app', 'dist', 'web'),
      hq: join(packageRoot, 'hq', 'dist', 'web'),
    },
    answerMaxMs: siteAnswerMaxMs,
    accessKeptDays: retention.accessDays,
    passLifeMs: config.passes.lifeHours * 3_600_000,
    credits: config.credits,
    secondPerson: { aboveMinor: exceptions.secondPersonAboveMinor, kinds: exceptions.secondPersonKinds },
    tzdataVersion: process.versions.tz ?? 'unknown',
  }
}
