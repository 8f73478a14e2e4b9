import { tariffIdSchema } from '../ids/ids.ts'
import type { Price } from '../wire/v1/entries.ts'

/** The price of a booking that only a pass told of, until its row names one: of nothing, in no currency. */
export const unpriced: Price = {
  // ISO 4217 keeps this code for transactions without a currency; stores hold it.
  currency: 'XXX',
  lines: [],
  totalMinor: 0,
  taxMinor: 0,
  taxRatePercent: 0,
  tariffId: tariffIdSchema.parse('not-known'),
  tariffVersion: 1,
  tzdataVersion: 'not-known',
}

/** Tells whether a price is not known yet. Goes by its currency alone, as releases before this named its tariff otherwise. */
export function isUnpriced({ currency }: Price): boolean {
  return currency === unpriced.currency
}
