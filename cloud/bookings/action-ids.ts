import { createHash } from 'node:crypto'
import {
  type BookingId,
  bookingIdSchema,
  type PaymentId,
  paymentIdSchema,
  type RequestId,
  requestIdSchema,
} from '@gatehouse/shared/ids/ids'

// 100 bits, like the random ids: nobody can find two actions with one id.
const digestLength = 25

/** The ids of everything one action of one person may create. */
export interface ActionIds {
  readonly bookingId: BookingId
  readonly requestId: RequestId
  readonly paymentId: PaymentId
}

/**
 * Derives ids from who acts and the idempotency key, so that an action that is run again after a crash
 * finds what it had written and never makes a second one.
 */
export function actionIds(userId: string, key: string): ActionIds {
  const digest = createHash('sha256').update(`${userId} ${key}`).digest('hex').slice(0, digestLength)
  return {
    bookingId: bookingIdSchema.parse(`bk_${digest}`),
    requestId: requestIdSchema.parse(`rq_${digest}`),
    paymentId: paymentIdSchema.parse(`py_${digest}`),
  }
}
