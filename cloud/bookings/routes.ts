import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { siteIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import { accessRefusals, createApi } from '../http/api.ts'
import { problem, refusal } from '../http/problem.ts'
import type { BookingService } from './booking-service.ts'
import {
  answerMember,
  byId,
  content,
  instant,
  keyHeader,
  ownBookings,
  paymentBody,
  problems,
} from './member-answer.ts'

const holdRoute = createRoute({
  method: 'post',
  path: '/sites/{id}/bookings',
  summary: 'Hold a space: at once inside what the site lends, else the site decides',
  middleware: ownBookings,
  request: {
    params: z.object({ id: siteIdSchema }),
    headers: keyHeader,
    body: {
      required: true,
      content: {
        'application/json': { schema: z.object({ spaceId: spaceIdSchema, fromMs: instant, toMs: instant }) },
      },
    },
  },
  responses: {
    ...accessRefusals,
    201: { description: 'Held; confirm it before holdUntilMs', content },
    202: { description: 'Written, the site has not decided yet', content },
    409: { description: 'Taken or closed; alternatives offered', content: problems },
    503: {
      description:
        'The site is known to be unreachable; nothing was written. Alternatives can be confirmed now',
      content: problems,
    },
  },
})

const confirmRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/confirm',
  summary: 'Pay and confirm a hold; `path` says who decided',
  middleware: ownBookings,
  request: {
    params: byId,
    headers: keyHeader,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: paymentBody,
        },
      },
    },
  },
  responses: {
    ...accessRefusals,
    200: { description: 'Confirmed', content },
    202: { description: 'The site has not decided yet; the money is only reserved', content },
    402: { description: 'The card was refused, or the plan does not cover it', content: problems },
    410: { description: 'The hold has expired', content: problems },
  },
})

const cancelRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/cancel',
  summary: 'Cancel; what is due comes back by the way it was paid',
  middleware: ownBookings,
  request: { params: byId, headers: keyHeader },
  responses: {
    ...accessRefusals,
    200: { description: 'Cancelled', content },
    202: { description: 'The site has not decided yet', content },
    409: { description: 'Too late', content: problems },
  },
})

const listRoute = createRoute({
  method: 'get',
  path: '/bookings',
  summary: 'My bookings, latest start first',
  middleware: ownBookings,
  responses: {
    ...accessRefusals,
    200: {
      description: 'At most 200',
      content: { 'application/json': { schema: z.object({ items: z.array(bookingViewSchema) }) } },
    },
  },
})

const findRoute = createRoute({
  method: 'get',
  path: '/bookings/{id}',
  summary: 'One of my bookings',
  middleware: ownBookings,
  request: { params: byId },
  responses: {
    ...accessRefusals,
    200: { description: 'As it stands', content },
    404: { description: 'Not one of yours', content: problems },
  },
})

/** The member's booking API, under `/api/v1`. */
export function bookingRoutes(service: BookingService) {
  const api = createApi()
  api.openapi(holdRoute, (context) => {
    const asked = { siteId: context.req.valid('param').id, ...context.req.valid('json') }
    return answerMember(context, 201, (actor) => service.hold(actor, asked))
  })
  api.openapi(confirmRoute, (context) => {
    const { id } = context.req.valid('param')
    const means = context.req.valid('json')
    return answerMember(context, 200, (actor) => service.confirm(actor, id, means))
  })
  api.openapi(cancelRoute, (context) => {
    const { id } = context.req.valid('param')
    return answerMember(context, 200, (actor) => service.cancel(actor, id))
  })
  api.openapi(listRoute, async (context) => {
    const { memberId } = context.get('login')
    const items = memberId === undefined ? [] : await service.list(memberId)
    return context.json({ items: [...items] }, 200)
  })
  api.openapi(findRoute, async (context) => {
    const { memberId } = context.get('login')
    const view =
      memberId === undefined ? undefined : await service.find(memberId, context.req.valid('param').id)
    return view === undefined ? problem(context, refusal('unknown_booking')) : context.json(view, 200)
  })
  return api
}
