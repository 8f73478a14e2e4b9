import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
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
import { moveAside, readDamageNote, setAside } from './ledger/damage-note.ts'
import type { Failpoint } from './ledger/failpoints.ts'
import { storageFailure } from './ledger/storage-state.ts'
import { packageRoot } from './package-root.ts'
import { askAsLostLife, beginNextLife, buildFromHistory } from './recovery/recover-site.ts'
import { finishTakeOver } from './recovery/take-over.ts'
import { Site } from './site/site.ts'
import type { prepareDevices } from './site/site-devices.ts'
import { damageWatch } from './site/store-care.ts'
import { provisionalFile, storeFile } from './site/store-file.ts'
import { enrolUntilDone } from './sync/enrolment.ts'
import { loadIdentity, loadSiteKey, type SiteIdentity } from './sync/site-identity.ts'
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
  #fetch: Fetch
  #server: Server | undefined
  #site: Site | undefined
  #ready: Promise<void> = Promise.resolve()
  #recovery: Promise<void> = Promise.resolve()
  #recovering = false
  /** Gives the failures of the open store to whoever moves a damaged one aside. */
  #watchStore: (error: unknown) => void = () => {}

  constructor(config: EdgeConfig, adapters: EdgeAdapters) {
    this.#config = config
    this.#adapters = adapters
    collectDefaultMetrics({ register: this.#registry })
    this.#fetch = this.#app(undefined)
  }

  /** The site, once enrolled and open. */
  get site(): Site | undefined {
    return this.#site
  }

  /** Resolves when the site is open; rejects when it cannot be opened. */
  get ready(): Promise<void> {
    return this.#ready
  }

  /** Listens, then opens the site: at once when enrolled, else as soon as the cloud accepts the code. */
  async start(): Promise<void> {
    mkdirSync(this.#config.dataFolder, { recursive: true, mode: 0o700 })
    finishTakeOver(this.#config.dataFolder)
    const identity = loadIdentity(this.#config.dataFolder)
    if (identity) await this.#open(identity)
    await this.#listen()
    if (!identity) this.#ready = this.#enrol()
    this.#ready.catch((error: unknown) => this.#adapters.logger.fatal({ error }, 'the site cannot be opened'))
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#recovery
    await this.#ready.catch(() => undefined)
    await this.#site?.stop()
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
    if (identity) await this.#open(identity)
  }

  async #open(identity: SiteIdentity): Promise<void> {
    try {
      await this.#openSite(identity)
    } catch (error) {
      if (storageFailure(error) !== 'damaged') throw error
      this.#moveAside(identity, String(error))
      await this.#openSite(identity)
    }
  }

  async #openSite(identity: SiteIdentity): Promise<void> {
    const { logger } = this.#adapters
    this.#watchStore = damageWatch((why) => {
      // A stop waits for what goes on here; when it fails the process ends, and its next start goes on.
      this.#ready = Promise.resolve()
        .then(() => opening)
        .then((open) => this.#reopen(open, identity, why))
    })
    const opening = Site.open(this.#config, this.#adapters, identity, this.#registry, {
      onStoreFailure: (error) => this.#watchStore(error),
      onLost: () => this.#recoverSoon(identity),
    })
    const site = await opening
    this.#site = site
    this.#fetch = this.#app(site)
    logger.info({ siteId: identity.siteId, incarnation: identity.incarnation }, 'site open')
  }

  /** The store is older than its own past: asks for the next life, one call at a time; the next handshake asks again. */
  #recoverSoon(identity: SiteIdentity): void {
    if (this.#recovering) return
    this.#recovering = true
    const recovery = this.#recover(identity)
      .catch((error: unknown) =>
        this.#adapters.logger.warn({ error }, 'this site could not be recovered yet'),
      )
      .finally(() => {
        this.#recovering = false
      })
    this.#recovery = recovery
  }

  async #recover(identity: SiteIdentity): Promise<void> {
    const { logger, clock, random, machineMark } = this.#adapters
    const { dataFolder, cloud } = this.#config
    const options = {
      ...{ dataFolder, cloudUrl: cloud.url, key: loadSiteKey(dataFolder), clock, random, machineMark },
    }
    const head = this.#site?.kernel.head
    if (!head) return
    const answer = await askAsLostLife(options, identity, head)
    if (answer.state !== 'granted') {
      logger.warn(answer, 'this store is older than its own past: nothing is sold until HQ has chosen')
      return
    }
    const { identity: next, history } = answer
    const store = await buildFromHistory(options, next, history)
    const from = history.at(-1)
    if (this.#abort.signal.aborted || !from) return store.close()
    this.#ready = this.#ready.then(() =>
      this.#goOnAs(next, () => beginNextLife(options, next, store, { how: 'recovered', from })),
    )
    await this.#ready
  }

  /** Closes the site, lets `begin` change its store, and opens it as the next life. */
  async #goOnAs(identity: SiteIdentity, begin: () => object): Promise<void> {
    const { logger } = this.#adapters
    this.#fetch = this.#app(undefined)
    await this.#site?.stop()
    const entered = begin()
    logger.warn({ ...entered, incarnation: identity.incarnation }, 'this site has its lost history again')
    this.#registry.clear()
    collectDefaultMetrics({ register: this.#registry })
    await this.#openSite(identity)
  }

  /** The ledger turned out to be damaged at work: it is moved aside, and the site goes on without selling. */
  async #reopen(site: Site, identity: SiteIdentity, why: string): Promise<void> {
    const { logger } = this.#adapters
    logger.fatal({ why }, 'the ledger is damaged')
    this.#fetch = this.#app(undefined)
    site.kernel.giveUp()
    await site.stop().catch((error: unknown) => logger.error({ error }, 'the damaged store did not close'))
    this.#moveAside(identity, why)
    this.#registry.clear()
    collectDefaultMetrics({ register: this.#registry })
    await this.#openSite(identity)
  }

  #moveAside({ incarnation }: SiteIdentity, why: string): void {
    const { dataFolder } = this.#config
    const atMs = this.#adapters.clock.now().wallMs
    if (readDamageNote(dataFolder)) moveAside(dataFolder, provisionalFile, { atMs })
    else setAside(dataFolder, storeFile, { atMs, why, incarnation })
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
      screensFolder: join(packageRoot, 'kiosk/dist/web'),
      onError: (error, traceId) => {
        logger.error({ error, traceId }, 'request failed')
        this.#watchStore(error)
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
