import { problemSchema } from '@gatehouse/shared/api/problem'
import { bookingViewSchema, extensionsViewSchema } from '@gatehouse/shared/api/views'
import { bookingIdSchema, memberIdSchema, siteIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import type { Result } from '@gatehouse/shared/result/result'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { accessRefusals, createApi } from '../http/api.ts'
import type { AppEnv } from '../http/app-context.ts'
import { idempotencyKey } from '../http/idempotency.ts'
import { problem, type Refused, refusal } from '../http/problem.ts'
import { requirePermission } from '../members/login.ts'
import { sandboxCards } from '../payments/sandbox-gateway.ts'
import type { Actor, BookingAnswer } from './booking-parts.ts'
import type { BookingService } from './booking-service.ts'
import type { ExtensionService } from './extension-service.ts'

const content = { 'application/json': { schema: bookingViewSchema } }
const problems = { 'application/problem+json': { schema: problemSchema } }
const keyHeader = z.object({ 'idempotency-key': z.string().regex(/^[A-Za-z0-9._-]{8,64}$/) })
const byId = z.object({ id: bookingIdSchema })
// Milliseconds up to the year 9999.
const instant = z.int().min(0).max(253_402_300_799_999)

const paymentBody = z.object({
  method: z.enum(['card', 'plan']),
  card: z.enum(sandboxCards).default('sandbox_ok'),
})

const ownBookings = requirePermission('bookings.own')

const holdRoute = createRoute({
  method: 'post',
  path: '/sites/{id}/bookings',
  summary: 'Hold a space; the site decides',
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
    503: { description: 'The site is known to be unreachable; nothing was written', content: problems },
  },
})

const confirmRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/confirm',
  summary: 'Pay and confirm a hold',
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

const extensionsRoute = createRoute({
  method: 'get',
  path: '/bookings/{id}/extensions',
  summary: 'Later ends that can be had now, each with the price of the added part',
  middleware: ownBookings,
  request: { params: byId },
  responses: {
    ...accessRefusals,
    200: {
      description: '15, 30 and 60 minutes more as far as they fit, and the latest end',
      content: { 'application/json': { schema: extensionsViewSchema } },
    },
    404: { description: 'Not one of yours', content: problems },
    410: { description: 'It has ended', content: problems },
  },
})

const extendRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/extend',
  summary: 'Hold a later end; the site decides',
  middleware: ownBookings,
  request: {
    params: byId,
    headers: keyHeader,
    body: { required: true, content: { 'application/json': { schema: z.object({ toMs: instant }) } } },
  },
  responses: {
    ...accessRefusals,
    200: { description: 'Extended, or held in `extension`: pay before its holdUntilMs', content },
    202: { description: 'Written, the site has not decided yet', content },
    404: { description: 'Not one of yours', content: problems },
    409: { description: 'Taken or closed; the latest end that fits is offered', content: problems },
    410: { description: 'It has ended', content: problems },
    422: { description: 'Not later than the present end, or too long', content: problems },
    503: { description: 'The site is known to be unreachable; nothing was written', content: problems },
  },
})

const confirmExtensionRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/extend/confirm',
  summary: 'Pay a held later end',
  middleware: ownBookings,
  request: {
    params: byId,
    headers: keyHeader,
    body: {
      required: true,
      content: { 'application/json': { schema: paymentBody.extend({ toMs: instant }) } },
    },
  },
  responses: {
    ...accessRefusals,
    200: { description: 'Extended', content },
    202: { description: 'The site has not decided yet; the money is only reserved', content },
    402: { description: 'The card was refused', content: problems },
    409: { description: 'Another end, or none, is held', content: problems },
    410: { description: 'The hold has expired', content: problems },
  },
})

const releaseRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/release',
  summary: 'Leave now; the rest of the time is free for others',
  middleware: ownBookings,
  request: { params: byId, headers: keyHeader },
  responses: {
    ...accessRefusals,
    200: { description: 'Ended', content },
    202: { description: 'The site has not decided yet', content },
    409: { description: 'Not checked in: cancel it instead', content: problems },
    410: { description: 'It has ended', content: problems },
    503: { description: 'The site is known to be unreachable; nothing was written', content: problems },
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
export function bookingRoutes(service: BookingService, extensions: ExtensionService) {
  const api = createApi()
  serveExtensions(api, extensions)
  api.openapi(holdRoute, async (context) => {
    const actor = actorOf(context)
    if (actor === undefined) return problem(context, refusal('not_a_member'))
    const { id: siteId } = context.req.valid('param')
    return render(context, await service.hold(actor, { siteId, ...context.req.valid('json') }), 201)
  })
  api.openapi(confirmRoute, async (context) => {
    const actor = actorOf(context)
    if (actor === undefined) return problem(context, refusal('not_a_member'))
    const means = context.req.valid('json')
    return render(context, await service.confirm(actor, context.req.valid('param').id, means), 200)
  })
  api.openapi(cancelRoute, async (context) => {
    const actor = actorOf(context)
    if (actor === undefined) return problem(context, refusal('not_a_member'))
    return render(context, await service.cancel(actor, context.req.valid('param').id), 200)
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

function serveExtensions(api: ReturnType<typeof createApi>, service: ExtensionService): void {
  api.openapi(extensionsRoute, async (context) => {
    const { memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const offers = await service.offers(memberId, context.req.valid('param').id)
    return offers.ok ? context.json(offers.value, 200) : problem(context, offers.error)
  })
  api.openapi(extendRoute, async (context) => {
    const actor = actorOf(context)
    if (actor === undefined) return problem(context, refusal('not_a_member'))
    const { toMs } = context.req.valid('json')
    return render(context, await service.extend(actor, context.req.valid('param').id, toMs), 200)
  })
  api.openapi(confirmExtensionRoute, async (context) => {
    const actor = actorOf(context)
    if (actor === undefined) return problem(context, refusal('not_a_member'))
    const { toMs, ...means } = context.req.valid('json')
    const { id } = context.req.valid('param')
    return render(context, await service.confirm(actor, id, { toMs, means }), 200)
  })
  api.openapi(releaseRoute, async (context) => {
    const actor = actorOf(context)
    if (actor === undefined) return problem(context, refusal('not_a_member'))
    return render(context, await service.release(actor, context.req.valid('param').id), 200)
  })
}

function actorOf(context: Context<AppEnv>): Actor | undefined {
  const { userId, memberId } = context.get('login')
  if (memberId === undefined) return undefined
  return { userId, memberId: memberIdSchema.parse(memberId), key: idempotencyKey(context) }
}

function render(context: Context<AppEnv>, result: Result<BookingAnswer, Refused>, decided: 200 | 201) {
  if (!result.ok) return problem(context, result.error)
  return context.json(result.value.view, result.value.decided ? decided : 202)
}
