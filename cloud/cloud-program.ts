import { type CloudAdapters, composeCloud } from './cloud-core.ts'
import type { CloudConfig } from './config.ts'
import { Notifications } from './database/notifications.ts'
import { type Database, openDatabase } from './database/open-database.ts'
import type { Pool } from './database/pool.ts'
import { listen } from './http/listening.ts'
import type { Projector } from './ingest/projector.ts'
import { type Auth, createAuth } from './members/auth.ts'
import type { SubjectSeal } from './members/subject-seal.ts'
import { createMetrics } from './metrics.ts'
import { publicUrlOf, urlHost } from './public-address.ts'
import type { CloudIdentity } from './sites/cloud-identity.ts'

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
  const { logger, passwords } = adapters
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
      ...(passwords === undefined ? {} : { passwords }),
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
