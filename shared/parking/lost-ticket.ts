import type { TariffId } from '../ids/ids.ts'
import { priceOf } from '../tariffs/price.ts'
import type { Tariff } from '../tariffs/tariff.ts'
import type { Price } from '../wire/v1/entries.ts'

/** The price of a stay without an arrival on record: the tariff's lost-ticket amount, else one full day. */
export function lostTicketPrice(asked: {
  readonly tariff: Tariff
  readonly tariffId: TariffId
  readonly tzdataVersion: string
}): Price {
  const amountMinor = asked.tariff.lostTicketMinor ?? asked.tariff.rolling24hCapMinor ?? 0
  return priceOf(asked, [{ code: 'lost_ticket', label: 'Lost ticket', quantity: 1, amountMinor }])
}
