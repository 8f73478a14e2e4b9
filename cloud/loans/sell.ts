import { cancellationFee, paidOf, refunds } from '@gatehouse/shared/booking/cancellation'
import type { Clock } from '@gatehouse/shared/clock/clock'
import {
  type BookingId,
  type PaymentId,
  paymentIdSchema,
  type SiteId,
  siteIdSchema,
} from '@gatehouse/shared/ids/ids'
import type { SpaceBlock } from '@gatehouse/shared/loans/block'
import type { CloudLoanRefusal } from '@gatehouse/shared/loans/cloud-command'
import type { PaymentMethod, Price } from '@gatehouse/shared/wire/v1/entries'
import type { SoldBooking } from '@gatehouse/shared/wire/v1/loans'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { LoanDesk } from './loan-desk.ts'
import {
  insertSold,
  insertSoldPayments,
  lockSold,
  rowOf,
  type SoldPayment,
  type SoldRecord,
  updateSold,
} from './sold-store.ts'

/** A booking to sell; `loanIds` has one for each block. */
export interface SaleOrder {
  readonly siteId: SiteId
  readonly bookingId: BookingId
  readonly spaceId: string
  readonly parts: readonly string[]
  readonly memberId: string
  readonly reference: string
  readonly fromMs: number
  readonly toMs: number
  readonly blocks: readonly SpaceBlock[]
  readonly loanIds: readonly string[]
  readonly holdMs: number
  readonly price: Price
}

/** `site`: a loan ended meanwhile, so that the site decides. */
export type HoldOutcome = 'held' | 'taken' | 'site'

/**
 * Holds a booking inside loans, in one transaction under their locks: final, no site is asked. The same booking again
 * changes nothing.
 */
export async function holdInLoans(pool: Pool, clock: Clock, order: SaleOrder): Promise<HoldOutcome> {
  try {
    return await inTransaction(pool, async (tx) => {
      const desk = await LoanDesk.open(tx, () => clock.now().wallMs, order)
      if ((await lockSold(tx, order.siteId, order.bookingId)) !== undefined) return 'held'
      const holdUntilMs = desk.nowMs + order.holdMs
      for (const [at, { fromMs, blockToMs }] of order.blocks.entries()) {
        const sell = { kind: 'sell', bookingId: order.bookingId, fromMs, blockToMs, holdUntilMs } as const
        const decided = desk.decide(order.loanIds[at] ?? '', sell)
        if (!decided.ok) return whatRefusedSale(decided.error)
      }
      const { blocks, holdMs: _, ...facts } = order
      const blockToMs = Math.max(...blocks.map((block) => block.blockToMs))
      const sold: SoldRecord = {
        ...{ ...facts, blockToMs, status: 'held', holdUntilMs, payments: [], isExtended: false },
      }
      await insertSold(tx, sold, { ...desk.position, heldMs: desk.nowMs })
      desk.tell(sold.bookingId, rowOf(sold, 'held'))
      await desk.save()
      return 'held'
    })
  } catch (error) {
    if (isOverlap(error)) return 'taken'
    throw error
  }
}

function whatRefusedSale(refusal: CloudLoanRefusal): HoldOutcome {
  return refusal === 'taken' || refusal === 'awaiting_site' || refusal === 'booking_exists' ? 'taken' : 'site'
}

// The constraints of the store stand behind the decision: what the site sold itself is not in the loan.
function isOverlap(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23P01'
}

/** How a change of a sold booking ended; `site`: the site changed the booking, so that it decides. */
export type ChangeOutcome = 'done' | 'hold_expired' | 'not_reserved' | 'ended' | 'site'

export interface SoldChange {
  readonly siteId: string
  readonly bookingId: string
  readonly loanIds: readonly string[]
}

/** What pays; a card was reserved before, under the payment's id. */
export interface SalePayment {
  readonly paymentId: PaymentId
  readonly method: PaymentMethod
}

/** Confirms a hold inside loans with its payment. `not_reserved`: the card's reservation is gone. Twice changes nothing. */
export async function confirmInLoans(
  pool: Pool,
  clock: Clock,
  change: SoldChange & { readonly payment: SalePayment },
): Promise<ChangeOutcome> {
  return inTransaction(pool, async (tx) => {
    const { desk, sold } = await lock(tx, clock, change)
    if (sold === undefined) return 'ended'
    if (sold.payments.some(({ paymentId }) => paymentId === change.payment.paymentId)) return 'done'
    if (sold.status !== 'held') return sold.status === 'expired' ? 'hold_expired' : 'ended'
    for (const loanId of sold.loanIds) {
      if (!desk.decide(loanId, { kind: 'confirmSale', bookingId: sold.bookingId }).ok) return 'hold_expired'
    }
    const { paymentId, method } = change.payment
    const amountMinor = sold.price.totalMinor
    if (method === 'card' && amountMinor > 0 && !(await isReserved(tx, paymentId, desk.nowMs)))
      return 'not_reserved'
    const payment: SoldPayment = { paymentId, ofPaymentId: undefined, method, amountMinor, byCloud: true }
    const paid: SoldRecord = { ...sold, status: 'confirmed', payments: [...sold.payments, payment] }
    await insertSoldPayments(tx, paid, [payment], desk.nowMs)
    await tellSite(tx, desk, paid, 'confirmed')
    return 'done'
  })
}

/** Well before a reservation that nobody used is let go (`CardPayments.settleAll`). */
const reservationMaxMs = 45_000

