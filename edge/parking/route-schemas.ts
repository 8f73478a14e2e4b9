import {
  boardViewSchema,
  lostTicketPriceViewSchema,
  quoteViewSchema,
  receiptViewSchema,
  sessionViewSchema,
} from '@gatehouse/shared/api/views'
import { presentationCharsMax } from '@gatehouse/shared/passes/presentation'
import { amountMinorSchema, vehicleClassSchema } from '@gatehouse/shared/wire/v1/entries'
import { createRoute, z } from '@hono/zod-openapi'
import { body, json, problem } from '../http/described-answers.ts'
import { idempotencyKeyParameter } from '../http/idempotency-key.ts'

const sessionId = z.object({ id: z.string().max(64) })
const idempotent = [idempotencyKeyParameter]
const code = z.string().trim().min(1).max(40)
const tags = ['parking']
const refusals = {
  402: problem('Payment needed or refused'),
  404: problem('Unknown'),
  409: problem('Not in this state'),
  410: problem('It has ended'),
  422: problem('It can never be right'),
  503: problem('Try again later'),
}

export const findRoute = createRoute({
  method: 'post',
  path: '/sessions/find',
  tags,
  summary: 'Open stays by plate (look-alikes and one wrong character are found too) or by ticket',
  request: { body: body(z.union([z.object({ plate: code }), z.object({ ticket: code })])) },
  responses: { 200: json(z.object({ items: z.array(sessionViewSchema) }), 'What was found'), ...refusals },
})

export const paperRoute = createRoute({
  method: 'post',
  path: '/sessions/paper',
  tags,
  summary: 'The stay of a signed ticket or receipt; one that the books lost is begun from what was signed',
  parameters: idempotent,
  request: { body: body(z.object({ text: z.string().max(presentationCharsMax) })) },
  responses: { 200: json(sessionViewSchema, 'The stay to pay'), ...refusals },
})

export const lostRoute = createRoute({
  method: 'post',
  path: '/sessions/lost-ticket',
  tags,
  summary: 'A driver without a ticket: the stay of the plate, or an inferred stay at the lost-ticket amount',
  parameters: idempotent,
  request: {
    body: body(z.object({ plate: code.optional(), vehicleClass: vehicleClassSchema.optional() })),
  },
  responses: { 200: json(sessionViewSchema, 'The stay to pay'), ...refusals },
})

export const lostPriceRoute = createRoute({
  method: 'get',
  path: '/lost-ticket-price',
  tags,
  summary: 'What a driver without a ticket and without a stay on record pays',
  responses: { 200: json(lostTicketPriceViewSchema, 'The price, before anything is recorded'), ...refusals },
})

export const quoteRoute = createRoute({
  method: 'post',
  path: '/sessions/{id}/quote',
  tags,
  summary: 'What a stay costs now',
  parameters: idempotent,
  request: { params: sessionId },
  responses: { 200: json(quoteViewSchema, 'Pay dueMinor until validUntilMs'), ...refusals },
})

export const paymentRoute = createRoute({
  method: 'post',
  path: '/sessions/{id}/payments',
  tags,
  summary: 'Pay a quote, by cash with change or by card',
  parameters: idempotent,
  request: {
    params: sessionId,
    body: body(
      z.object({
        quoteId: z.string().max(64),
        method: z.enum(['cash', 'card']),
        tenderedMinor: amountMinorSchema.optional(),
        /** Stands for the card at the terminal; the sandbox knows `sandbox_ok` and `sandbox_declined`. */
        card: z.enum(['sandbox_ok', 'sandbox_declined']).optional(),
      }),
    ),
  },
  responses: {
    200: json(
      z.object({ session: sessionViewSchema, receipt: receiptViewSchema }),
      'Paid; leave by leaveByMs',
    ),
    ...refusals,
  },
})

export const boardRoute = createRoute({
  method: 'get',
  path: '/board',
  tags,
  summary: 'Free places in total and per level',
  responses: { 200: json(boardViewSchema, 'The level board') },
})

/** A lane as staff see it. */
export const laneViewSchema = z.object({
  laneId: z.string(),
  name: z.string(),
  direction: z.enum(['entry', 'exit']),
  state: z.enum(['idle', 'presented', 'vending', 'withdrawing', 'passing', 'opposing']),
  /** Authorised vehicles that have not passed. */
  pending: z.int(),
  passages: z.int(),
  tailgates: z.int(),
  passedMs: z.int().optional(),
  /** What is wrong with the lane, as in the kinds of its incidents. */
  troubles: z.array(z.string()),
  boom: z.enum(['up', 'down', 'moving', 'unknown']),
  /** Kept open for fire until a person says that it is over. */
  fire: z.boolean(),
  /** How often it was opened by hand, ever. */
  openedByHand: z.int(),
  /** Whether its barrier has an input that keeps the boom up. */
  canHold: z.boolean(),
  hold: z.object({ reason: z.string(), untilMs: z.int() }).optional(),
  /** The last refusal, until a vehicle passes. */
  refusal: z.object({ reason: z.string(), atMs: z.int(), sessionId: z.string().optional() }).optional(),
})
export type LaneView = z.infer<typeof laneViewSchema>

export const lanesRoute = createRoute({
  method: 'get',
  path: '/lanes',
  tags,
  summary: 'All lanes with what happens at them',
  responses: { 200: json(z.object({ items: z.array(laneViewSchema) }), 'Lanes') },
})
