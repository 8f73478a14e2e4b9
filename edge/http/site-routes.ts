import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { DeviceStatus } from '../devices/hub.ts'
import { readEntries } from '../ledger/entry-store.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { acknowledgedHead } from '../sync/upload-position.ts'
import { type DeviceCallers, requireScope } from './device-callers.ts'
import { edgeRouter } from './router.ts'

export interface SiteRoutesOptions {
  readonly kernel: Kernel
  readonly callers: DeviceCallers
  readonly deviceStatus: () => DeviceStatus[]
}

const entrySchema = z.object({ seq: z.int(), hash: z.string(), uploaded: z.boolean(), entry: z.unknown() })
const ledgerRoute = createRoute({
  method: 'get',
  path: '/ledger',
  summary: 'A page of this site’s ledger, oldest first, or the newest entries with `newest`',
  request: {
    query: z.object({
      afterSeq: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      newest: z.enum(['true', 'false']).default('false'),
    }),
  },
  responses: {
    200: {
      description: 'Entries',
      content: {
        'application/json': {
          schema: z.object({
            incarnation: z.int(),
            headSeq: z.int(),
            acknowledgedSeq: z.int(),
            items: z.array(entrySchema),
          }),
        },
      },
    },
  },
})

const devicesRoute = createRoute({
  method: 'get',
  path: '/devices',
  summary: 'Every device with its profile and whether it answers',
  responses: {
    200: {
      description: 'Devices',
      content: { 'application/json': { schema: z.object({ items: z.array(z.unknown()) }) } },
    },
  },
})

/** `GET /ledger` and `GET /devices`, for staff screens. */
export function siteRoutes({ kernel, callers, deviceStatus }: SiteRoutesOptions): OpenAPIHono {
  const app = edgeRouter()
  app.use('/ledger', requireScope(callers, 'panel'))
  app.use('/devices', requireScope(callers, 'panel'))
  app.openapi(ledgerRoute, (c) => {
    const { afterSeq, limit, newest } = c.req.valid('query')
    const { incarnation, head } = kernel
    const acknowledgedSeq = acknowledgedHead(kernel.db, incarnation).seq
    const from = newest === 'true' ? Math.max(0, head.seq - limit) : afterSeq
    const items = readEntries(kernel.db, { incarnation, afterSeq: from, limit }).map(
      ({ seq, hash, text }) => ({
        seq,
        hash,
        uploaded: seq <= acknowledgedSeq,
        entry: JSON.parse(text) as unknown,
      }),
    )
    return c.json({ incarnation, headSeq: head.seq, acknowledgedSeq, items }, 200)
  })
  app.openapi(devicesRoute, (c) => c.json({ items: deviceStatus() }, 200))
  return app
}
