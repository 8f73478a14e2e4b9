import type { ReceiptView } from '@gatehouse/shared/api/views'
import { paymentIdSchema } from '@gatehouse/shared/ids/ids'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import type { PaymentRow } from './payment-store.ts'

/** Builds the receipt of a captured payment. Its number names the incarnation and the entry, so it never repeats. */
export function receiptView(
  payment: PaymentRow,
  about: { readonly siteName: string; readonly price: Price },
): ReceiptView {
  const { tenderedMinor, changeMinor } = payment
  return {
    paymentId: paymentIdSchema.parse(payment.paymentId),
    number: `${payment.incarnation}-${String(payment.seq).padStart(6, '0')}`,
    siteName: about.siteName,
    atMs: payment.atMs,
    method: payment.method,
    price: about.price,
    amountMinor: payment.amountMinor,
    ...(tenderedMinor === null ? {} : { tenderedMinor }),
    ...(changeMinor === null ? {} : { changeMinor }),
  }
}
