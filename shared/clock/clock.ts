/** How far wall time can be trusted: `untrusted` when never set or jumped forward unconfirmed. */
export type ClockQuality = 'trusted' | 'untrusted'

/** One reading of the clock, as ledger entries carry it. */
export interface Moment {
  /** Milliseconds since the Unix epoch, UTC. */
  readonly wallMs: number
  /** Identifies one run of the machine; monotonic values compare only within it. */
  readonly bootId: string
  /** Milliseconds since an arbitrary start, never going back within one boot. */
  readonly monotonicMs: number
  readonly quality: ClockQuality
}

/** The only source of time for product code; built in `main.ts` and passed. */
export interface Clock {
  now(): Moment
}

/** A clock that moves only when told to, for tests and simulation. */
export class ManualClock implements Clock {
  #moment: Moment

  constructor(wallMs: number, bootId = 'boot-1') {
    this.#moment = { wallMs, bootId, monotonicMs: 0, quality: 'trusted' }
  }

  now(): Moment {
    return this.#moment
  }

  /** Moves wall and monotonic time forward together by `byMs` milliseconds. */
  advance(byMs: number): void {
    const { wallMs, monotonicMs } = this.#moment
    this.#moment = { ...this.#moment, wallMs: wallMs + byMs, monotonicMs: monotonicMs + byMs }
  }

  /** Changes parts of the reading, for example a jump of wall time alone. */
  set(change: Partial<Moment>): void {
    this.#moment = { ...this.#moment, ...change }
  }
}
