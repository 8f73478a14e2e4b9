import { bookingGuestsSchema } from '@gatehouse/shared/api/guest-view'
import { bookingIdSchema, guestIdSchema, memberIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import { byId, keyHeader, ownBookings, problems } from '../bookings/member-answer.ts'
import { accessRefusals, createApi } from '../http/api.ts'
import { idempotencyKey } from '../http/idempotency.ts'
import { problem, refusal } from '../http/problem.ts'
import type { GuestService } from './guest-service.ts'

const invitationSchema = z.strictObject({
  /** SHA-256 of the link's secret, 64 hexadecimal characters; the secret itself is not told. */
  secretDigest: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().trim().min(1).max(60).optional(),
})
// Without the name: the answer is kept with its key.
const content = { 'application/json': { schema: z.object({ guestId: z.string() }) } }

const listRoute = createRoute({
  method: 'get',
  path: '/bookings/{id}/guests',
  summary: 'The guests of one of my bookings',
  middleware: ownBookings,
  request: { params: byId },
  responses: {
    ...accessRefusals,
    200: { description: 'As they stand', content: { 'application/json': { schema: bookingGuestsSchema } } },
    404: { description: 'Not one of yours', content: problems },
  },
})

const inviteRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/guests',
  summary: 'Invite a guest to one of my bookings, until it ends',
  description:
    'Make a secret of 24 random bytes, write it as base64url (32 characters), send the SHA-256 of these characters, and ' +
    'give the guest the link `/app/guest#` and the secret. The first phone that opens it gets a pass of its own.',
  middleware: ownBookings,
  request: {
    params: byId,
    headers: keyHeader,
    body: { required: true, content: { 'application/json': { schema: invitationSchema } } },
  },
  responses: {
    ...accessRefusals,
    201: { description: 'Invited', content },
    404: { description: 'Not one of yours', content: problems },
    409: { description: 'Not confirmed yet, or no room for more guests', content: problems },
    410: { description: 'The booking has ended', content: problems },
    422: { description: 'The key or the secret was for another guest', content: problems },
  },
})

const takeBackRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/guests/{guestId}/revoke',
  summary: 'Take a guest’s link back, and the pass that it was spent on',
  middleware: ownBookings,
  request: { params: z.object({ id: bookingIdSchema, guestId: guestIdSchema }), headers: keyHeader },
  responses: {
    ...accessRefusals,
    200: { description: 'Taken back', content },
    404: { description: 'Not one of yours', content: problems },
  },
})

/** The guests of members' bookings, under `/api/v1`. */
export function guestRoutes(service: GuestService) {
  const api = createApi()
  api.openapi(listRoute, async (context) => {
    const { memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const guests = await service.list(memberId, context.req.valid('param').id)
    return guests.ok ? context.json(guests.value, 200) : problem(context, guests.error)
  })
  api.openapi(inviteRoute, async (context) => {
    const { userId, memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const actor = { userId, memberId: memberIdSchema.parse(memberId), key: idempotencyKey(context) }
    const invited = await service.invite(actor, context.req.valid('param').id, context.req.valid('json'))
    return invited.ok ? context.json(invited.value, 201) : problem(context, invited.error)
  })
  api.openapi(takeBackRoute, async (context) => {
    const { memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const { id: bookingId, guestId } = context.req.valid('param')
    const done = await service.takeBack({ memberId, bookingId, guestId })
    return done.ok ? context.json(done.value, 200) : problem(context, done.error)
  })
  return api
}
