import type { Moment } from '@gatehouse/shared/clock/clock'
import type { TariffId } from '@gatehouse/shared/ids/ids'
import type { ParkingContext } from '@gatehouse/shared/parking/decision'
import { lostTicketPrice } from '@gatehouse/shared/parking/lost-ticket'
import type { Stay } from '@gatehouse/shared/parking/session'
import { priceStay } from '@gatehouse/shared/tariffs/price'
import { type Tariff, tariffSchema } from '@gatehouse/shared/tariffs/tariff'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import type { ParkingOptions } from './parking-options.ts'

/** Keeps the tariff version that a stay begins under, because the directory will only have the newest. */
export function keepTariff(db: SiteDatabase, tariffId: TariffId, tariff: Tariff): void {
  statement(
    db,
    'INSERT INTO parking_tariffs (tariff_id, version, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  ).run(tariffId, tariff.version, JSON.stringify(tariff))
}

function keptTariff(db: SiteDatabase, stay: Stay): Tariff | undefined {
  const row = statement<{ body: string }>(
    db,
    'SELECT body FROM parking_tariffs WHERE tariff_id = ? AND version = ?',
  ).get(stay.tariffId, stay.tariffVersion)
  return row && tariffSchema.parse(JSON.parse(row.body))
}

/**
 * What decisions about a stay may know: its graces and its prices under the tariff in force at arrival, or the
 * newest when that one is not kept. `undefined` when the site or the tariff is not known.
 */
export function parkingContext(
  db: SiteDatabase,
  sources: Pick<ParkingOptions, 'directory' | 'bookings' | 'tzdataVersion'>,
  stay: Stay,
  at: Moment,
): ParkingContext | undefined {
  const { directory, tzdataVersion } = sources
  const site = directory.site()
  const { tariffId } = stay
  const tariff = keptTariff(db, stay) ?? directory.get('tariff', tariffId)
  if (!site || !tariff) return undefined
  const { timeZone, settings } = site
  const coveredMs = sources.bookings.coveredUntilMs(db, stay) ?? 0
  return {
    at,
    entryGraceMs: settings.entryGraceMs,
    exitGraceMs: settings.exitGraceMs,
    priceOf: (arrivedMs, toMs) => {
      // What a booking of the bay has paid for is not paid again; time before and after it is the stay's own.
      const fromMs = Math.min(toMs, Math.max(arrivedMs, coveredMs))
      return priceStay({ tariffId, tariff, fromMs, toMs, timeZone, tzdataVersion })
    },
    lostTicketPrice: lostTicketPrice({ tariff, tariffId, tzdataVersion }),
  }
}
