import { z } from 'zod'
import type { Interval } from '../calendar/opening.ts'
import { type Block, blocksMeet } from './block.ts'

/** How many loans one round may want, and how many windows it looks ahead. */
const wantedMax = 500
const windowsAheadMax = 400

/** How a site lends the spaces of one kind; times in milliseconds, shares in percent of the pool. */
export const lendingPolicySchema = z
  .object({
    /** What is lent when nothing is known of demand, and the bounds that demand moves it between. */
    sharePercent: z.number().min(0).max(100),
    shareMinPercent: z.number().min(0).max(100),
    shareMaxPercent: z.number().min(0).max(100),
    /** Loans cover whole windows, counted from the Unix epoch. */
    windowMs: z.int().min(3_600_000),
    /** A window is lent from this long before its start on, and not before. */
    leadMs: z.int().min(0),
    /** The cloud sells until this long before the window's start. */
    cutOffMs: z.int().min(0),
    /** How much one round of demand moves the share. */
    stepPercent: z.number().min(0).max(50),
  })
  .refine(({ shareMinPercent, sharePercent, shareMaxPercent }) => {
    return shareMinPercent <= sharePercent && sharePercent <= shareMaxPercent
  })
export type LendingPolicy = z.infer<typeof lendingPolicySchema>

/** How many pools a site may lend from, and how many spaces it may name that it never lends. */
const poolsMax = 32
const neverLendMax = 2000

/**
 * What a site lends: pools of spaces of one kind (bays: of one class), each by its policy; a space belongs to the first
 * pool that it fits, and a combined one to none. A space named in `never` is never lent.
 */
export const lendingSchema = z.object({
  pools: z
    .array(
      z.object({
        poolId: z.string().min(1).max(120),
        kind: z.string().min(1).max(40),
        bayClass: z.string().min(1).max(40).optional(),
        policy: lendingPolicySchema,
      }),
    )
    .max(poolsMax),
  never: z.array(z.string().min(1).max(120)).max(neverLendMax).optional(),
})
export type Lending = z.infer<typeof lendingSchema>

/** A space as far as it decides whether it may be lent. */
export interface LendableSpace {
  readonly kind: string
  readonly bayClass?: string | undefined
  readonly bookable: boolean
  readonly parts?: readonly string[] | undefined
}

/** The pool that a space is lent from; `undefined` for one that is never lent, a combined one among them. */
export function poolOf(
  lending: Lending | undefined,
  spaceId: string,
  space: LendableSpace,
): Lending['pools'][number] | undefined {
  if (lending === undefined || !space.bookable || (space.parts ?? []).length > 0) return undefined
  if (lending.never?.includes(spaceId)) return undefined
  return lending.pools.find((pool) => isOfPool(pool, space))
}

/** Whether a space is of the kind of a pool and, where the pool names one, of its class of bays. */
export function isOfPool(
  { kind, bayClass }: Pick<LendableSpace, 'kind' | 'bayClass'>,
  space: Pick<LendableSpace, 'kind' | 'bayClass'>,
): boolean {
  return kind === space.kind && (bayClass === undefined || bayClass === space.bayClass)
}

/** What was asked for since the last round, of one kind. */
export interface Demand {
  /** Bookings that the cloud asked the site for because no loan held them: sold by the site, or refused as taken or lent. */
  readonly cloudBeyondLoans: number
  /** Times that somebody on site wanted what was lent. */
  readonly siteOverLent: number
  /** Loans that came to their cut-off with nothing sold in them. */
  readonly endedUnsold: number
}

/** A space of the pool, which is not combined, and the blocks on it that keep others out. */
export interface PoolSpace {
  readonly spaceId: string
  readonly neverLend: boolean
  /** When it can be used at all, half-open, epoch ms; always where absent. */
  readonly availableFromMs?: number | undefined
  readonly availableToMs?: number | undefined
  readonly occupied: readonly Block[]
}

/** A loan of the pool that is not over; `isUnsold`: nothing in it is sold or waits for the site. */
export interface PoolLoan {
  readonly loanId: string
  readonly spaceId: string
  readonly fromMs: number
  readonly toMs: number
  readonly sellUntilMs: number
  readonly isUnsold: boolean
}

export interface LendingContext {
  readonly nowMs: number
  readonly spaces: readonly PoolSpace[]
  /** Whether the site is open at an instant of `[fromMs, toMs)`; nobody wants a window in which it never is. */
  readonly isOpen: (window: Interval) => boolean
  readonly loans: readonly PoolLoan[]
}

/** A loan to grant; the caller adds id, epoch and pool. */
export interface WantedLoan {
  readonly spaceId: string
  readonly fromMs: number
  readonly toMs: number
  readonly sellUntilMs: number
}

/**
 * The share of the pool to lend from now on, percent: a step up when the cloud asked for more than the site missed, a step
 * down when the site missed more, within the policy's bounds. Where neither missed anything and loans ended unsold, what
 * demand had added goes back by a step, to the policy's own share and no further. Deterministic.
 */
