import type { Clock } from '@gatehouse/shared/clock/clock'
import { BookingService } from './bookings/booking-service.ts'
import { bookingRoutes } from './bookings/routes.ts'
import type { SiteCatalogues } from './bookings/site-catalogue.ts'
import type { SiteLink } from './bookings/site-link.ts'
import { SiteReader } from './bookings/site-reader.ts'
import { siteViewRoutes } from './bookings/site-routes.ts'
import type { Pool } from './database/pool.ts'
import type { CloudAppParts } from './http/app.ts'
import { memberRoutes } from './members/routes.ts'
import { CardPayments } from './payments/card-payments.ts'
import { SandboxGateway } from './payments/sandbox-gateway.ts'
import { readSiteHealth } from './sites/site-health.ts'

/** RULES: a booking that the site has not answered after this long is pending. */
const answerMaxMs = 8_000

/** Builds the services behind the people's API and its route groups. */
export function apiParts(parts: {
  readonly pool: Pool
  readonly clock: Clock
  readonly link: SiteLink
  readonly catalogues: SiteCatalogues
}): { readonly apiRoutes: CloudAppParts['apiRoutes']; readonly payments: CardPayments } {
  const { pool, clock, link, catalogues } = parts
  const reader = new SiteReader({
    db: pool,
    clock,
    catalogues,
    contactOf: async (siteId) => {
      const [health] = await readSiteHealth(pool, clock.now().wallMs, [siteId])
      return { online: health?.online ?? false, heardMs: health?.heardMs }
    },
    tzdataVersion: process.versions.tz ?? 'unknown',
  })
  const payments = new CardPayments(pool, new SandboxGateway(pool))
  const service = new BookingService({ pool, clock, link, catalogues, reader, payments, answerMaxMs })
  const apiRoutes = [
    memberRoutes(() => catalogues.siteIds()),
    siteViewRoutes({ catalogues, reader, clock }),
    bookingRoutes(service),
  ]
  return { apiRoutes, payments }
}
