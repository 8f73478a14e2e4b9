import type { PaymentId } from '../ids/ids.ts'
import { err, ok, type Result } from '../result/result.ts'
import { type AllowanceEvent, type HeldAllowance, leftMinor } from './site-allowance.ts'

/** What credits are to pay. */
export interface CreditPayment {
  readonly paymentId: PaymentId
  readonly amountMinor: number
  readonly currency: string
  /** When what is paid takes place, epoch ms: it draws the bucket of that time (RULES, Money). */
  readonly takesPlaceMs: number
}

/**
 * Takes an amount from a member's allowances: earliest expiry first, promotional before paid (RULES, Money); the
 * overdraft only when all are empty, in the same order. Refusal: `credits_insufficient`, and then nothing is taken.
 */
export function drawCredits(
  allowances: readonly HeldAllowance[],
  { paymentId, amountMinor, currency, takesPlaceMs }: CreditPayment,
): Result<readonly AllowanceEvent[], 'credits_insufficient'> {
  const usable = allowances
    .filter(
      ({ row }) => row.currency === currency && row.fromMs <= takesPlaceMs && takesPlaceMs < row.expiresMs,
    )
    .toSorted(bySpending)
  const taken = new Map<HeldAllowance, number>()
  let due = amountMinor
  for (const floor of [() => 0, ({ row }: HeldAllowance) => -row.overdraftMinor]) {
    for (const allowance of usable) {
      const before = taken.get(allowance) ?? 0
      const part = Math.max(0, Math.min(due, leftMinor(allowance) - before - floor(allowance)))
      taken.set(allowance, before + part)
      due -= part
    }
  }
  if (due > 0) return err('credits_insufficient')
  return ok(
    [...taken].flatMap(([{ allowanceId }, part]) =>
      part === 0
        ? []
        : [{ type: 'allowance.drawn', body: { allowanceId, paymentId, amountMinor: part } } as const],
    ),
  )
}

/** One movement out of an allowance that a payment made, less what was given back of it. */
export interface Drawn {
  readonly allowanceId: HeldAllowance['allowanceId']
  readonly amountMinor: number
}

/**
 * Gives an amount back to where it came from, the last drawn first (RULES, Money: refunded in reverse to the same
 * bucket). `drawn` in the order of drawing; of more than was drawn only that much is given.
 */
export function restoreCredits(
  drawn: readonly Drawn[],
  { paymentId, amountMinor }: Pick<CreditPayment, 'paymentId' | 'amountMinor'>,
): readonly AllowanceEvent[] {
  let due = amountMinor
  return drawn.toReversed().flatMap(({ allowanceId, amountMinor: mayGive }) => {
    const part = Math.min(due, mayGive)
    due -= part
    return part === 0
      ? []
      : [{ type: 'allowance.restored', body: { allowanceId, paymentId, amountMinor: part } } as const]
  })
}

function bySpending(a: HeldAllowance, b: HeldAllowance): number {
  const byExpiry = a.row.expiresMs - b.row.expiresMs
  const byKind = Number(b.row.promotional) - Number(a.row.promotional)
  return byExpiry || byKind || (a.allowanceId < b.allowanceId ? -1 : 1)
}
