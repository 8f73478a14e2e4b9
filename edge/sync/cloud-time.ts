import type { Clock } from '@gatehouse/shared/clock/clock'

/** Answer header with the cloud's wall time in epoch milliseconds; more exact than `Date`. */
const timeHeader = 'gatehouse-time'
/** Smaller differences are left alone, so that tokens need not be made anew for every answer. */
const noticeMs = 2_000

/** The cloud's wall time as seen from this site: its own clock plus the difference last observed. */
export class CloudTime {
  readonly #clock: Clock
  #skewMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Cloud time minus site time, milliseconds. */
  get skewMs(): number {
    return this.#skewMs
  }

  wallMs(): number {
    return this.#clock.now().wallMs + this.#skewMs
  }

  /** Learns the difference from an answer of the cloud. */
  observe(headers: Headers): void {
    const cloudMs = Number(headers.get(timeHeader) ?? Date.parse(headers.get('date') ?? ''))
    if (!Number.isFinite(cloudMs)) return
    const skewMs = cloudMs - this.#clock.now().wallMs
    if (Math.abs(skewMs - this.#skewMs) > noticeMs) this.#skewMs = skewMs
  }
}
