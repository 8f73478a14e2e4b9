import type { Registry } from 'prom-client'
import type { EdgeConfig } from '../config.ts'
import type { EdgeAdapters } from '../edge-program.ts'
import { moveAside, readDamageNote, setAside } from '../ledger/damage-note.ts'
import { storageFailure } from '../ledger/storage-state.ts'
import { askAsLostLife, beginNextLife, buildFromHistory } from '../recovery/recover-site.ts'
import { loadSiteKey, type SiteIdentity } from '../sync/site-identity.ts'
import { Site } from './site.ts'
import { damageWatch } from './store-care.ts'
import { provisionalFile, storeFile } from './store-file.ts'

export interface SiteLivesOptions {
  readonly config: EdgeConfig
  readonly adapters: EdgeAdapters
  /** Gives an empty registry for the figures of each opening. */
  readonly registry: () => Registry
  /** Hears of the site when it is open, and of `undefined` while it closes to open again. */
  readonly onSite: (site: Site | undefined) => void
}

/**
 * One site on its store, opened again whenever the store has to change under it.
 *
 *   open ─ the cloud knows more of its past, and grants the next life ─▶ closed ─ history put in place ─▶ open
 *   open ─ the ledger turns out to be damaged ─▶ closed ─ moved aside ─▶ open, without selling
 */
export class SiteLives {
  readonly #options: SiteLivesOptions
  #site: Site | undefined
  #ready: Promise<void> = Promise.resolve()
  #recovery: Promise<void> = Promise.resolve()
  #recovering = false
  #stopped = false
  /** Gives the failures of the open store to whoever moves a damaged one aside. */
  #watchStore: (error: unknown) => void = () => {}

  constructor(options: SiteLivesOptions) {
    this.#options = options
  }

  /** The site, once it was opened. */
  get site(): Site | undefined {
    return this.#site
  }

  /** Resolves when the site is open again; rejects when it cannot be opened. */
  get ready(): Promise<void> {
    return this.#ready
  }

  /** Opens the store; a damaged one is moved aside first. Throws what keeps it from opening, as `store_locked`. */
  async open(identity: SiteIdentity): Promise<void> {
    try {
      await this.#openSite(identity)
    } catch (error) {
      if (storageFailure(error) !== 'damaged') throw error
      this.#moveAside(identity, String(error))
      await this.#openSite(identity)
    }
  }

  /** Takes a failure met elsewhere: one that says that the store is damaged opens the site again without it. */
  heed(error: unknown): void {
    this.#watchStore(error)
  }

  /** Begins no further life, lets what has begun come to its end, and closes the site. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#recovery
    await this.#ready.catch(() => undefined)
    await this.#site?.stop()
  }

  async #openSite(identity: SiteIdentity): Promise<void> {
    const { config, adapters, registry, onSite } = this.#options
    this.#watchStore = damageWatch((why) => {
      // A stop waits for what goes on here; when it fails the process ends, and its next start goes on.
      this.#ready = Promise.resolve()
        .then(() => opening)
        .then((open) => this.#reopen(open, identity, why))
    })
    const opening = Site.open(config, adapters, identity, registry(), {
      onStoreFailure: (error) => this.#watchStore(error),
      onLost: () => this.#recoverSoon(identity),
    })
    const site = await opening
    this.#site = site
    onSite(site)
    adapters.logger.info({ siteId: identity.siteId, incarnation: identity.incarnation }, 'site open')
  }

  /** The store is older than its own past: asks for the next life, one call at a time; the next handshake asks again. */
  #recoverSoon(identity: SiteIdentity): void {
    if (this.#recovering || this.#stopped) return
    this.#recovering = true
    const { logger } = this.#options.adapters
    this.#recovery = this.#recover(identity)
      .catch((error: unknown) => logger.warn({ error }, 'this site could not be recovered yet'))
      .finally(() => {
        this.#recovering = false
      })
  }

  async #recover(identity: SiteIdentity): Promise<void> {
    const { logger, clock, random, machineMark } = this.#options.adapters
    const { dataFolder, cloud } = this.#options.config
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
    if (this.#stopped || !from) return store.close()
    this.#ready = this.#ready.then(() =>
      this.#goOnAs(next, () => beginNextLife(options, next, store, { how: 'recovered', from })),
    )
    await this.#ready
  }

  /** Closes the site, lets `begin` change its store, and opens it as the next life. */
  async #goOnAs(identity: SiteIdentity, begin: () => object): Promise<void> {
    this.#options.onSite(undefined)
    await this.#site?.stop()
    const entered = begin()
    const { logger } = this.#options.adapters
    logger.warn({ ...entered, incarnation: identity.incarnation }, 'this site has its lost history again')
    await this.#openSite(identity)
  }

  /** The ledger turned out to be damaged at work: it is moved aside, and the site goes on without selling. */
  async #reopen(site: Site, identity: SiteIdentity, why: string): Promise<void> {
    const { logger } = this.#options.adapters
    logger.fatal({ why }, 'the ledger is damaged')
    this.#options.onSite(undefined)
    site.kernel.giveUp()
    await site.stop().catch((error: unknown) => logger.error({ error }, 'the damaged store did not close'))
    this.#moveAside(identity, why)
    await this.#openSite(identity)
  }

  #moveAside({ incarnation }: SiteIdentity, why: string): void {
    const { config, adapters } = this.#options
    const { dataFolder } = config
    const atMs = adapters.clock.now().wallMs
    if (readDamageNote(dataFolder)) moveAside(dataFolder, provisionalFile, { atMs })
    else setAside(dataFolder, storeFile, { atMs, why, incarnation })
  }
}
