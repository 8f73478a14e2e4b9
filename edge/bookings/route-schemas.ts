import {
  bookingCreditsSchema,
  bookingViewSchema,
  dayViewSchema,
  extensionsViewSchema,
  planViewSchema,
  receiptViewSchema,
} from '@gatehouse/shared/api/views'
import { amountMinorSchema, paymentMethodSchema, wallMsSchema } from '@gatehouse/shared/wire/v1/entries'
import { createRoute, z } from '@hono/zod-openapi'
import { body, json, problem } from '../http/described-answers.ts'
import { idempotencyKeyParameter } from '../http/idempotency-key.ts'

const idempotent = [idempotencyKeyParameter]
const bookingId = z.object({ id: z.string().max(64) })
const refusals = {
  402: problem('Payment needed or refused'),
  404: problem('Unknown'),
  409: problem('The calendar says no; alternatives that can be booked now'),
  410: problem('It has ended'),
  422: problem('It can never be right'),
  503: problem('Try again later'),
}
const tags = ['bookings']
// Milliseconds up to the year 9999.
const instant = z.coerce.number().int().min(0).max(253_402_300_799_999)

export const confirmedViewSchema = bookingViewSchema.extend({ receipt: receiptViewSchema.optional() })

export const planRoute = createRoute({
  method: 'get',
  path: '/plan',
  tags: ['spaces'],
  request: { query: z.object({ fromMs: instant, toMs: instant }) },
  responses: { 200: json(planViewSchema, 'The floor plan for an interval'), ...refusals },
})

export const dayRoute = createRoute({
  method: 'get',
  path: '/spaces/{id}/day',
  tags: ['spaces'],
  request: { params: bookingId, query: z.object({ date: z.string() }) },
  responses: { 200: json(dayViewSchema, 'The slots of one day'), ...refusals },
})

export const holdRoute = createRoute({
  method: 'post',
  path: '/bookings',
  tags,
  parameters: idempotent,
  request: {
    body: body(
      z
        .object({
          spaceId: z.string().max(64),
          fromMs: wallMsSchema,
          toMs: wallMsSchema,
          guestName: z.string().trim().min(1).max(80).optional(),
          memberToken: z.string().max(200).optional(),
        })
        .refine(({ guestName, memberToken }) => (guestName === undefined) !== (memberToken === undefined), {
          message: 'give either guestName or memberToken',
          path: ['guestName'],
        }),
    ),
  },
  responses: { 201: json(bookingViewSchema, 'Held; pay before holdUntilMs'), ...refusals },
})

const paymentBody = z.object({
  method: paymentMethodSchema,
  tenderedMinor: amountMinorSchema.optional(),
  /** Stands for the card at the terminal; the sandbox knows `sandbox_ok` and `sandbox_declined`. */
  card: z.enum(['sandbox_ok', 'sandbox_declined']).optional(),
  /** For credits: of the member who identified here and whose booking it is. */
  memberToken: z.string().max(200).optional(),
})

export const confirmRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/confirm',
  tags,
  parameters: idempotent,
  request: {
    params: bookingId,
    body: body(paymentBody),
  },
  responses: { 200: json(confirmedViewSchema, 'Paid and confirmed, with a receipt'), ...refusals },
})

export const creditsRoute = createRoute({
  method: 'get',
  path: '/bookings/{id}/credits',
  tags,
  request: { params: bookingId, query: z.object({ memberToken: z.string().max(200) }) },
  responses: {
    200: json(bookingCreditsSchema, 'What the site may spend of their credits for it'),
    ...refusals,
  },
})

export const cancelRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/cancel',
  tags,
  parameters: idempotent,
  request: { params: bookingId },
  responses: { 200: json(bookingViewSchema, 'Cancelled; a second time changes nothing'), ...refusals },
})

export const checkInRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/check-in',
  tags,
  parameters: idempotent,
  request: { params: bookingId },
  responses: { 200: json(bookingViewSchema, 'Checked in'), ...refusals },
})

export const extensionsRoute = createRoute({
  method: 'get',
  path: '/bookings/{id}/extensions',
  tags,
  request: { params: bookingId },
  responses: { 200: json(extensionsViewSchema, 'Later ends that can be had now'), ...refusals },
})

export const extendRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/extend',
  tags,
  parameters: idempotent,
  request: { params: bookingId, body: body(z.object({ toMs: wallMsSchema })) },
  responses: {
    200: json(bookingViewSchema, 'Extended, or held in `extension`: pay before its holdUntilMs'),
    ...refusals,
  },
})

export const confirmExtensionRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/extend/confirm',
  tags,
  parameters: idempotent,
  request: {
    params: bookingId,
    body: body(paymentBody.extend({ toMs: wallMsSchema })),
  },
  responses: { 200: json(confirmedViewSchema, 'Paid and extended, with a receipt'), ...refusals },
})

export const giveUpExtensionRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/extend/give-up',
  tags,
  summary: 'Give back a later end that is held and not paid; what is not held stays as it is',
  parameters: idempotent,
  request: { params: bookingId, body: body(z.object({ toMs: wallMsSchema })) },
  responses: { 200: json(bookingViewSchema, 'Given back; a second time changes nothing'), ...refusals },
})

export const releaseRoute = createRoute({
  method: 'post',
  path: '/bookings/{id}/release',
  tags,
  parameters: idempotent,
  request: { params: bookingId },
  responses: { 200: json(bookingViewSchema, 'Ended now; a second time changes nothing'), ...refusals },
})

export const findRoute = createRoute({
  method: 'get',
  path: '/bookings',
  tags,
  request: {
    query: z.object({
      reference: z.string().max(20).optional(),
      memberToken: z.string().max(200).optional(),
    }),
  },
  responses: { 200: json(z.object({ items: z.array(bookingViewSchema) }), 'Found bookings'), ...refusals },
})
