import type { Transaction } from '../database/pool.ts'
import type { ExceptionSide } from '../exceptions/kinds.ts'
import { openException } from '../exceptions/raise.ts'
import type { RefusedMoney } from './projected-rows.ts'
import type { StreamId } from './stream-store.ts'

interface Booked {
  readonly kind: 'captured' | 'refunded'
  readonly amount_minor: number
  readonly currency: string
}

/** Opens a case for money that a site booked and its gateway refused to move; the books keep what was booked. */
export async function raiseRefusedMoney(
  tx: Transaction,
  { siteId, incarnation }: StreamId,
  refused: readonly RefusedMoney[],
  nowMs: number,
): Promise<void> {
  for (const { paymentId, reason, seq } of refused) {
    const { rows } = await tx.query<Booked>(
      'SELECT kind, amount_minor, currency FROM payments WHERE site_id = $1 AND payment_id = $2',
      [siteId, paymentId],
    )
    const [booked] = rows
    await openException(tx, {
      siteId,
      kind: 'late_decline',
      about: paymentId,
      sides: [
        booked === undefined
          ? { what: 'payment', site: paymentId, cloud: reason, unit: 'code' }
          : side(booked),
      ],
      detail: { paymentId, reason },
      entry: { incarnation, seq },
      nowMs,
    })
  }
}

// The site booked it, and nothing moved.
function side({ kind, amount_minor, currency }: Booked): ExceptionSide {
  const site = kind === 'captured' ? amount_minor : -amount_minor
  return { what: `takings ${currency} card`, site, cloud: 0, difference: -site, unit: currency }
}
