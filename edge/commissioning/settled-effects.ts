import type { DeviceTestOutcome } from '@gatehouse/shared/api/device-views'
import { entryBodies } from '@gatehouse/shared/wire/v1/entries'
import type { Kernel } from '../ledger/kernel.ts'

/** Longest wait of a person at a screen for what came of a press, milliseconds. */
const waitMax = 6_000
/** Outcomes that are kept for who asks a moment later. */
const keptMax = 32

/** Tells what came of effects, as the ledger has it. */
export class SettledEffects {
  readonly #kept = new Map<string, DeviceTestOutcome>()
  readonly #waiting = new Map<string, (outcome: DeviceTestOutcome) => void>()

  constructor(kernel: Pick<Kernel, 'onCommitted'>) {
    kernel.onCommitted((entries) => {
      for (const { entry } of entries) {
        if (entry.type !== 'effect.settled') continue
        const { effectId, outcome, detail } = entryBodies['effect.settled'].parse(entry.body)
        this.#settle(effectId, { outcome, ...(detail !== undefined && { detail }) })
      }
    })
  }

  /** What came of one; `unknown` when nothing is known of it in time. */
  outcomeOf(effectId: string): Promise<DeviceTestOutcome> {
    const known = this.#kept.get(effectId)
    if (known) return Promise.resolve(known)
    return new Promise((resolve) => {
      const timer = setTimeout(() => done({ outcome: 'unknown', detail: 'timeout' }), waitMax)
      const done = (outcome: DeviceTestOutcome) => {
        clearTimeout(timer)
        this.#waiting.delete(effectId)
        resolve(outcome)
      }
      this.#waiting.set(effectId, done)
    })
  }

  #settle(effectId: string, outcome: DeviceTestOutcome): void {
    this.#waiting.get(effectId)?.(outcome)
    this.#kept.set(effectId, outcome)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest)
  }
}
