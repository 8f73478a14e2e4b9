import type { Clock } from '@gatehouse/shared/clock/clock'
import { sessionIdSchema } from '@gatehouse/shared/ids/ids'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { DeviceHub } from '../devices/hub.ts'
import { type CardPayments, paymentIdOf } from '../drawer/card-payments.ts'
import { type DeviceCallers, requireScope } from '../http/device-callers.ts'
import { requireIdempotencyKey } from '../http/idempotency-key.ts'
import { refuse } from '../http/problem.ts'
import { edgeRouter } from '../http/router.ts'
import type { Refusal } from '../ledger/command.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { Outcome } from '../ledger/receipts.ts'
import { addCameraRoute } from './camera-route.ts'
import { findSessions } from './find-sessions.ts'
import { laneViews } from './lane-view.ts'
import type { LaneWatch } from './lane-watch.ts'
import { readLostTicketPrice } from './lost-ticket-command.ts'
import { readBoard } from './occupancy.ts'
import type { ParkingOptions } from './parking-options.ts'
import { readQuote } from './payment-commands.ts'
import * as routes from './route-schemas.ts'

export interface ParkingRoutesOptions {
  readonly kernel: Kernel
  readonly parking: ParkingOptions
  readonly callers: DeviceCallers
  readonly cards: CardPayments
  readonly lanes: LaneWatch
  readonly hub: Pick<DeviceHub, 'acceptCameraMessage'>
  readonly clock: Clock
  /** Counts a camera message that cannot be used, by why. */
  readonly onCameraRefused: (deviceId: string, reason: string) => void
}

/** Stays, quotes and payments for kiosks, the level board, lanes for staff, and the camera webhook. */
export function parkingRoutes(options: ParkingRoutesOptions): OpenAPIHono {
  const { kernel, parking, callers, clock } = options
  const { directory } = parking
  const app = edgeRouter()
  app.use('/sessions/*', requireScope(callers, 'kiosk', 'panel'))
  app.use('/sessions/:id/:verb', requireIdempotencyKey)
  app.use('/sessions/lost-ticket', requireIdempotencyKey)
  app.use('/sessions/paper', requireIdempotencyKey)
  app.use('/lost-ticket-price', requireScope(callers, 'kiosk', 'panel'))
  app.use('/board', requireScope(callers, 'kiosk', 'board', 'panel'))
  app.use('/lanes', requireScope(callers, 'kiosk', 'panel'))
  app.use('/cameras/*', requireScope(callers, 'camera'))
  app.openapi(routes.findRoute, (c) => {
    return c.json({ items: findSessions(kernel.db, parking, c.req.valid('json')) }, 200)
  })
  app.openapi(routes.lostRoute, async (c) => {
    return answer(c, await kernel.submit({ kind: 'loseTicket', ...submitter(c), input: c.req.valid('json') }))
  })
  app.openapi(routes.paperRoute, async (c) => {
    return answer(c, await kernel.submit({ kind: 'showPaper', ...submitter(c), input: c.req.valid('json') }))
  })
  app.openapi(routes.lostPriceRoute, (c) => {
    const price = readLostTicketPrice(parking)
    return price ? c.json({ price }, 200) : (problem(c, { code: 'no_parking' }) as never)
  })
  app.openapi(routes.quoteRoute, async (c) => {
    const sessionId = c.req.valid('param').id
    return answer(c, await kernel.submit({ kind: 'quoteSession', ...submitter(c), input: { sessionId } }))
  })
  app.openapi(routes.paymentRoute, async (c) => {
    const sessionId = c.req.valid('param').id
    return answer(c, await pay(options, submitter(c), { sessionId, ...c.req.valid('json') }))
  })
  app.openapi(routes.boardRoute, (c) => c.json(readBoard(kernel.db, directory, clock.now().wallMs), 200))
  app.openapi(routes.lanesRoute, (c) =>
    c.json({ items: laneViews(kernel.db, directory, options.lanes) }, 200),
  )
  addCameraRoute(app, { ...options, onRefused: options.onCameraRefused })
  return app
}

interface AskedPayment {
  readonly sessionId: string
  readonly quoteId: string
  readonly method: 'cash' | 'card'
  readonly tenderedMinor?: number | undefined
  readonly card?: string | undefined
}

// Card: reserve the amount, let the kernel decide, give the reservation back when it says no.
async function pay(
  { kernel, cards }: ParkingRoutesOptions,
  from: { readonly caller: string; readonly key: string },
  { card, ...asked }: AskedPayment,
): Promise<Outcome> {
  const paymentId = paymentIdOf(from.caller, from.key)
  const decide = () => kernel.submit({ kind: 'paySession', ...from, input: { ...asked, paymentId } })
  const sessionId = sessionIdSchema.safeParse(asked.sessionId)
  const quote = sessionId.success ? readQuote(kernel.db, asked.quoteId, sessionId.data) : undefined
  if (asked.method !== 'card' || quote === undefined || quote.dueMinor === 0) return decide()
  const authorised = await cards.authorise(kernel, {
    paymentId,
    subjectId: asked.sessionId,
    amountMinor: quote.dueMinor,
    currency: quote.price.currency,
    card: card ?? 'sandbox_ok',
  })
  if (!authorised.ok) return { ok: false, refusal: authorised.error }
  const outcome = await decide()
  if (!outcome.ok) await cards.release(kernel, paymentId)
  return outcome
}

function submitter(c: Context): { readonly caller: string; readonly key: string } {
  return { caller: `kiosk:${c.get('caller').deviceId}`, key: c.get('idempotencyKey') }
}

// The schemas of answers are checked where the answers are made; a problem may take the place of any of them.
function answer(c: Context, outcome: Outcome): never {
  return (outcome.ok ? c.json(outcome.value as object, 200) : problem(c, outcome.refusal)) as never
}

function problem(c: Context, refusal: Refusal): Response {
  return refuse(c, refusal)
}
