import { z } from 'zod'
import { bookingStatusSchema } from './views.ts'

/** One payment of a booking: minor units, the tax contained; times epoch ms. */
const paidSchema = z.object({
  bookingId: z.string(),
  paymentId: z.string(),
  reference: z.string(),
  paidMs: z.int(),
  amountMinor: z.int(),
  taxMinor: z.int(),
  /** What of it went back, as known at `issuedMs`. */
  refundedMinor: z.int(),
  currency: z.string(),
  /** When the receipt was signed. */
  issuedMs: z.int(),
})

/** A receipt as the member gets it. */
export const bookingReceiptViewSchema = paidSchema.extend({
  receiptId: z.string(),
  /** The signed receipt: what its QR code says. Believed without a network until `toMs`. */
  text: z.string(),
  toMs: z.int(),
})
export type BookingReceiptView = z.infer<typeof bookingReceiptViewSchema>

/** `GET /bookings/{id}/receipts`, the first payment first. */
export const bookingReceiptsSchema = z.object({ items: z.array(bookingReceiptViewSchema) })

/** A receipt as a site reads it. */
export const shownBookingReceiptSchema = paidSchema.extend({
  spaceName: z.string(),
  fromMs: z.int(),
  toMs: z.int(),
  /** Of the booking in the site's books; absent when they have not heard of it. */
  status: bookingStatusSchema.optional(),
})
export type ShownBookingReceipt = z.infer<typeof shownBookingReceiptSchema>
