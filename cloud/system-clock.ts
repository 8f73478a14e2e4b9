import { readFileSync } from 'node:fs'
import type { Clock, Moment } from '@gatehouse/shared/clock/clock'

/** A wall time before this was never set. */
const releaseMs = Date.UTC(2026, 0, 1)

/** The machine's own clock. */
export class SystemClock implements Clock {
  readonly #bootId = readBootId()

  now(): Moment {
    const wallMs = Date.now()
    return {
      wallMs,
      bootId: this.#bootId,
      monotonicMs: performance.now(),
      quality: wallMs < releaseMs ? 'untrusted' : 'trusted',
    }
  }
}

// Monotonic values count from the start of this process, so its boot is the process itself.
function readBootId(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}-${process.pid}`
  } catch {
    return `process-${process.pid}-${Date.now()}`
  }
}
