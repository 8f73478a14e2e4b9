import { authorityViewSchema } from '@gatehouse/shared/api/authority-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { problem } from '../http/described-answers.ts'
import { type DeviceCallers, requireScope } from '../http/device-callers.ts'
import { refuse } from '../http/problem.ts'
import { edgeRouter } from '../http/router.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { authorityView } from './authority-view.ts'
import type { LoanEnvironment } from './loan-commands.ts'

/** The longest interval of one answer. */
const askedMaxMs = 31 * 24 * 3_600_000
/** Without times: the next day. */
const usualMs = 24 * 3_600_000
const instant = z.coerce.number().int().min(0).max(253_402_300_799_999)

const authorityRoute = createRoute({
  method: 'get',
  path: '/sites/{id}/authority',
  tags: ['spaces'],
  summary: 'Who may sell what until when: this site, or the cloud inside what is lent to it',
  request: {
    params: z.object({ id: z.string().max(64) }),
    query: z.object({
      fromMs: instant.optional(),
      toMs: instant.optional(),
      spaceId: z.string().max(64).optional(),
    }),
  },
  responses: {
    200: {
      description:
        'The authority over each space that is not combined, without a gap; the next day when no times are given',
      content: { 'application/json': { schema: authorityViewSchema } },
    },
    404: problem('Another site, or no such space'),
    422: problem('A reversed interval, or one of more than 31 days'),
  },
})

export interface LoanRoutesOptions extends LoanEnvironment {
  readonly kernel: Kernel
  readonly callers: DeviceCallers
  readonly clock: Clock
}

/** `GET /sites/{id}/authority` for screens and staff of the site. */
export function loanRoutes(options: LoanRoutesOptions): OpenAPIHono {
  const { kernel, directory, callers, clock } = options
  const app = edgeRouter()
  app.use('/sites/:id/authority', requireScope(callers, 'kiosk', 'board', 'panel'))
  app.openapi(authorityRoute, (c) => {
    const nowMs = clock.now().wallMs
    const { fromMs = nowMs, spaceId, ...query } = c.req.valid('query')
    const toMs = query.toMs ?? fromMs + usualMs
    // A refusal is answered as a problem, which the route's declared answers do not list in full.
    if (c.req.valid('param').id !== directory.siteId) return refuse(c, { code: 'not_found' }) as never
    if (spaceId !== undefined && !directory.get('space', spaceId)) {
      return refuse(c, { code: 'unknown_space' }) as never
    }
    if (fromMs >= toMs) return refuse(c, { code: 'reversed' }) as never
    if (toMs - fromMs > askedMaxMs) return refuse(c, { code: 'too_long' }) as never
    return c.json(authorityView(options, kernel, { fromMs, toMs, spaceId, nowMs }), 200)
  })
  return app
}
