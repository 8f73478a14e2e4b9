import { containedTax, percentOf } from '../money/money.ts'
import type { Price, PriceLine } from '../wire/v1/entries.ts'

function withLine(price: Price, line: PriceLine): Price {
  const totalMinor = price.totalMinor + line.amountMinor
  return {
    ...price,
    lines: [...price.lines, line],
    totalMinor,
    taxMinor: containedTax(totalMinor, price.taxRatePercent),
  }
}

/** Takes a plan's discount off a price as a line of its own; `percent` is 0 to 100. */
export function discountByPlan(
  price: Price,
  plan: { readonly name: string; readonly percent: number },
): Price {
  const offMinor = percentOf(price.totalMinor, plan.percent)
  if (offMinor === 0) return price
  return withLine(price, { code: 'plan_discount', label: plan.name, quantity: 1, amountMinor: -offMinor })
}

/** Makes a price 0 because a plan covers the space; the line shows what it would have cost. */
export function coverByPlan(price: Price, planName: string): Price {
  return withLine(price, {
    code: 'plan_covered',
    label: planName,
    quantity: 1,
    amountMinor: price.totalMinor === 0 ? 0 : -price.totalMinor,
  })
}
