import { setTimeout as wait } from 'node:timers/promises'
import type { EdgeAdapters } from '../edge-program.ts'
import { AskBack } from '../loans/ask-back.ts'
import { DirectorySales } from '../loans/directory-sales.ts'
import { LendingRounds } from '../loans/lending-round.ts'
import type { SiteCore } from './site-core.ts'

/** How often the site decides what it lends. */
const roundMs = 15_000

/** What a site lends: rounds of granting and asking back, the rows that come of it, and who wants it on site. */
export class SiteLending {
  readonly askBack: AskBack
  readonly #core: SiteCore
  readonly #rounds: LendingRounds
  readonly #sales: DirectorySales | undefined
  readonly #adapters: EdgeAdapters
  readonly #running = new Set<Promise<void>>()
  #stop: () => void = () => {}

  constructor(core: SiteCore, adapters: EdgeAdapters) {
    const { kernel, directory, link, damage } = core
    const { clock, random, logger } = adapters
    this.#core = core
    this.#adapters = adapters
    // A site that does not know what it holds carries out nothing that the cloud sold; its rows wait for a sound ledger.
    this.#sales = damage
      ? undefined
      : new DirectorySales({
          ...{ kernel, directory },
          onRefused: (reason, row) => logger.warn({ reason, row }, 'directory row not carried out'),
        })
    this.#rounds = new LendingRounds({ kernel, directory, clock, random, link })
    this.askBack = new AskBack({
      ...{ kernel, directory, clock, link },
      onWanted: (spaceId) => this.#rounds.noteSiteOverLent(spaceId),
      wait: (ms, signal) => wait(ms, undefined, { signal }),
    })
  }

  /** Carries out rows that wait, then lends; call it before the site hears the cloud. */
  async start(): Promise<void> {
    await this.#sales?.catchUp()
    if (this.#core.damage) return
    const timer = setInterval(() => this.#run(), roundMs)
    const ignoreLink = this.#core.link.onChange(({ state }) => {
      if (state === 'live') this.#run()
    })
    const ignoreSite = this.#core.directory.onChange((changes) => {
      if (changes.some(({ kind }) => kind === 'site')) this.#run()
    })
    this.#stop = () => {
      clearInterval(timer)
      ignoreLink()
      ignoreSite()
    }
  }

  /** Begins no more rounds and waits for those under way, which read the store between their grants. */
  async stop(): Promise<void> {
    this.#stop()
    await Promise.all(this.#running)
  }

  #run(): void {
    const running = this.#round()
      .catch((error: unknown) =>
        this.#adapters.logger.warn({ error }, 'a lending round failed; the next one goes on'),
      )
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async #round(): Promise<void> {
    const done = await this.#rounds.run()
    if (done.granted + done.recalled > 0) this.#adapters.logger.info(done, 'loans granted and asked back')
  }
}
