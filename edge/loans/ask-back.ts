import { lentInTheWay, refuseInterval } from '@gatehouse/shared/booking/availability'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { LoanId, SpaceId } from '@gatehouse/shared/ids/ids'
import { spaceCalendar } from '../bookings/space-calendar.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { Link } from '../sync/link.ts'
import { loadLoan } from './loan-store.ts'

/** So long somebody at the kiosk waits for the cloud to give back what is lent. */
export const askBackMsMax = 2_000

/** What came of asking back what is in the way; `untilMs`: the cloud sells it until then at the latest, epoch ms. */
export interface AskedBack {
  readonly outcome: 'given_back' | 'offline' | 'no_answer'
  readonly untilMs: number
  /** When the last of the loans is over, epoch ms. */
  readonly toMs: number
}

export interface AskBackOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly clock: Clock
  readonly link: Pick<Link, 'state'>
  /** Hears of each time that somebody on site wanted what is lent. */
  readonly onWanted: (spaceId: string) => void
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** An interval that somebody on site wants, epoch ms; for a later end of the booking `bookingId`, the added part. */
export interface WantedHere extends Interval {
  readonly spaceId: SpaceId
  readonly bookingId?: string
  /** Asked under a key that was answered before: what comes of it is known, and nothing more is asked for. */
  readonly isRepeat?: boolean
}

/** Asks the cloud for what it may sell and somebody on site wants now (ARCHITECTURE §2). */
export class AskBack {
  readonly #options: AskBackOptions

  constructor(options: AskBackOptions) {
    this.#options = options
  }

  /**
   * Asks back the loans that alone keep an interval of a space from being sold here, and waits until the cloud's end of
   * each was applied, `askBackMsMax` at most; a repeat asks for nothing. `undefined` when no loan is in the way, or something else is too.
   */
  async ask(wanted: WantedHere): Promise<AskedBack | undefined> {
    const loans = this.#inTheWay(wanted)
    if (loans.length === 0) return undefined
    const untilMs = Math.max(...loans.map(({ sellUntilMs }) => sellUntilMs))
    const toMs = Math.max(...loans.map((loan) => loan.toMs))
    const isLive = this.#options.link.state.state === 'live'
    if (wanted.isRepeat) return { outcome: isLive ? 'no_answer' : 'offline', untilMs, toMs }
    this.#options.onWanted(wanted.spaceId)
    if (!isLive) return { outcome: 'offline', untilMs, toMs }
    const ended = await this.#recall(loans.map(({ loanId }) => loanId))
    return { outcome: ended ? 'given_back' : 'no_answer', untilMs, toMs }
  }

  #inTheWay({ spaceId, fromMs, toMs, bookingId }: WantedHere) {
    const { kernel, directory, clock } = this.#options
    const site = directory.site()
    const space = directory.get('space', spaceId)
    if (site === undefined || space === undefined || fromMs >= toMs) return []
    const asked = { spaceId, space, fromMs, toMs, at: clock.now() }
    const all = spaceCalendar(directory, kernel.db, site, asked)
    const calendar = { ...all, occupied: all.occupied.filter((other) => other.bookingId !== bookingId) }
    return refuseInterval(calendar, { fromMs, toMs }) === 'lent'
      ? lentInTheWay(calendar, { fromMs, toMs })
      : []
  }

  async #recall(loanIds: readonly LoanId[]): Promise<boolean> {
    const { kernel, wait } = this.#options
    const over = new AbortController()
    // Looked at as it is recorded: once the wait is over the site may have been stopped.
    let ended = false
    const stop = kernel.onCommitted((entries) => {
      if (!entries.some(({ entry }) => entry.type === 'loan.ended')) return
      ended = loanIds.every((loanId) => loadLoan(kernel.db, loanId).kind === 'ended')
      if (ended) over.abort()
    })
    try {
      const waited = wait(askBackMsMax, over.signal).catch(() => undefined)
      const recalled = await kernel.submit({
        kind: 'recallLoans',
        caller: 'system',
        key: `kiosk-${loanIds[0]}-${kernel.head.seq}`,
        input: { loanIds, reason: 'kiosk' },
      })
      if (recalled.ok && !ended) await waited
      return ended
    } finally {
      stop()
      over.abort()
    }
  }
}
