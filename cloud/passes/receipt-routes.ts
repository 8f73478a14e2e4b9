import { bookingReceiptsSchema } from '@gatehouse/shared/api/booking-receipt-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { createRoute } from '@hono/zod-openapi'
import { byId, ownBookings, problems } from '../bookings/member-answer.ts'
import type { Pool } from '../database/pool.ts'
import { accessRefusals, createApi } from '../http/api.ts'
import { problem, refusal } from '../http/problem.ts'
import { receiptsOfBooking } from './booking-receipts.ts'

const receiptsRoute = createRoute({
  method: 'get',
  path: '/bookings/{id}/receipts',
  summary: 'Signed receipts for what I paid here for one of my bookings; believed on site without a network',
  middleware: ownBookings,
  request: { params: byId },
  responses: {
    ...accessRefusals,
    200: {
      description: 'One for each payment that was taken; none while nothing was',
      content: { 'application/json': { schema: bookingReceiptsSchema } },
    },
    404: { description: 'Not one of yours', content: problems },
  },
})

/** The receipts of a member's bookings, under `/api/v1`. */
export function receiptRoutes(parts: { readonly pool: Pool; readonly clock: Clock }) {
  const api = createApi()
  api.openapi(receiptsRoute, async (context) => {
    const { memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const items = await receiptsOfBooking(parts, memberId, context.req.valid('param').id)
    return items.ok ? context.json({ items: [...items.value] }, 200) : problem(context, items.error)
  })
  return api
}
