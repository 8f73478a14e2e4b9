import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { idleConnectionMs } from '@gatehouse/shared/api/idle-connection'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { commandOrigin } from '../../audit/act.ts'
import { Notifications } from '../../database/notifications.ts'
import { openPool } from '../../database/pool.ts'
import { createTestDatabase, type TestDatabase } from '../../database/test-database.ts'
import { shapeRoutes } from '../../directory/shape-routes.ts'
import { Projector } from '../../ingest/projector.ts'
import { streamRoutes } from '../../ingest/routes.ts'
import { loadCloudIdentity } from '../cloud-identity.ts'
import { createEnrolmentCode } from '../enrolment.ts'
import { siteRoutes } from '../routes.ts'
import { createSite, putOperator } from '../site-store.ts'
import { SiteTwin } from './site-twin.ts'

export const startMs = Date.UTC(2026, 10, 20, 12)

/** The sync endpoints of one cloud process over a database of its own, with real sockets. */
export class SyncServer {
  readonly clock = new ManualClock(startMs)
  readonly random = new SeededRandom(7)
  readonly failures: unknown[] = []
  readonly database: TestDatabase
  readonly notifications: Notifications
  readonly projector: Projector
  url = ''
  #server: Server | undefined

  private constructor(database: TestDatabase) {
    this.database = database
    this.notifications = new Notifications(database.url)
    this.projector = new Projector({
      pool: database.pool,
      clock: this.clock,
      notifications: this.notifications,
      onFailure: (_stream, error) => this.failures.push(error),
    })
  }

  static async start(): Promise<SyncServer> {
    const server = new SyncServer(await createTestDatabase())
    await server.#open()
    return server
  }

  /** A second process over the database of another one; stop it first. */
  static async beside(other: SyncServer): Promise<SyncServer> {
    const server = new SyncServer({ ...other.database, close: () => Promise.resolve() })
    await server.#open()
    return server
  }

  get pool() {
    return this.database.pool
  }

  async #open(): Promise<void> {
    const { pool, clock, notifications, projector } = this
    const identity = await loadCloudIdentity(pool, this.random, startMs)
    await notifications.start()
    await projector.start()
    const app = new Hono()
    app.route('/sync/v1', siteRoutes({ pool, clock, identity, onHeartbeat: () => undefined }))
    app.route(
      '/sync/v1',
      streamRoutes({ pool, clock, notifications, onAppended: (...all) => projector.appended(...all) }),
    )
    app.route('/sync/v1', shapeRoutes({ pool, clock, notifications }))
    const info = await new Promise<AddressInfo>((resolve) => {
      this.#server = serve(
        {
          ...{ fetch: app.fetch, port: 0, hostname: '127.0.0.1' },
          serverOptions: { keepAliveTimeout: idleConnectionMs },
        },
        resolve,
      ) as Server
    })
    this.url = `http://127.0.0.1:${info.port}`
    await putOperator(pool, 'operator', 'Harbour & Quay (test)', commandOrigin('test', startMs))
  }

  /** Creates a site and makes a code for its machine. */
  async newCode(site: string): Promise<string> {
    const siteId = siteIdSchema.parse(site)
    const by = commandOrigin('test', this.clock.now().wallMs)
    await createSite(this.pool, this.random, { siteId, operatorId: 'operator', by })
    return (await createEnrolmentCode(this.pool, this.random, { siteId, by })).code
  }

  /** A machine that is enrolled as the next life of a site. */
  async enrolled(site: string): Promise<SiteTwin> {
    const twin = new SiteTwin(this.url, this.clock)
    const answer = await twin.enrol(await this.newCode(site))
    if (!answer.ok) throw new TypeError(await answer.text())
    return twin
  }

  /** Waits until everything that was appended is projected. */
  async projected(): Promise<void> {
    await this.projector.settled()
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((resolve) => this.#server?.close(resolve))
    await this.projector.stop()
    await this.notifications.stop()
    await this.database.close()
  }

  /** A second pool on the same database, as another process has it. */
  otherPool() {
    return openPool(this.database.url)
  }
}
