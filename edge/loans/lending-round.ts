import type { Clock } from '@gatehouse/shared/clock/clock'
import * as ids from '@gatehouse/shared/ids/ids'
import {
  adaptedShare,
  type Demand,
  loansToGrant,
  loansToReturn,
  poolOf,
} from '@gatehouse/shared/loans/lending-policy'
import type { Random } from '@gatehouse/shared/random/random'
import { type Entry, entryBodies } from '@gatehouse/shared/wire/v1/entries'
import type { LoanTerms } from '@gatehouse/shared/wire/v1/loans'
import type { Kernel } from '../ledger/kernel.ts'
import { statement } from '../ledger/statements.ts'
import type { Link } from '../sync/link.ts'
import { freeSlot, type PoolSituation, poolSituations } from './lending-pool.ts'
import { lendingStop } from './lending-state.ts'
import { type LoanEnvironment, recalledMax } from './loan-commands.ts'

/** Loans that one round grants at most; the rest waits for the next one. */
const grantsPerRoundMax = 60
/** Refusals of a hold that the cloud asked for which one more loan could have spared its member. */
const missedCodes: ReadonlySet<string> = new Set(['space_taken', 'lent'])
const noDemand: Demand = { cloudBeyondLoans: 0, siteOverLent: 0, endedUnsold: 0 }

export interface LendingRoundOptions extends LoanEnvironment {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly random: Random
  readonly link: Pick<Link, 'state'>
}

interface LendingRound {
  readonly granted: number
  readonly recalled: number
}

/**
 * Decides from time to time what the site lends (shared/loans/lending-policy.ts): grants what is missing of each pool's
 * share, asks back what is too much, moves the share with demand. Nothing is lent while the cloud is not heard: it could
 * not sell it.
 */
export class LendingRounds {
  readonly #options: LendingRoundOptions
  #running: Promise<LendingRound> | undefined
  readonly #demand = new Map<string, { -readonly [K in keyof Demand]: Demand[K] }>()

  constructor(options: LendingRoundOptions) {
    this.#options = options
    options.kernel.onCommitted((entries) => {
      for (const { entry } of entries) this.#heed(entry)
    })
  }

  /** Notes that somebody on site wanted what is lent. */
  noteSiteOverLent(spaceId: string): void {
    this.#note(spaceId, 'siteOverLent')
  }

  /** Runs one round and says how many loans it granted and asked back; who asks while one runs gets that one. */
  run(): Promise<LendingRound> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #run(): Promise<LendingRound> {
    const { kernel, directory, clock, link } = this.#options
    const at = clock.now()
    const lends =
      at.quality === 'trusted' &&
      kernel.sells &&
      lendingStop(kernel.db) === undefined &&
      link.state.state === 'live'
    if (directory.site() === undefined || !lends) return { granted: 0, recalled: 0 }
    const { pools, strays } = poolSituations(kernel.db, directory, at.wallMs)
    let granted = 0
    const back = strays.filter(({ kind }) => kind === 'lent').map(({ terms }) => terms.loanId)
    for (const situation of pools) {
      const sharePercent = this.#share(situation)
      back.push(...surplus(situation, sharePercent))
      granted += await this.#grant(situation, sharePercent, grantsPerRoundMax - granted)
    }
    return { granted, recalled: await this.#recall(back.slice(0, recalledMax)) }
  }

  #share({ pool }: PoolSituation): number {
    const { db } = this.#options.kernel
    const row = statement<{ percent: number }>(
      db,
      'SELECT share_percent AS percent FROM lending_shares WHERE pool_id = ?',
    ).get(pool.poolId)
    const demand: Demand = this.#demand.get(pool.poolId) ?? noDemand
    this.#demand.delete(pool.poolId)
    const percent = adaptedShare(pool.policy, row?.percent ?? pool.policy.sharePercent, demand)
    if (percent !== row?.percent) {
      statement(
        db,
        `INSERT INTO lending_shares VALUES (?, ?)
         ON CONFLICT (pool_id) DO UPDATE SET share_percent = excluded.share_percent`,
      ).run(pool.poolId, percent)
    }
    return percent
  }

  async #grant(situation: PoolSituation, sharePercent: number, grantsMax: number): Promise<number> {
    const { kernel, directory, clock, random } = this.#options
    const { pool, context } = situation
    const wanted = loansToGrant(pool.policy, sharePercent, context).slice(0, grantsMax)
    const known: Pick<LoanTerms, 'pool' | 'fromMs'>[] = situation.loans.map(({ terms }) => terms)
    let granted = 0
    for (const loan of wanted) {
      const made = { random, wallMs: clock.now().wallMs }
      const loanId = ids.newTimedId(ids.loanIdSchema, 'ln', made)
      const slot = freeSlot(pool.poolId, loan.fromMs, known)
      const spaceId = ids.spaceIdSchema.parse(loan.spaceId)
      const { epoch } = directory.position()
      const terms = { ...loan, loanId, spaceId, epoch, pool: { poolId: pool.poolId, slot } }
      const outcome = await kernel.submit({ kind: 'grantLoan', caller: 'system', key: loanId, input: terms })
      if (!outcome.ok) continue
      known.push(terms)
      granted += 1
    }
    return granted
  }

  async #recall(loanIds: readonly ids.LoanId[]): Promise<number> {
    const [first] = loanIds
    if (first === undefined) return 0
    const { kernel } = this.#options
    const outcome = await kernel.submit({
      kind: 'recallLoans',
      caller: 'system',
      key: `recall-${first}-${kernel.head.seq}`,
      input: { loanIds, reason: 'policy' },
    })
    return outcome.ok ? loanIds.length : 0
  }

  #heed({ type, body }: Entry): void {
    const { directory } = this.#options
    if (type === 'booking.held' && body.requestId !== undefined)
      this.#note(String(body.spaceId), 'cloudBeyondLoans')
    if (type === 'request.refused' && missedCodes.has(String(body.code))) {
      const asked = directory.get('request', String(body.requestId))?.command
      if (asked?.kind === 'holdBooking') this.#note(asked.spaceId, 'cloudBeyondLoans')
    }
    if (type === 'loan.ended') {
      const { row } = entryBodies['loan.ended'].parse(body)
      if (row.reason === 'close' && row.kept.length === 0) this.#note(row.spaceId, 'endedUnsold')
    }
  }

  #note(spaceId: string, what: keyof Demand): void {
    const { directory } = this.#options
    const space = directory.get('space', spaceId)
    const pool = space && poolOf(directory.site()?.lending, spaceId, space)
    if (pool === undefined) return
    const demand = this.#demand.get(pool.poolId) ?? { ...noDemand }
    demand[what] += 1
    this.#demand.set(pool.poolId, demand)
  }
}

/** Loans beyond the share in which nothing is sold; the cloud closes those whose cut-off passed by itself. */
function surplus({ context, loans }: PoolSituation, sharePercent: number): ids.LoanId[] {
  const lent = new Map(
    loans.filter(({ kind }) => kind === 'lent').map(({ terms }) => [terms.loanId as string, terms]),
  )
  const running = { ...context, loans: context.loans.filter(({ loanId }) => lent.has(loanId)) }
  return loansToReturn(sharePercent, running).flatMap(({ loanId, reason }) => {
    const terms = lent.get(loanId)
    return terms !== undefined && reason === 'return' ? [terms.loanId] : []
  })
}
