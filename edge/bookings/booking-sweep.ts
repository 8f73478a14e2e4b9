import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { dueBookings } from './booking-store.ts'

/** Expires holds, marks no-shows and completes bookings whose time has come; asks the kernel only when some has. */
export class BookingSweep {
  readonly #options: { readonly kernel: Kernel; readonly directory: DirectoryReader; readonly clock: Clock }

  constructor(options: {
    readonly kernel: Kernel
    readonly directory: DirectoryReader
    readonly clock: Clock
  }) {
    this.#options = options
  }

  /** Runs one sweep and says how many bookings changed. Does nothing while the clock is not trusted. */
  async run(): Promise<number> {
    const { kernel, directory, clock } = this.#options
    const at = clock.now()
    const site = directory.site()
    if (!site || at.quality !== 'trusted') return 0
    const { checkInGraceMs } = site.settings
    if (dueBookings(kernel.db, { nowMs: at.wallMs, checkInGraceMs, limit: 1 }).length === 0) return 0
    const key = `sweep-${kernel.head.seq}-${at.bootId}-${at.monotonicMs}`
    const outcome = await kernel.submit({ kind: 'sweepBookings', caller: 'system', key, input: {} })
    return outcome.ok ? Number(outcome.value) : 0
  }
}
