import { extensionsViewSchema } from '@gatehouse/shared/api/views'
import { createRoute, z } from '@hono/zod-openapi'
import { accessRefusals, createApi } from '../http/api.ts'
import { problem, refusal } from '../http/problem.ts'
import type { ExtensionService } from './extension-service.ts'
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

/** Later and earlier ends of the member's bookings, under `/api/v1`. */
export function extensionRoutes(service: ExtensionService) {
  const api = createApi()
  api.openapi(extensionsRoute, async (context) => {
    const { memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const offers = await service.offers(memberId, context.req.valid('param').id)
    return offers.ok ? context.json(offers.value, 200) : problem(context, offers.error)
  })
  api.openapi(extendRoute, (context) => {
    const { id } = context.req.valid('param')
    const { toMs } = context.req.valid('json')
    return answerMember(context, 200, (actor) => service.extend(actor, id, toMs))
  })
  api.openapi(confirmExtensionRoute, (context) => {
    const { id } = context.req.valid('param')
    const { toMs, ...means } = context.req.valid('json')
    return answerMember(context, 200, (actor) => service.confirm(actor, id, { toMs, means }))
  })
  api.openapi(releaseRoute, (context) => {
    const { id } = context.req.valid('param')
    return answerMember(context, 200, (actor) => service.release(actor, id))
  })
  return api
}
