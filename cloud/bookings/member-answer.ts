import { problemSchema } from '@gatehouse/shared/api/problem'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { bookingIdSchema, memberIdSchema } from '@gatehouse/shared/ids/ids'
import type { Result } from '@gatehouse/shared/result/result'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppEnv } from '../http/app-context.ts'
import { idempotencyKey } from '../http/idempotency.ts'
import { problem, type Refused, refusal } from '../http/problem.ts'
import { requirePermission } from '../members/login.ts'
import { sandboxCards } from '../payments/sandbox-gateway.ts'
import type { Actor, BookingAnswer } from './booking-parts.ts'

/** A booking as JSON. */
export const content = { 'application/json': { schema: bookingViewSchema } }
/** A refusal as it is documented. */
export const problems = { 'application/problem+json': { schema: problemSchema } }
export const keyHeader = z.object({ 'idempotency-key': z.string().regex(/^[A-Za-z0-9._-]{8,64}$/) })
export const byId = z.object({ id: bookingIdSchema })
/** Epoch ms, up to the year 9999. */
export const instant = z.int().min(0).max(253_402_300_799_999)

/** How a member pays. */
export const paymentBody = z.object({
  method: z.enum(['card', 'plan']),
  card: z.enum(sandboxCards).default('sandbox_ok'),
})

export const ownBookings = requirePermission('bookings.own')

/**
 * Answers with what is decided for the logged-in member: `decided` once the site has, 202 until then. Refuses
 * `not_a_member`, and whatever `ask` does.
 */
export async function answerMember(
  context: Context<AppEnv>,
  decided: 200 | 201,
  ask: (actor: Actor) => Promise<Result<BookingAnswer, Refused>>,
) {
  const { userId, memberId } = context.get('login')
  if (memberId === undefined) return problem(context, refusal('not_a_member'))
  const result = await ask({
    userId,
    memberId: memberIdSchema.parse(memberId),
    key: idempotencyKey(context),
  })
  if (!result.ok) return problem(context, result.error)
  return context.json(result.value.view, result.value.decided ? decided : 202)
}