async function isReserved(tx: Transaction, paymentId: string, nowMs: number): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM card_payment WHERE payment_id = $1 AND state = 'authorised' AND created_ms > $2 FOR UPDATE`,
    [paymentId, nowMs - reservationMaxMs],
  )
  return rowCount === 1
}

/**
 * Cancels a hold or a booking inside loans: frees its blocks, which the cloud sells again only once the site has
 * confirmed the row, and books what is given back by the rules that sites use.
 */
export async function cancelInLoans(pool: Pool, clock: Clock, change: SoldChange): Promise<ChangeOutcome> {
  return inTransaction(pool, async (tx) => {
    const { desk, sold } = await lock(tx, clock, change)
    if (sold === undefined) return 'ended'
    if (sold.status === 'cancelled') return 'done'
    if (sold.status !== 'held' && sold.status !== 'confirmed') return 'ended'
    if (sold.isExtended || !freeAll(desk, sold)) return 'site'
    const fee =
      sold.status === 'held'
        ? 0
        : cancellationFee({ ...sold, totalMinor: sold.price.totalMinor, nowMs: desk.nowMs })
    await giveBack(tx, desk, { ...sold, status: 'cancelled' }, { tell: 'cancelled', feeMinor: fee })
    return 'done'
  })
}

/** Ends a hold that ran out unpaid; judged under the lock, whatever woke the caller. Tells whether it did. */
export async function expireInLoans(pool: Pool, clock: Clock, change: SoldChange): Promise<boolean> {
  return inTransaction(pool, async (tx) => {
    const { desk, sold } = await lock(tx, clock, change)
    if (sold === undefined || sold.status !== 'held' || desk.nowMs < sold.holdUntilMs) return false
    if (!freeAll(desk, sold)) return false
    await tellSite(tx, desk, { ...sold, status: 'expired' }, 'expired')
    return true
  })
}

/** Gives all money of a displaced booking back (RULES, Booking), and tells the site. Tells whether some was given back. */
export async function refundDisplaced(pool: Pool, clock: Clock, change: SoldChange): Promise<boolean> {
  return inTransaction(pool, async (tx) => {
    const { desk, sold } = await lock(tx, clock, change)
    if (sold === undefined || sold.status !== 'displaced' || paidOf(balances(sold)) === 0) return false
    await giveBack(tx, desk, sold, { tell: 'cancelled', feeMinor: 0 })
    return true
  })
}

async function lock(
  tx: Transaction,
  clock: Clock,
  { siteId, bookingId, loanIds }: SoldChange,
): Promise<{ readonly desk: LoanDesk; readonly sold: SoldRecord | undefined }> {
  const desk = await LoanDesk.open(tx, () => clock.now().wallMs, {
    siteId: siteIdSchema.parse(siteId),
    loanIds,
  })
  return { desk, sold: await lockSold(tx, desk.siteId, bookingId) }
}

/** False, with nothing decided that matters, when the site has made something else of the booking than was sold. */
function freeAll(desk: LoanDesk, { bookingId, loanIds, fromMs, blockToMs }: SoldRecord): boolean {
  const isAsSold = loanIds.every((loanId) => {
    const loan = desk.loan(loanId)
    return (
      loan.kind !== 'unknown' &&
      loan.sales.some(
        (sale) => sale.bookingId === bookingId && sale.fromMs === fromMs && sale.blockToMs === blockToMs,
      )
    )
  })
  return isAsSold && loanIds.every((loanId) => desk.decide(loanId, { kind: 'freeSale', bookingId }).ok)
}

function balances({ payments }: SoldRecord) {
  return payments.flatMap(({ paymentId, ofPaymentId, method, amountMinor, byCloud }) => {
    if (ofPaymentId !== undefined) return []
    const given = payments.filter((other) => other.ofPaymentId === paymentId)
    const refundedMinor = given.reduce((sum, other) => sum + other.amountMinor, 0)
    const takenBy = byCloud ? ('cloud' as const) : ('site' as const)
    return [{ paymentId, method, takenBy, amountMinor, refundedMinor }]
  })
}

async function giveBack(
  tx: Transaction,
  desk: LoanDesk,
  sold: SoldRecord,
  { tell, feeMinor }: { readonly tell: SoldBooking['status']; readonly feeMinor: number },
): Promise<void> {
  const paid = balances(sold)
  const paidMinor = paidOf(paid)
  const fee = Math.min(feeMinor, paidMinor)
  const given = refunds(sold.bookingId, sold.price.currency, paid, paidMinor - fee).flatMap(
    (event): SoldPayment[] => {
      if (event.type !== 'payment.refunded') return []
      const { paymentId, ofPaymentId, method, amountMinor } = event.body
      return [
        { paymentId: paymentIdSchema.parse(paymentId), ofPaymentId, method, amountMinor, byCloud: true },
      ]
    },
  )
  await insertSoldPayments(tx, sold, given, desk.nowMs)
  await tellSite(tx, desk, { ...sold, payments: [...sold.payments, ...given] }, tell, fee)
}

async function tellSite(
  tx: Transaction,
  desk: LoanDesk,
  sold: SoldRecord,
  status: SoldBooking['status'],
  feeMinor?: number,
): Promise<void> {
  const { epoch, rev } = desk.position
  desk.tell(sold.bookingId, rowOf(sold, status))
  await updateSold(tx, sold, { epoch, rev, ...(feeMinor === undefined ? {} : { feeMinor }) })
  await desk.save()
}
