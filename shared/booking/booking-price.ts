import { type PricedStay, priceStay } from '../tariffs/price.ts'
import { coverByPlan, discountByPlan } from '../tariffs/reduction.ts'
import type { Price } from '../wire/v1/entries.ts'

/** What a member's plan does to prices: kinds of space it covers, and a discount on the others (percent). */
export interface PlanTerms {
  readonly name: string
  readonly covers: readonly string[]
  readonly discountPercent: number
}

/** Prices a booking for its holder: by tariff, then 0 where the plan covers the kind of space, else less its discount. */
export function priceBooking(
  stay: PricedStay,
  holder: { readonly spaceKind: string; readonly plan?: PlanTerms | undefined },
): Price {
  const price = priceStay(stay)
  const { plan } = holder
  if (!plan) return price
  if (plan.covers.includes(holder.spaceKind)) return coverByPlan(price, plan.name)
  return discountByPlan(price, { name: plan.name, percent: plan.discountPercent })
}
