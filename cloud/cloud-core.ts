import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Random } from '@gatehouse/shared/random/random'
import { Hono } from 'hono'
import type { Logger } from 'pino'
import { type CloudConfig, subjectKeyFileOf } from './config.ts'
import type { Notifications } from './database/notifications.ts'
import type { Pool } from './database/pool.ts'
import { shapeRoutes } from './directory/shape-routes.ts'
import { Projector } from './ingest/projector.ts'
import { retryQuarantined } from './ingest/retry-quarantined.ts'
import { streamRoutes } from './ingest/routes.ts'
import { machineRoutes } from './machine-routes.ts'
import type { Auth, PasswordHashing } from './members/auth.ts'
import { SubjectSeal } from './members/subject-seal.ts'
import type { Metrics } from './metrics.ts'
import { tendPasses } from './passes/tend-passes.ts'
import type { PaymentGateway } from './payments/gateway.ts'
import { SandboxGateway } from './payments/sandbox-gateway.ts'
import { ReconciliationRecorder } from './reconciliation/recorder.ts'
import { type CloudIdentity, loadCloudIdentity } from './sites/cloud-identity.ts'
import { siteRoutes } from './sites/routes.ts'
import { assembleSurface } from './surface.ts'
import { surfaceSettings } from './surface-settings.ts'
import { version } from './version.ts'

const sweepMs = 2_000

/** What a cloud process takes from its machine. */
export interface CloudAdapters {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Routes beside the product's own; the demo tells the front door about itself with one. */
  readonly furtherRoutes?: Hono
  /** Wraps the way to the card gateway; the demo takes it down with this. */
  readonly aroundGateway?: (gateway: PaymentGateway) => PaymentGateway
  /** Stores passwords otherwise than `createAuth` does by itself: tests alone, whose people are invented. */
  readonly passwords?: PasswordHashing
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
      onAppended: (stream, entries) => {
        metrics.entriesReceived.inc(entries.length)
        projector.appended(stream, entries)
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
