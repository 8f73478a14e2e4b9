import { type SiteView, siteViewSchema } from '@gatehouse/shared/api/views'
import { holidaysFrom, isInBusiness, isOpen } from '@gatehouse/shared/calendar/opening'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { lockdownSince } from '../access/lockdown.ts'
import type { DeviceStatus } from '../devices/hub.ts'
import { readEntries } from '../ledger/entry-store.ts'
import { prunedHead } from '../ledger/kept-chain.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { Link } from '../sync/link.ts'
import { acknowledgedHead } from '../sync/upload-position.ts'
import { type DeviceCallers, requireScope } from './device-callers.ts'
import { refuse } from './problem.ts'
import { edgeRouter } from './router.ts'

export interface SiteRoutesOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly callers: DeviceCallers
  readonly clock: Clock
  readonly link: Pick<Link, 'state'>
  readonly freeNow: () => SiteView['freeNow']
  readonly deviceStatus: () => DeviceStatus[]
}

/** How many of the next holidays a screen is told. */
const holidaysMax = 12

/** What a kiosk can do here; a verb that is absent has no tile. */
const featureSchema = z.enum(['book', 'check_in', 'pay_parking', 'help'])
const kioskSiteSchema = siteViewSchema.extend({
  features: z.array(featureSchema),
  /** Since when nobody is let in, epoch ms; absent while there is no lockdown. */
  lockdownSinceMs: z.int().optional(),
})

const siteRoute = createRoute({
  method: 'get',
  path: '/site',
  summary: 'The site, what is free now, and whether the cloud is reached',
  responses: { 200: { description: 'Site', content: { 'application/json': { schema: kioskSiteSchema } } } },
})

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
            prunedSeq: z
              .int()
              .openapi({ description: 'Entries up to this one were pruned; 0 while all are kept' }),
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

/** `GET /site` for screens; `GET /ledger` and `GET /devices` for staff. */
export function siteRoutes(options: SiteRoutesOptions): OpenAPIHono {
  const { kernel, callers, deviceStatus } = options
  const app = edgeRouter()
  app.use('/site', requireScope(callers, 'kiosk', 'board', 'panel'))
  app.openapi(siteRoute, (c) => {
    const view = kioskSiteView(options)
    return view ? c.json(view, 200) : (refuse(c, { code: 'site_not_ready' }) as never)
  })
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
    const prunedSeq = prunedHead(kernel.db, incarnation).seq
    return c.json({ incarnation, headSeq: head.seq, acknowledgedSeq, prunedSeq, items }, 200)
  })
  app.openapi(devicesRoute, (c) => c.json({ items: deviceStatus() }, 200))
  return app
}

function kioskSiteView(options: SiteRoutesOptions): z.infer<typeof kioskSiteSchema> | undefined {
  const { directory, clock, link, freeNow } = options
  const site = directory.site()
  if (!site) return undefined
  const nowMs = clock.now().wallMs
  const bookable = [...directory.all('space').values()].some((space) => space.bookable)
  const parks = directory.all('lane').size > 0
  const lockdownSinceMs = lockdownSince(options.kernel.db)
  return {
    siteId: directory.siteId,
    name: site.name,
    kind: site.kind,
    ...(site.status === undefined ? {} : { status: site.status }),
    description: site.description,
    ...(site.descriptionIn === undefined ? {} : { descriptionIn: site.descriptionIn }),
    address: site.address,
    timeZone: site.timeZone,
    currency: site.currency,
    position: site.position,
    amenities: site.amenities,
    openingHours: site.openingHours,
    holidays: holidaysFrom(site, nowMs, holidaysMax),
    openNow: isOpen(site, nowMs),
    freeNow: freeNow(),
    link: link.state,
    ...(lockdownSinceMs === undefined ? {} : { lockdownSinceMs }),
    nowMs,
    features: [
      ...(bookable && isInBusiness(site) ? (['book'] as const) : []),
      ...(bookable ? (['check_in'] as const) : []),
      ...(parks ? (['pay_parking'] as const) : []),
      'help',
    ],
  }
}
