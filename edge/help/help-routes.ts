import { problemSchema } from '@gatehouse/shared/api/problem'
import { helpCallViewSchema } from '@gatehouse/shared/api/views'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { type DeviceCallers, requireScope } from '../http/device-callers.ts'
import { idempotencyKeyParameter, requireIdempotencyKey } from '../http/idempotency-key.ts'
import { refuse } from '../http/problem.ts'
import { edgeRouter } from '../http/router.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { HelpCall } from './help-module.ts'

export interface HelpRoutesOptions {
  readonly kernel: Kernel
  readonly callers: DeviceCallers
  /** Whether what is recorded now reaches the operator now. */
  readonly lineUp: () => boolean
}

const helpRoute = createRoute({
  method: 'post',
  path: '/help-calls',
  tags: ['site'],
  summary: 'A person at this kiosk calls for help: the operator sees it among the incidents',
  parameters: [idempotencyKeyParameter],
  request: {
    body: { required: true, content: { 'application/json': { schema: z.strictObject({}) } } },
  },
  responses: {
    200: {
      description: 'It is recorded; lineUp tells whether the operator sees it now',
      content: { 'application/json': { schema: helpCallViewSchema } },
    },
    503: {
      description: 'Try again later',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  },
})

/** `POST /help-calls` for kiosks. */
export function helpRoutes({ kernel, callers, lineUp }: HelpRoutesOptions): OpenAPIHono {
  const app = edgeRouter()
  app.use('/help-calls', requireScope(callers, 'kiosk'))
  app.use('/help-calls', requireIdempotencyKey)
  app.openapi(helpRoute, async (c) => {
    const { deviceId } = c.get('caller')
    const from = { caller: `kiosk:${deviceId}`, key: c.get('idempotencyKey') }
    const outcome = await kernel.submit({ kind: 'callHelp', ...from, input: { deviceId } })
    if (!outcome.ok) return refuse(c, outcome.refusal) as never
    // The command's own answer.
    const call = outcome.value as HelpCall
    return c.json({ ...call, lineUp: lineUp() }, 200)
  })
  return app
}
