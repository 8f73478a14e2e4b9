import { containedTax } from '../money/money.ts'
import type { Price, PriceLine } from '../wire/v1/entries.ts'

/**
 * The price of what a longer stay adds to a shorter one that began at the same instant: line by line, so that
 * units already begun, caps and discounts count once. Never negative; the tax is that contained in the difference.
 */
export function addedPrice(longer: Price, shorter: Price): Price {
  const lines = combine(longer.lines, shorter.lines, -1)
  const totalMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0)
  if (totalMinor < 0) return { ...longer, lines: [], totalMinor: 0, taxMinor: 0 }
  return { ...longer, lines, totalMinor, taxMinor: containedTax(totalMinor, longer.taxRatePercent) }
}

/** The price of a booking and of a part added to it; the taxes add up, for each part was charged on its own. */
export function addPrices(price: Price, added: Price): Price {
  return {
    ...price,
    lines: combine(price.lines, added.lines, 1),
    totalMinor: price.totalMinor + added.totalMinor,
    taxMinor: price.taxMinor + added.taxMinor,
  }
}

// Steps of one band share code and label: their lines become one.
function combine(first: readonly PriceLine[], second: readonly PriceLine[], sign: 1 | -1): PriceLine[] {
  const byKey = new Map<string, PriceLine>()
  const put = (line: PriceLine, factor: 1 | -1) => {
    const key = JSON.stringify([line.code, line.label])
    const before = byKey.get(key)
    const quantity = (before?.quantity ?? 0) + factor * line.quantity
    const amountMinor = (before?.amountMinor ?? 0) + factor * line.amountMinor
    byKey.set(key, { ...line, quantity, amountMinor })
  }
  for (const line of first) put(line, 1)
  for (const line of second) put(line, sign)
  return [...byKey.values()].flatMap((line) => {
    if (line.quantity === 0 && line.amountMinor === 0) return []
    // A plan's line or a cap is one thing however long the stay.
    return [line.quantity > 0 ? line : { ...line, quantity: 1 }]
  })
}