export function adaptedShare(policy: LendingPolicy, lastPercent: number, demand: Demand): number {
  const { cloudBeyondLoans, siteOverLent, endedUnsold } = demand
  const { sharePercent, stepPercent } = policy
  const wasUnused = cloudBeyondLoans + siteOverLent === 0 && endedUnsold > 0 && lastPercent > sharePercent
  const wanted = wasUnused
    ? Math.max(sharePercent, lastPercent - stepPercent)
    : lastPercent + Math.sign(cloudBeyondLoans - siteOverLent) * stepPercent
  return Math.min(policy.shareMaxPercent, Math.max(policy.shareMinPercent, wanted))
}

/**
 * The loans to grant now, earliest window first: in each window between its lead time and its cut-off, so many spaces that
 * the share (rounded down, so that the site is never left without by rounding) is lent. A space is lent whole windows in
 * which it is free and can be used, the ones with most bookings of their own elsewhere last; ties by id. Deterministic.
 */
export function loansToGrant(
  policy: LendingPolicy,
  sharePercent: number,
  context: LendingContext,
): readonly WantedLoan[] {
  const wanted: WantedLoan[] = []
  for (const fromMs of windowsAhead(policy, context.nowMs)) {
    const window = { fromMs, blockToMs: fromMs + policy.windowMs }
    if (!context.isOpen({ fromMs, toMs: window.blockToMs })) continue
    const lent = context.loans.filter((loan) => meetsLoan(window, loan))
    const missing = targetOf(sharePercent, context) - new Set(lent.map(({ spaceId }) => spaceId)).size
    for (const { spaceId } of lendable(context, window).slice(0, Math.max(0, missing))) {
      if (wanted.length >= wantedMax) return wanted
      wanted.push({
        spaceId,
        fromMs,
        toMs: window.blockToMs,
        sellUntilMs: fromMs - policy.cutOffMs,
      })
    }
  }
  return wanted
}

/**
 * The loans to give back or ask back now, by id: unsold ones beyond the share, the latest granted of a window first, and
 * those whose cut-off passed. The cloud returns or closes them; the site recalls them. Deterministic.
 */
export function loansToReturn(
  sharePercent: number,
  context: LendingContext,
): readonly { readonly loanId: string; readonly reason: 'close' | 'return' }[] {
  const target = targetOf(sharePercent, context)
  const over = context.loans.filter(({ sellUntilMs }) => context.nowMs >= sellUntilMs)
  const closed = new Set(over.map(({ loanId }) => loanId))
  const ended: { readonly loanId: string; readonly reason: 'close' | 'return' }[] = over.map(
    ({ loanId }) => ({
      loanId,
      reason: 'close',
    }),
  )
  const windows = new Map<number, PoolLoan[]>()
  for (const loan of context.loans) {
    if (!closed.has(loan.loanId)) windows.set(loan.fromMs, [...(windows.get(loan.fromMs) ?? []), loan])
  }
  for (const loans of windows.values()) {
    const unsold = loans.filter(({ isUnsold }) => isUnsold).sort((a, b) => (a.loanId < b.loanId ? 1 : -1))
    const surplus = Math.max(0, loans.length - target)
    for (const { loanId } of unsold.slice(0, surplus)) ended.push({ loanId, reason: 'return' })
  }
  return ended.sort((a, b) => (a.loanId < b.loanId ? -1 : 1))
}

function windowsAhead(policy: LendingPolicy, nowMs: number): number[] {
  const { windowMs, leadMs, cutOffMs } = policy
  const starts: number[] = []
  const first = Math.floor((nowMs + cutOffMs) / windowMs) * windowMs + windowMs
  for (let fromMs = first; fromMs <= nowMs + leadMs && starts.length < windowsAheadMax; fromMs += windowMs) {
    starts.push(fromMs)
  }
  return starts
}

function targetOf(sharePercent: number, { spaces }: LendingContext): number {
  const pool = spaces.filter(({ neverLend }) => !neverLend)
  return Math.floor((pool.length * sharePercent) / 100)
}

function lendable({ spaces, loans }: LendingContext, window: Block): PoolSpace[] {
  const isFree = ({ spaceId, neverLend, occupied, ...space }: PoolSpace) =>
    !neverLend &&
    (space.availableFromMs ?? window.fromMs) <= window.fromMs &&
    (space.availableToMs ?? window.blockToMs) >= window.blockToMs &&
    !occupied.some((block) => blocksMeet(block, window)) &&
    !loans.some((loan) => loan.spaceId === spaceId && meetsLoan(window, loan))
  return spaces
    .filter(isFree)
    .sort((a, b) => a.occupied.length - b.occupied.length || (a.spaceId < b.spaceId ? -1 : 1))
}

function meetsLoan(window: Block, loan: PoolLoan): boolean {
  return blocksMeet(window, { fromMs: loan.fromMs, blockToMs: loan.toMs })
}
