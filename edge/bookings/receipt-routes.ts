import { shownBookingReceiptSchema } from '@gatehouse/shared/api/booking-receipt-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { readPaper } from '@gatehouse/shared/passes/read-paper'
import type { PassKnowledge } from '@gatehouse/shared/passes/verify-pass'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { body, json, problem } from '../http/described-answers.ts'
import { type DeviceCallers, requireScope } from '../http/device-callers.ts'
import { refuse } from '../http/problem.ts'
import { edgeRouter } from '../http/router.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { BookingEnvironment } from './booking-environment.ts'
import { loadBooking } from './booking-store.ts'
import { bookingView } from './booking-view.ts'

/** Longer than any receipt, so that what is too long is refused as that. */
const scannedCharsMax = 4_096

const readRoute = createRoute({
  method: 'post',
  path: '/booking-receipts/read',
  tags: ['bookings'],
  summary: 'What a signed receipt of a booking says was paid; needs no network and changes nothing',
  request: { body: body(z.object({ text: z.string().min(1).max(scannedCharsMax) })) },
  responses: {
    200: json(shownBookingReceiptSchema, 'Genuine, with the status of its booking in the books of the site'),
    403: problem('Not genuine'),
    409: problem('For another site, or from later than now'),
    410: problem('Too old'),
    422: problem('No receipt of a booking, or not a whole one'),
  },
})

export interface ReceiptRoutesOptions {
  readonly kernel: Kernel
  readonly env: BookingEnvironment
  readonly callers: DeviceCallers
  readonly clock: Clock
  readonly passes: Omit<PassKnowledge, 'at'>
}

/** `POST /booking-receipts/read` for kiosks that scan receipts of bookings. */
export function receiptRoutes(options: ReceiptRoutesOptions): OpenAPIHono {
  const { kernel, env, callers, clock, passes } = options
  const app = edgeRouter()
  app.use('/booking-receipts/read', requireScope(callers, 'kiosk', 'panel'))
  app.openapi(readRoute, (c) => {
    const at = clock.now()
    const read = readPaper(c.req.valid('json').text.trim(), { ...passes, at })
    // A refusal is answered as a problem, which the route's declared answers do not list in full.
    if (!read.ok) return refuse(c, { code: read.error }) as never
    if (read.value.kind !== 'booking_receipt') return refuse(c, { code: 'no_booking_receipt' }) as never
    const { bookingId, paymentId, block, paid, issuedMs } = read.value
    const booking = loadBooking(kernel.db, bookingId)
    const known = booking.kind !== 'none' && bookingView(env, kernel.db, booking, at.wallMs)
    const spaceName = env.directory.get('space', block.spaceId)?.name ?? block.spaceId
    const when = { fromMs: block.fromMs, toMs: block.toMs }
    const view = { bookingId, paymentId, ...paid, issuedMs, spaceName, ...when }
    return c.json({ ...view, ...(known && { status: known.status }) }, 200)
  })
  return app
}
