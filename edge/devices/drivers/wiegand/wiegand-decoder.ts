import { cardBitsMax } from '@gatehouse/shared/profiles/card-format'

/*
 * The two data lines of a Wiegand reader rest high. A short pulse to ground on D0 is a 0, one on D1 is a 1; bits come 0.2 to
 * 20 ms apart, and a pause ends the card. Pure: falling edges with the time at which the kernel saw them come in, whole
 * frames come out.
 *
 *   idle ──edge──▶ reading ──edge──▶ reading        pause: frame, idle
 *                     │ both lines at once, too close, too long, time runs back
 *                     ▼
 *                  spoilt ──edge──▶ spoilt           pause: one refusal, idle
 */

/** Which data line fell, and when, microseconds of the kernel's clock. */
export interface WiegandEdge {
  readonly bit: 0 | 1
  readonly atUs: number
}

/** Bits between two pauses. */
export type WiegandFrame =
  | { readonly kind: 'bits'; readonly bits: readonly (0 | 1)[] }
  | { readonly kind: 'spoilt'; readonly reason: WiegandNoise }

/** Why the bits between two pauses mean nothing. */
export type WiegandNoise =
  /** D0 and D1 fell together: a crossed or touching wire, or a reader that starts. */
  | 'wiegand_both_lines'
  /** Pulses closer together than any reader sends them. */
  | 'wiegand_too_close'
  /** More bits than any card has. */
  | 'wiegand_too_long'
  | 'wiegand_time_ran_back'

/** Two pulses of one reader are at least this far apart; closer ones are bounce, or another wire, microseconds. */
export const closestUs = 100
/** A longer pause than this ends a frame, microseconds; readers pause for 20 ms at most between two bits. */
export const usualFrameGapUs = 30_000

/** Gathers edges into frames. Holds one frame at most. */
export class WiegandDecoder {
  readonly #frameGapUs: number
  #bits: (0 | 1)[] = []
  #noise: WiegandNoise | undefined
  #last: WiegandEdge | undefined

  constructor(frameGapUs = usualFrameGapUs) {
    this.#frameGapUs = frameGapUs
  }

  /** Whether a frame has begun; the pause that ends it has to be waited for. */
  get isInFrame(): boolean {
    return this.#last !== undefined
  }

  /** Takes one edge, and gives the frame before it when the pause between them ended that. */
  receive(edge: WiegandEdge): WiegandFrame | undefined {
    const last = this.#last
    const ended = last && edge.atUs - last.atUs > this.#frameGapUs ? this.pause() : undefined
    if (last && !ended) this.#judge(last, edge)
    this.#last = edge
    if (this.#bits.length >= cardBitsMax) this.#noise ??= 'wiegand_too_long'
    if (!this.#noise) this.#bits.push(edge.bit)
    return ended
  }

  /** Ends the frame that has begun: nothing came for as long as the pause. */
  pause(): WiegandFrame | undefined {
    if (!this.#last) return undefined
    const frame: WiegandFrame = this.#noise
      ? { kind: 'spoilt', reason: this.#noise }
      : { kind: 'bits', bits: this.#bits }
    this.reset()
    return frame
  }

  /** Forgets what was begun. */
  reset(): void {
    this.#bits = []
    this.#noise = undefined
    this.#last = undefined
  }

  #judge(last: WiegandEdge, { bit, atUs }: WiegandEdge): void {
    const sinceUs = atUs - last.atUs
    if (sinceUs < 0) this.#noise ??= 'wiegand_time_ran_back'
    else if (sinceUs < closestUs)
      this.#noise ??= bit === last.bit ? 'wiegand_too_close' : 'wiegand_both_lines'
  }
}
