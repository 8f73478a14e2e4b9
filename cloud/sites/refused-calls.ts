import type { Clock } from '@gatehouse/shared/clock/clock'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { openException } from '../exceptions/raise.ts'

/** What is refused in the name of a site: tokens that its key did not sign, entries that are not of its stream. */
export type RefusedKind = 'forged_token' | 'wrong_stream'

/** The same kind of the same site is written down once in so long by each process; calls in between are counted. */
const writtenEveryMs = 60_000
/** Names that are counted at once. */
const namesMax = 1_000
/** A call waits for so many writes at most. */
const writesMax = 10
const dayMs = 24 * 3_600_000
const daysKept = 35

const cases = {
  forged_token: { kind: 'forged_token', about: 'token' },
  wrong_stream: { kind: 'foreign_call', about: 'entries' },
} as const

interface Tally {
  readonly siteId: SiteId
  readonly kind: RefusedKind
  calls: number
  dueMs: number
}

/**
 * Counts calls that were refused in the name of a site, and raises a case for each kind. Anybody can make such calls, so
 * they cost one write a minute for each site and kind at most, and names of no site leave nothing.
 */
export class RefusedCalls {
  readonly #pool: Pool
  readonly #clock: Clock
  readonly #tallies = new Map<string, Tally>()

  constructor(pool: Pool, clock: Clock) {
    this.#pool = pool
    this.#clock = clock
  }

  /** Counts one call, and writes down what is due. */
  async note(siteId: SiteId, kind: RefusedKind): Promise<void> {
    const name = `${siteId} ${kind}`
    const tally = this.#tallies.get(name)
    if (tally !== undefined) tally.calls += 1
    else if (this.#tallies.size < namesMax) {
      this.#tallies.set(name, { siteId, kind, calls: 1, dueMs: this.#clock.now().wallMs })
    }
    await this.writeDue()
  }

  /**
   * Writes down what was counted since the last time; ask at every call, mostly there is nothing. A count that cannot be
   * written is kept for the next minute; the failure is thrown.
   */
  async writeDue(): Promise<void> {
    if (this.#tallies.size === 0) return
    const nowMs = this.#clock.now().wallMs
    // A clock that was set back makes nothing wait for longer.
    const due = [...this.#tallies].filter(([, { dueMs }]) => nowMs >= dueMs || dueMs - nowMs > writtenEveryMs)
    for (const [name, { calls }] of due) if (calls === 0) this.#tallies.delete(name)
    for (const [name, tally] of due.filter(([, { calls }]) => calls > 0).slice(0, writesMax)) {
      const { calls } = tally
      // Another call wrote it while the one before was written.
      if (calls === 0) continue
      Object.assign(tally, { calls: 0, dueMs: nowMs + writtenEveryMs })
      try {
        const isKnown = await inTransaction(this.#pool, (tx) => write(tx, { ...tally, calls }, nowMs))
        if (!isKnown) this.#tallies.delete(name)
      } catch (error) {
        this.#giveBack(name, { ...tally, calls })
        throw error
      }
    }
  }

  /** Calls may have been counted under the name meanwhile, or the name been let go of. */
  #giveBack(name: string, unwritten: Tally): void {
    const tally = this.#tallies.get(name)
    if (tally !== undefined) tally.calls += unwritten.calls
    else if (this.#tallies.size < namesMax) this.#tallies.set(name, unwritten)
  }
}

/** Tells whether there is such a site. */
async function write(tx: Transaction, { siteId, kind, calls }: Tally, nowMs: number): Promise<boolean> {
  const todayMs = Math.floor(nowMs / dayMs) * dayMs
  const { rows } = await tx.query<{ calls: number }>(
    `INSERT INTO refused_calls AS counted (site_id, kind, day_ms, calls, first_ms, last_ms)
     SELECT site_id, $2, $3, $4, $5, $5 FROM sites WHERE site_id = $1
     ON CONFLICT (site_id, kind, day_ms) DO UPDATE SET calls = counted.calls + excluded.calls,
       last_ms = greatest(counted.last_ms, excluded.last_ms) RETURNING calls`,
    [siteId, kind, todayMs, calls, nowMs],
  )
  const [today] = rows
  if (today === undefined) return false
  const keptFromMs = todayMs - daysKept * dayMs
  await tx.query('DELETE FROM refused_calls WHERE site_id = $1 AND day_ms < $2', [siteId, keptFromMs])
  // The cloud counted them; who called was not the site, or not its own stream.
  const sides = [{ what: 'refused_calls', site: 'nothing', cloud: today.calls, unit: 'count' }]
  const detail = { refused: kind, dayMs: todayMs, calls: today.calls }
  await openException(tx, { siteId, ...cases[kind], sides, detail, nowMs })
  return true
}
