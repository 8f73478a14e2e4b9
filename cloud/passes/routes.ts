import { myPassesSchema, passViewSchema } from '@gatehouse/shared/api/pass-view'
import { problemSchema } from '@gatehouse/shared/api/problem'
import { bookingIdSchema, memberIdSchema, passIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { createRoute, z } from '@hono/zod-openapi'
import { accessRefusals, createApi } from '../http/api.ts'
import { idempotencyKey } from '../http/idempotency.ts'
import { problem, refusal } from '../http/problem.ts'
import { requirePermission } from '../members/login.ts'
import type { PassService } from './pass-service.ts'
import { passCursorPattern } from './pass-store.ts'

const content = { 'application/json': { schema: passViewSchema } }
const problems = { 'application/problem+json': { schema: problemSchema } }
const keyHeader = z.object({ 'idempotency-key': z.string().regex(/^[A-Za-z0-9._-]{8,64}$/) })
const byId = z.object({ id: passIdSchema })
const ownBookings = requirePermission('bookings.own')

/** Ed25519, JWK `x`; its private half never leaves the holder's device. */
const holderKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const wishSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('booking'), bookingId: bookingIdSchema, holderKey }),
  z.strictObject({ kind: z.literal('member'), siteId: siteIdSchema, holderKey }),
])

const pageRows = 50
const pageRowsMax = 100

const listRoute = createRoute({
  method: 'get',
  path: '/passes',
  summary: 'My passes that are in force, the ones given last first',
  middleware: ownBookings,
  request: {
    query: z.object({
      cursor: z.string().max(64).regex(passCursorPattern).optional(),
      limit: z.coerce.number().int().min(1).max(pageRowsMax).default(pageRows),
    }),
  },
  responses: {
    ...accessRefusals,
    200: { description: 'A page of them', content: { 'application/json': { schema: myPassesSchema } } },
  },
})

const issueRoute = createRoute({
  method: 'post',
  path: '/passes',
  summary: 'A pass for one of my bookings, or me at a site; guests get theirs by a link',
  middleware: ownBookings,
  request: {
    headers: keyHeader,
    body: { required: true, content: { 'application/json': { schema: wishSchema } } },
  },
  responses: {
    ...accessRefusals,
    201: { description: 'Signed; present it with the key it names', content },
    404: { description: 'Not one of yours', content: problems },
    409: { description: 'Not confirmed yet, or too many passes', content: problems },
    410: { description: 'It has ended, or was taken back', content: problems },
    422: { description: 'The key cannot be used, or was for another wish', content: problems },
  },
})

const renewRoute = createRoute({
  method: 'post',
  path: '/passes/{id}/renew',
  summary: 'The same pass anew, with what is known now',
  middleware: ownBookings,
  request: { params: byId, headers: keyHeader },
  responses: {
    ...accessRefusals,
    200: { description: 'Signed anew', content },
    404: { description: 'Not one of yours', content: problems },
    410: { description: 'It was taken back, or what it is for has ended', content: problems },
  },
})

const revokeRoute = createRoute({
  method: 'post',
  path: '/passes/{id}/revoke',
  summary: 'Take a pass back; its site learns of it at once, or when it is heard again',
  middleware: ownBookings,
  request: { params: byId, headers: keyHeader },
  responses: {
    ...accessRefusals,
    200: {
      description: 'Taken back',
      content: { 'application/json': { schema: z.object({ passId: z.string() }) } },
    },
    404: { description: 'Not one of yours', content: problems },
  },
})

/** The passes of members, under `/api/v1`. */
export function passRoutes(service: PassService) {
  const api = createApi()
  api.openapi(listRoute, async (context) => {
    const { memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const { cursor, limit } = context.req.valid('query')
    return context.json(await service.list(memberId, { limit, ...(cursor !== undefined && { cursor }) }), 200)
  })
  api.openapi(issueRoute, async (context) => {
    const { userId, memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const actor = { userId, memberId: memberIdSchema.parse(memberId), key: idempotencyKey(context) }
    const pass = await service.issue(actor, context.req.valid('json'))
    return pass.ok ? context.json(pass.value, 201) : problem(context, pass.error)
  })
  api.openapi(renewRoute, async (context) => {
    const { memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const pass = await service.renew(memberId, context.req.valid('param').id)
    return pass.ok ? context.json(pass.value, 200) : problem(context, pass.error)
  })
  api.openapi(revokeRoute, async (context) => {
    const { memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const done = await service.revoke(memberId, context.req.valid('param').id)
    return done.ok ? context.json(done.value, 200) : problem(context, done.error)
  })
  return api
}
