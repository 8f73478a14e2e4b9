import type { Transaction } from '../database/pool.ts'
import { openException } from '../exceptions/raise.ts'
import type { ContradictedSale } from './projected-rows.ts'
import type { StreamId } from './stream-store.ts'

/** Opens a case for each sale of the cloud that its site could not make good, or whose papers were wrong. */
export async function raiseContradictedSales(
  tx: Transaction,
  { siteId, incarnation }: StreamId,
  contradicted: readonly ContradictedSale[],
  nowMs: number,
): Promise<void> {
  for (const { bookingId, outcome, irregular, siteStatus, seq } of contradicted) {
    const { rows } = await tx.query<{ status: string }>(
      'SELECT status FROM bookings WHERE site_id = $1 AND booking_id = $2',
      [siteId, bookingId],
    )
    const said = irregular ?? outcome
    await openException(tx, {
      siteId,
      kind: 'sale_contradicted',
      about: `${bookingId} ${said}`,
      sides: [{ what: 'booking', site: siteStatus, cloud: rows[0]?.status ?? 'unknown', unit: 'code' }],
      detail: { bookingId, outcome, ...(irregular === undefined ? {} : { irregular }) },
      entry: { incarnation, seq },
      nowMs,
    })
  }
}
