import { z } from 'zod'
import * as ids from '../../ids/ids.ts'

/** Integer minor units of the site's currency, for example cents. May be negative only in refunds' sums. */
export const amountMinorSchema = z.int().min(0).max(1_000_000_000)
/** Milliseconds since the Unix epoch, UTC. */
export const wallMsSchema = z.int().min(0)

/** How many spaces one may be combined of. */
export const partsMax = 16

/** One line of a price: what, how much, tax included. `code` is translated by screens. */
export const priceLineSchema = z.object({
  code: z.string(),
  label: z.string(),
  quantity: z.number(),
  amountMinor: z.int(),
})
/** A price as shown and charged: lines, total, and the tax contained in the total. */
export const priceSchema = z.object({
  currency: z.string().length(3),
  lines: z.array(priceLineSchema),
  totalMinor: amountMinorSchema,
  taxMinor: amountMinorSchema,
  taxRatePercent: z.number().min(0).max(100),
  tariffId: ids.tariffIdSchema,
  tariffVersion: z.int().min(1),
  tzdataVersion: z.string(),
})
export type PriceLine = z.infer<typeof priceLineSchema>
export type Price = z.infer<typeof priceSchema>

/** Where the money came from. `plan` is covered by a plan and moves no money (amount 0). */
export const paymentMethodSchema = z.enum(['cash', 'card', 'plan', 'credits'])
export type PaymentMethod = z.infer<typeof paymentMethodSchema>

/** Who a booking is for: a member, or a guest whose name stays on the site. */
export const holderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('member'), memberId: ids.memberIdSchema }),
  z.object({ kind: z.literal('guest'), guestId: ids.guestIdSchema }),
])
export type Holder = z.infer<typeof holderSchema>
