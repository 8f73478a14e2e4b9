import { type CreditPayment, drawCredits, restoreCredits } from '@gatehouse/shared/credits/draw'
import { leftMinor } from '@gatehouse/shared/credits/site-allowance'
import type { MemberId } from '@gatehouse/shared/ids/ids'
import { err, type Result } from '@gatehouse/shared/result/result'
import type { EntryBody, Holder, LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { SiteDatabase } from '../ledger/database.ts'
import { lendingStop } from '../loans/lending-state.ts'
import { allowancesOf, drawsOf } from './allowance-store.ts'

/** Why credits do not pay. */
export type CreditRefusal = 'credits_not_yours' | 'credits_paused' | 'credits_insufficient'

/**
 * Draws what a member pays for a booking of their own from what this site may spend of their credits. Refusals:
 * `credits_not_yours`; `credits_paused` while a site that was put back to an old copy has not spoken with the cloud
 * (ARCHITECTURE §5: it spends no allowance before that); `credits_insufficient`.
 */
export function payByCredits(
  db: SiteDatabase,
  holder: Holder,
  payer: MemberId | undefined,
  payment: CreditPayment,
): Result<readonly LedgerEvent[], CreditRefusal> {
  if (holder.kind !== 'member' || payer !== holder.memberId) return err('credits_not_yours')
  if (lendingStop(db) !== undefined) return err('credits_paused')
  return drawCredits(allowancesOf(db, payer), payment)
}

/** What gives back to the allowances what the refunds among `events` give back of payments by credits. */
export function restoredCredits(db: SiteDatabase, events: readonly LedgerEvent[]): readonly LedgerEvent[] {
  return events.flatMap((event) => {
    if (event.type !== 'payment.refunded' || event.body.method !== 'credits') return []
    const { paymentId, ofPaymentId, amountMinor }: EntryBody<'payment.refunded'> = event.body
    return restoreCredits(drawsOf(db, ofPaymentId), { paymentId, amountMinor })
  })
}

/** What this site may spend of a member's credits for something at `takesPlaceMs`, minor units, the overdraft left out. */
export function creditsLeft(
  db: SiteDatabase,
  memberId: MemberId,
  { currency, takesPlaceMs }: Pick<CreditPayment, 'currency' | 'takesPlaceMs'>,
): number {
  return allowancesOf(db, memberId)
    .filter(
      ({ row }) => row.currency === currency && row.fromMs <= takesPlaceMs && takesPlaceMs < row.expiresMs,
    )
    .reduce((sum, allowance) => sum + Math.max(0, leftMinor(allowance)), 0)
}
