import type { Clock } from '@gatehouse/shared/clock/clock'
import { type MemberId, randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'

const lifeMs = 2 * 60_000
const tokensMax = 1_000

/** Short-lived proofs that a member identified at a kiosk; in memory, gone after two minutes or a restart. */
export class MemberTokens {
  readonly #clock: Clock
  readonly #random: Random
  readonly #tokens = new Map<string, { readonly memberId: MemberId; readonly untilMs: number }>()

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** Makes a token for a member who has just identified. */
  issue(memberId: MemberId): string {
    const token = `mt_${randomCode(this.#random, 24)}`
    this.#tokens.set(token, { memberId, untilMs: this.#clock.now().monotonicMs + lifeMs })
    if (this.#tokens.size > tokensMax) {
      const oldest = this.#tokens.keys().next()
      if (!oldest.done) this.#tokens.delete(oldest.value)
    }
    return token
  }

  /** The member a token stands for; `undefined` when unknown or older than two minutes. */
  resolve(token: string): MemberId | undefined {
    const found = this.#tokens.get(token)
    if (!found || this.#clock.now().monotonicMs >= found.untilMs) {
      this.#tokens.delete(token)
      return undefined
    }
    return found.memberId
  }
}
