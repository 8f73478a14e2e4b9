import { holdIsOver } from '@gatehouse/shared/booking/availability'
import { type Interval, openWithin } from '@gatehouse/shared/calendar/opening'
import { type LoanId, type SpaceId, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { type Lending, type LendingContext, poolOf } from '@gatehouse/shared/loans/lending-policy'
import type { LoanTerms } from '@gatehouse/shared/wire/v1/loans'
import { occupanciesBySpace } from '../bookings/booking-store.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { runningLoans, type StatedLoan } from './loan-store.ts'

/** Nothing ends later; for questions about all loans. */
const ever = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }

/** What the site knows of one of its pools when it decides what to lend. */
export interface PoolSituation {
  readonly pool: Lending['pools'][number]
  readonly context: LendingContext
  /** Its loans that are not over, asked back or not. */
  readonly loans: readonly StatedLoan[]
}

/** What the site knows of all its pools at `nowMs` (epoch ms), and the loans of spaces that are in no pool any more. */
export function poolSituations(
  db: SiteDatabase,
  directory: DirectoryReader,
  nowMs: number,
): { readonly pools: readonly PoolSituation[]; readonly strays: readonly StatedLoan[] } {
  const site = directory.site()
  const lending = site?.lending
  const isOpen = (window: Interval) => site !== undefined && openWithin(site, window).length > 0
  const byPool = new Map<string, SpaceId[]>()
  for (const [key, space] of directory.all('space')) {
    const pool = poolOf(lending, key, space)
    if (pool === undefined) continue
    const spaceIds = byPool.get(pool.poolId)
    if (spaceIds) spaceIds.push(spaceIdSchema.parse(key))
    else byPool.set(pool.poolId, [spaceIdSchema.parse(key)])
  }
  const all = runningLoans(db, ever)
  const sold = loansWithSales(db, nowMs)
  const pooled = new Set<string>([...byPool.values()].flat())
  const pools = (lending?.pools ?? []).map((pool): PoolSituation => {
    const spaceIds = byPool.get(pool.poolId) ?? []
    const mine = new Set<string>(spaceIds)
    const loans = all.filter(({ terms }) => mine.has(terms.spaceId))
    const { leadMs, windowMs } = pool.policy
    const within = { fromMs: nowMs, toMs: nowMs + leadMs + windowMs }
    const occupied = occupanciesBySpace(db, within)
    const spaces = spaceIds.map((spaceId) => {
      const space = directory.get('space', spaceId)
      return {
        spaceId,
        neverLend: space?.outOfService === true,
        ...{ availableFromMs: space?.availableFromMs, availableToMs: space?.availableToMs },
        occupied: (occupied.get(spaceId) ?? []).filter((block) => !holdIsOver(block, nowMs)),
      }
    })
    const known = loans.map(({ terms }) => ({ ...terms, isUnsold: !sold.has(terms.loanId) }))
    return { pool, loans, context: { nowMs, spaces, isOpen, loans: known } }
  })
  return { pools, strays: all.filter(({ terms }) => !pooled.has(terms.spaceId)) }
}

/** Numbers a loan among those of its pool that begin with it: the first slot that none of them has. */
export function freeSlot(
  poolId: string,
  fromMs: number,
  loans: readonly Pick<LoanTerms, 'pool' | 'fromMs'>[],
): number {
  const used = new Set(
    loans
      .filter((loan) => loan.fromMs === fromMs && loan.pool?.poolId === poolId)
      .map(({ pool }) => pool?.slot),
  )
  let slot = 1
  while (used.has(slot)) slot += 1
  return slot
}

/** The loans in which a booking stands or is still to come, as far as the site knows. */
export function loansWithSales(db: SiteDatabase, afterMs: number): ReadonlyMap<string, number> {
  const sold = new Map<string, number>()
  const rows = statement<{ loanIds: string }>(
    db,
    `SELECT loan_ids AS loanIds FROM cloud_bookings WHERE block_to_ms > ? AND known NOT IN ('used', 'gone')`,
  ).all(afterMs)
  for (const { loanIds } of rows) {
    const ids: LoanId[] = JSON.parse(loanIds)
    for (const loanId of ids) sold.set(loanId, (sold.get(loanId) ?? 0) + 1)
  }
  return sold
}
