import type { Clock } from '@gatehouse/shared/clock/clock'

/** Whether the cloud hears this site, and since when that has been so. */
export interface LinkState {
  readonly state: 'live' | 'offline'
  /** Wall time of the last change, epoch milliseconds. */
  readonly sinceMs: number
}

/** Tracks the connection to the cloud from the outcome of each heartbeat. */
export class Link {
  readonly #clock: Clock
  readonly #listeners = new Set<(state: LinkState) => void>()
  #state: LinkState

  /** `lastContactMs`: when the cloud was heard before this start; the site has been offline since then. */
  constructor(clock: Clock, lastContactMs?: number) {
    this.#clock = clock
    this.#state = { state: 'offline', sinceMs: lastContactMs ?? clock.now().wallMs }
  }

  get state(): LinkState {
    return this.#state
  }

  /** Records whether the cloud answered just now. */
  report(reachable: boolean): void {
    const state = reachable ? 'live' : 'offline'
    if (state === this.#state.state) return
    this.#state = { state, sinceMs: this.#clock.now().wallMs }
    for (const listener of this.#listeners) listener(this.#state)
  }

  /** Calls `listener` at each change. Returns a function that stops it. */
  onChange(listener: (state: LinkState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
