import type { Clock } from '@gatehouse/shared/clock/clock'
import { bookingIdSchema, type RequestId } from '@gatehouse/shared/ids/ids'
import { inTransaction, type Pool } from '../database/pool.ts'
import type { DueJob } from '../jobs/run-due.ts'
import { type CardPayments, cardMoneyIsOpen } from '../payments/card-payments.ts'
import { actionIds } from './action-ids.ts'
import { isTimeToWithdraw } from './request-outcome.ts'
import {
  holdIsMadeAfterAll,
  holdsMadeAfterAll,
  removeRequests,
  requestIsOver,
  requestIsSettled,
  type StoredRequest,
  sendRequest,
  settledRequests,
  settleRequest,
  waitingRequests,
  withdrawRequest,
} from './request-store.ts'
import type { SiteLink } from './site-link.ts'

export interface SweepParts {
  readonly pool: Pool
  readonly clock: Clock
  readonly link: SiteLink
  readonly payments: CardPayments
}

const batchMax = 500
const requestMaxMs = 60_000

/**
 * Finishes what no HTTP call waits for any more: settles requests the site has answered, takes back the
 * ones it never will, cancels holds it made after they were taken back, moves the money accordingly, and clears directories.
 * Safe to run at any time, in any number of processes; run it every few seconds.
 */
export function bookingJobs(parts: SweepParts): readonly DueJob[] {
  return [
    {
      isDue: `${requestIsOver} OR ${holdIsMadeAfterAll} OR ${cardMoneyIsOpen}`,
      run: () => finishBookings(parts),
    },
    {
      isDue: requestIsSettled,
      run: () => clearSettled(parts, parts.clock.now().wallMs),
    },
  ]
}

async function finishBookings(parts: SweepParts): Promise<void> {
  const { pool, clock, link, payments } = parts
  const nowMs = clock.now().wallMs
  for (const { request, answer } of await waitingRequests(pool, batchMax)) {
    if (answer !== undefined) await settleRequest(pool, request, answer, nowMs)
    else if (isTimeToWithdraw(request, nowMs)) {
      await inTransaction(pool, (tx) => withdrawRequest(tx, link, request, nowMs))
    }
  }
  for (const request of await holdsMadeAfterAll(pool, batchMax)) await cancelHold(parts, request, nowMs)
  await payments.settleAll(nowMs)
}

async function clearSettled({ pool, link }: SweepParts, nowMs: number): Promise<void> {
  const bySite = new Map<string, RequestId[]>()
  for (const { siteId, requestId } of await settledRequests(pool, nowMs, batchMax)) {
    bySite.set(siteId, [...(bySite.get(siteId) ?? []), requestId])
  }
  for (const [siteId, requestIds] of bySite) {
    await inTransaction(pool, (tx) => removeRequests(tx, link, siteId, requestIds))
  }
}

async function cancelHold(parts: SweepParts, hold: StoredRequest, nowMs: number): Promise<void> {
  const { requestId } = actionIds('sweep', hold.requestId)
  await inTransaction(parts.pool, (tx) =>
    sendRequest(tx, parts.link, {
      requestId,
      siteId: hold.siteId,
      command: { kind: 'cancelBooking', bookingId: bookingIdSchema.parse(hold.bookingId) },
      createdMs: nowMs,
      expiresMs: nowMs + requestMaxMs,
    }),
  )
}
