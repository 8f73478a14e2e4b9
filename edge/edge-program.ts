import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { idleConnectionMs } from '@gatehouse/shared/api/idle-connection'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { Random } from '@gatehouse/shared/random/random'
import { serve, type WebSocketServerLike } from '@hono/node-server'
import type { Logger } from 'pino'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { WebSocketServer } from 'ws'
import type { EdgeConfig } from './config.ts'
import type { CardGateway } from './drawer/card-gateway.ts'
import { createEdgeApp } from './http/app.ts'
import { operationsRoutes } from './http/operations-routes.ts'
import type { Failpoint } from './ledger/failpoints.ts'
import { packageRoot } from './package-root.ts'
import { finishTakeOver } from './recovery/take-over.ts'
import type { Site } from './site/site.ts'
import type { prepareDevices } from './site/site-devices.ts'
import { SiteLives } from './site/site-lives.ts'
import { enrolUntilDone } from './sync/enrolment.ts'
import { loadIdentity, loadSiteKey } from './sync/site-identity.ts'
import { version } from './version.ts'

/** What an edge takes from its surroundings; `main.ts` gives the real ones. */
export interface EdgeAdapters {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Stays with the hardware; without it a person has to say that a restored box is the same one. */
  readonly machineMark?: string | undefined
  readonly failpoint?: Failpoint
  /** The way to the devices; those of the machine's buses and broker when absent. */
  readonly prepareDevices?: typeof prepareDevices
  /** Wraps the way to the card gateway; the demo takes it down with this. */
  readonly aroundGateway?: (gateway: CardGateway) => CardGateway
}

type Fetch = (request: Request, env: unknown) => Response | Promise<Response>

/**
 * One edge as a program.
 *
 *   listening ─ no identity ─▶ enrolling (every answer: site_not_ready) ─ enrolled ─▶ serving ─ stop ─▶ stopped
 *       └──────── identity on disk ───────────────────────────────────────────▲
 */
export class EdgeProgram {
  readonly #config: EdgeConfig
  readonly #adapters: EdgeAdapters
  readonly #registry = new Registry()
  readonly #abort = new AbortController()
  readonly #lives: SiteLives
  #fetch: Fetch
  #server: Server | undefined
  #opened: Promise<void> = Promise.resolve()

  constructor(config: EdgeConfig, adapters: EdgeAdapters) {
    this.#config = config
    this.#adapters = adapters
    collectDefaultMetrics({ register: this.#registry })
    this.#fetch = this.#app(undefined)
    const onSite = (site: Site | undefined) => {
      this.#fetch = this.#app(site)
    }
    this.#lives = new SiteLives({ config, adapters, registry: () => this.#emptyRegistry(), onSite })
  }

  #emptyRegistry(): Registry {
    this.#registry.clear()
    collectDefaultMetrics({ register: this.#registry })
    return this.#registry
  }

  /** The site, once enrolled and open. */
  get site(): Site | undefined {
    return this.#lives.site
  }

  /** Resolves when the site is open; rejects when it cannot be opened. */
  get ready(): Promise<void> {
    return this.#opened.then(() => this.#lives.ready)
  }

  /** Listens, then opens the site: at once when enrolled, else as soon as the cloud accepts the code. */
  async start(): Promise<void> {
    mkdirSync(this.#config.dataFolder, { recursive: true, mode: 0o700 })
    finishTakeOver(this.#config.dataFolder)
    const identity = loadIdentity(this.#config.dataFolder)
    if (identity) await this.#lives.open(identity)
    await this.#listen()
    if (!identity) this.#opened = this.#enrol()
    this.#opened.catch((error: unknown) =>
      this.#adapters.logger.fatal({ error }, 'the site cannot be opened'),
    )
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#opened.catch(() => undefined)
    await this.#lives.stop()
    const server = this.#server
    if (!server) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }

  async #enrol(): Promise<void> {
    const { dataFolder, cloud } = this.#config
    const { logger, random } = this.#adapters
    const identity = await enrolUntilDone({
      dataFolder,
      cloudUrl: cloud.url,
      code: cloud.enrolmentCode,
      key: loadSiteKey(dataFolder),
      machineMark: this.#adapters.machineMark,
      random,
      signal: this.#abort.signal,
      log: (message, detail) => logger.warn({ detail }, message),
    })
    if (identity) await this.#lives.open(identity)
  }

  #app(site: Site | undefined): Fetch {
    const { clock, random, logger } = this.#adapters
    const readiness = site
      ? site.readiness
      : [
          {
            name: 'enrolment',
            check: () => ({ ok: false, detail: 'waiting for the cloud to accept the code' }),
          },
        ]
    const app = createEdgeApp({
      guards: {
        ...{ config: this.#config.http, clock, random },
        onRefused: (request) => logger.info(request, 'request refused'),
      },
      version,
      operations: operationsRoutes({ version, registry: this.#registry, readiness }),
      ...(site && { site: site.http }),
      screens: { kiosk: join(packageRoot, 'kiosk/dist/web'), admin: join(packageRoot, 'admin/dist/web') },
      onError: (error, traceId) => {
        logger.error({ error, traceId }, 'request failed')
        this.#lives.heed(error)
      },
    })
    return (request, env) => app.fetch(request, env as object)
  }

  #listen(): Promise<void> {
    const { host, port } = this.#config.http
    const sockets = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 })
    return new Promise((resolve, reject) => {
      const server = serve(
        {
          fetch: (request, env) => this.#fetch(request, env),
          hostname: host,
          port,
          serverOptions: { keepAliveTimeout: idleConnectionMs },
          // The library's own type asks for exact optional fields that the socket server declares otherwise.
          websocket: { server: sockets as unknown as WebSocketServerLike },
        },
        () => resolve(),
      )
      // `serve` gives a plain HTTP server unless asked for another kind.
      this.#server = server as Server
      server.once('error', (cause) => {
        const hint = `Port ${port} on ${host} cannot be used; stop what uses it, or set http.port.`
        reject(new SiteError({ code: 'port_unavailable', op: 'http.listen', hint, retryable: false, cause }))
      })
    })
  }
}
