import { readFileSync } from 'node:fs'
import type { Clock, Moment } from '@gatehouse/shared/clock/clock'

/** A wall time before this was never set: the machine has no battery clock and has not heard the time yet. */
const releaseMs = Date.UTC(2026, 0, 1)

/** The machine's own clock: monotonic time since boot, wall time, and the kernel's boot id. */
export class SystemClock implements Clock {
  readonly #bootId = readBootId()

  now(): Moment {
    const wallMs = Date.now()
    return {
      wallMs,
      bootId: this.#bootId,
      monotonicMs: Number(process.hrtime.bigint() / 1000n) / 1000,
      quality: wallMs < releaseMs ? 'untrusted' : 'trusted',
    }
  }
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // Elsewhere the start of this process stands for the boot; nothing is compared across processes then.
    return `process-${process.pid}-${Date.now()}`
  }
}
