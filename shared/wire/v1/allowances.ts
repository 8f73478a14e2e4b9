import { z } from 'zod'
import * as ids from '../../ids/ids.ts'
import { amountMinorSchema, wallMsSchema } from './facts.ts'
import { positionSchema } from './loans.ts'

/**
 * A share of a member's credits that the cloud moved to a site. Amounts are sums over the life of the allowance, so that
 * a row that is seen twice, or of which an earlier one was not seen, says the same.
 */
export const allowanceRowSchema = z.object({
  memberId: ids.memberIdSchema,
  bucketId: ids.creditBucketIdSchema,
  currency: z.string().length(3),
  promotional: z.boolean(),
  /** What takes place in `[fromMs, expiresMs)` may be paid with it. */
  fromMs: wallMsSchema,
  expiresMs: wallMsSchema,
  /** Ever moved to the site; never shrinks. */
  movedMinor: amountMinorSchema,
  /** The site gives back what it still has, until it gave back so much in all. */
  askedBackMinor: amountMinorSchema,
  /** The site may spend so much more than it has: the operator's risk while both are apart. */
  overdraftMinor: amountMinorSchema,
})
export type AllowanceRow = z.infer<typeof allowanceRowSchema>

/** A row was applied: from here on the site spends by it, and no longer has what it gave back. */
export const receivedAllowanceSchema = z.object({
  allowanceId: ids.allowanceIdSchema,
  ...positionSchema.shape,
  row: allowanceRowSchema,
  /** Ever given back: this, and nothing else, makes it the cloud's again. */
  givenBackMinor: amountMinorSchema,
})

/** Credits moved for a payment (`drawn`), or back for a refund (`restored`); `paymentId` is that of the movement. */
export const allowanceMovementSchema = z.object({
  allowanceId: ids.allowanceIdSchema,
  paymentId: ids.paymentIdSchema,
  amountMinor: amountMinorSchema,
})
