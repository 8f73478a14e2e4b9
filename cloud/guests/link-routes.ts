import { guestLinkViewSchema, guestPassSchema, guestSecretPattern } from '@gatehouse/shared/api/guest-view'
import { createRoute, z } from '@hono/zod-openapi'
import { problems } from '../bookings/member-answer.ts'
import { createApi } from '../http/api.ts'
import { problem } from '../http/problem.ts'
import type { LinkService } from './link-service.ts'

/** What follows the `#` of a guest's link; it is sent in bodies alone, so that no log has it. */
const secret = z.string().regex(guestSecretPattern)
/** Of the phone: Ed25519, JWK `x`; its private half never leaves it. */
const holderKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

const unknown = { description: 'No such link', content: problems }
// Its body is not for the type of the handlers: who answers it is the limit before them.
const tooMany: { readonly description: string; readonly content?: typeof problems } = {
  description: 'Too many calls from this address',
  content: problems,
}

const lookRoute = createRoute({
  method: 'post',
  path: '/guest/link',
  summary: 'What a guest’s link leads to; needs no log-in and changes nothing',
  security: [],
  request: {
    body: {
      required: true,
      content: {
        'application/json': { schema: z.strictObject({ secret, holderKey: holderKey.optional() }) },
      },
    },
  },
  responses: {
    200: {
      description: 'As it stands for this phone',
      content: { 'application/json': { schema: guestLinkViewSchema } },
    },
    404: unknown,
    429: tooMany,
  },
})

const openRoute = createRoute({
  method: 'post',
  path: '/guest/pass',
  summary: 'Spend a guest’s link on a pass for this phone, or renew that pass; needs no log-in',
  security: [],
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ secret, holderKey }) } },
    },
  },
  responses: {
    200: {
      description: 'Signed; present it with the key it names',
      content: { 'application/json': { schema: guestPassSchema } },
    },
    404: unknown,
    409: {
      description: 'Opened on another phone, or the booking is still pending or not paid',
      content: problems,
    },
    410: { description: 'Taken back, cancelled or over', content: problems },
    422: { description: 'The key cannot be used', content: problems },
    429: tooMany,
  },
})

/** What guests call with nothing but their link, under `/api/v1`; served without log-in. */
export function guestLinkRoutes(service: LinkService) {
  const api = createApi()
  api.openapi(lookRoute, async (context) => {
    const link = await service.look(context.req.valid('json'))
    return link.ok ? context.json(link.value, 200) : problem(context, link.error)
  })
  api.openapi(openRoute, async (context) => {
    const pass = await service.open(context.req.valid('json'))
    return pass.ok ? context.json(pass.value, 200) : problem(context, pass.error)
  })
  return api
}
