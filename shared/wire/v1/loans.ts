import { z } from 'zod'
import * as ids from '../../ids/ids.ts'
import {
  amountMinorSchema,
  holderSchema,
  partsMax,
  paymentMethodSchema,
  priceSchema,
  wallMsSchema,
} from './facts.ts'

/** How many bookings one loan's end may name. */
export const loanBookingsMax = 2000

/** The place of a directory row: the life of the cloud's promises, and the order within it. */
export const positionSchema = z.object({ epoch: z.int().min(0), rev: z.int().min(0) })

/** The part of a space's time that keeps others out: `[fromMs, blockToMs)`, the gap included. */
export const blockSchema = z.object({ fromMs: wallMsSchema, blockToMs: wallMsSchema })

/**
 * What a site lends: one space, never a combined one, for `[fromMs, toMs)`. The cloud may sell there while its clock is
 * before `sellUntilMs`. A slot of a pool is backed by one space throughout.
 */
export const loanTermsSchema = z.object({
  loanId: ids.loanIdSchema,
  spaceId: ids.spaceIdSchema,
  fromMs: wallMsSchema,
  toMs: wallMsSchema,
  sellUntilMs: wallMsSchema,
  /** Of the cloud, as the site knew it when it lent: in a later epoch the loan is not opened. */
  epoch: z.int().min(0),
  pool: z.object({ poolId: z.string().min(1).max(120), slot: z.int().min(1) }).optional(),
})

const what = {
  spaceId: ids.spaceIdSchema,
  /** What a combined space consisted of when it was sold: each part is lent, and occupied with it. */
  parts: z.array(ids.spaceIdSchema).max(partsMax).optional(),
  /** One for each space that is occupied. */
  loanIds: z.array(ids.loanIdSchema).min(1).max(partsMax),
  holder: holderSchema,
  reference: z.string(),
  fromMs: wallMsSchema,
  toMs: wallMsSchema,
  blockToMs: wallMsSchema,
}

/** A booking that the cloud sold, whole, so that a site that holds nothing else of it can serve it. */
export const soldBookingSchema = z.object({
  ...what,
  status: z.enum(['held', 'confirmed', 'cancelled', 'expired']),
  /** While `held`; the cloud ends the hold with a row, the site never by its clock. */
  holdUntilMs: wallMsSchema.optional(),
  price: priceSchema,
  payments: z
    .array(
      z.object({
        paymentId: ids.paymentIdSchema,
        method: paymentMethodSchema,
        amountMinor: amountMinorSchema,
      }),
    )
    .max(16)
    .optional(),
  /** What the cloud gave back of them; all so far, like `payments`. */
  refunds: z
    .array(
      z.object({
        paymentId: ids.paymentIdSchema,
        ofPaymentId: ids.paymentIdSchema,
        method: paymentMethodSchema,
        amountMinor: amountMinorSchema,
      }),
    )
    .max(16)
    .optional(),
})

/** Why a loan ended. `restored`: it was granted to an earlier epoch. */
export const loanEndReasonSchema = z.enum(['close', 'return', 'recall', 'restored'])

/** The cloud's last word on a loan: from here on it sells nothing there. */
export const loanEndSchema = z.object({
  reason: loanEndReasonSchema,
  spaceId: ids.spaceIdSchema,
  fromMs: wallMsSchema,
  toMs: wallMsSchema,
  /** What stays sold; the site keeps these blocks even where a refetch shows their rows later than this one. */
  kept: z
    .array(
      z.object({
        bookingId: ids.bookingIdSchema,
        status: z.enum(['held', 'confirmed']),
        ...blockSchema.shape,
      }),
    )
    .max(loanBookingsMax),
  /** Given up by the cloud and not yet confirmed by the site, which has their rows before this one. */
  freed: z.array(z.object({ bookingId: ids.bookingIdSchema, ...blockSchema.shape })).max(loanBookingsMax),
})

/** What the site made of a `booking` row, and what of the booking keeps others out from now on. */
export const receivedBookingSchema = z.object({
  bookingId: ids.bookingIdSchema,
  ...positionSchema.shape,
  row: soldBookingSchema,
  /**
   * `taken`: occupied now. `known`: already in the books. `freed`: occupied no longer. `too_late`: the holder came, or the
   * site ended it; its word stands. `displaced`: a sale by the site is in the way and stands.
   */
  outcome: z.enum(['taken', 'known', 'freed', 'too_late', 'displaced']),
  /** What the site holds for the booking after this row; null when nothing. */
  standing: blockSchema.nullable(),
  /** The row broke the protocol; an exception is owed, whatever the outcome. */
  irregular: z.enum(['unknown_loan', 'ended_loan', 'outside_loan']).optional(),
})

/** A booking that came with a pass; its price and payments come with its row. */
export const adoptedBookingSchema = z.object({
  bookingId: ids.bookingIdSchema,
  passId: ids.passIdSchema,
  ...what,
  /** Unpaid holds of the cloud in its way: that the pass was sold proves them over. */
  supersedes: z.array(ids.bookingIdSchema).max(loanBookingsMax).optional(),
  irregular: z.enum(['unknown_loan']).optional(),
})

export type LoanTerms = z.infer<typeof loanTermsSchema>
export type LoanEnd = z.infer<typeof loanEndSchema>
export type LoanEndReason = z.infer<typeof loanEndReasonSchema>
export type SoldBooking = z.infer<typeof soldBookingSchema>
export type ReceivedBooking = z.infer<typeof receivedBookingSchema>
