import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Random } from '@gatehouse/shared/random/random'
import type { Hono } from 'hono'
import type { Logger } from 'pino'
import { remoteCommandJob } from './access/remote-command.ts'
import { AccessRetention } from './access/retention.ts'
import { auditRoutes } from './audit/routes.ts'
import { BookingService } from './bookings/booking-service.ts'
import { directoryLink } from './bookings/directory-link.ts'
import { extensionRoutes } from './bookings/extension-routes.ts'
import { ExtensionService } from './bookings/extension-service.ts'
import { bookingRoutes } from './bookings/routes.ts'
import { SiteCatalogues } from './bookings/site-catalogue.ts'
import type { SiteLink } from './bookings/site-link.ts'
import { SiteReader } from './bookings/site-reader.ts'
import { siteViewRoutes } from './bookings/site-routes.ts'
import { bookingJobs } from './bookings/sweep.ts'
import { creditRoutes } from './credits/routes.ts'
import { type CreditPolicy, creditJob } from './credits/tend-credits.ts'
import type { Notifications } from './database/notifications.ts'
import type { Pool } from './database/pool.ts'
import { DirectoryLogRetention } from './directory/prune-log.ts'
import type { SecondPersonRule } from './exceptions/kinds.ts'
import { exceptionRoutes } from './exceptions/routes.ts'
import { GuestService } from './guests/guest-service.ts'
import { guestLinkRoutes } from './guests/link-routes.ts'
import { LinkService } from './guests/link-service.ts'
import { guestRoutes } from './guests/routes.ts'
import { guestJob, pruneInvitations } from './guests/tend-guests.ts'
import { type CloudAppParts, createCloudApp } from './http/app.ts'
import { accessRoutes } from './http/hq/access-routes.ts'
import { livesRoutes } from './http/hq/lives-routes.ts'
import { remoteRoutes } from './http/hq/remote-routes.ts'
import { restoredLoansRoutes } from './http/hq/restored-loans-routes.ts'
import { hqRoutes } from './http/hq/routes.ts'
import { settingsRoutes } from './http/hq/settings-routes.ts'
import { pruneKeys } from './http/idempotency.ts'
import { LinkWatch, publishSiteChanges } from './http/live-changes.ts'
import { LiveHub } from './http/live-hub.ts'
import { runDue, runEach } from './jobs/run-due.ts'
import { seldom } from './jobs/seldom.ts'
import { loanJobs } from './loans/end-loans.ts'
import { pruneLoanRows } from './loans/prune-rows.ts'
import { authorityRoutes } from './loans/routes.ts'
import type { Auth } from './members/auth.ts'
import { planRoutes } from './members/plan-routes.ts'
import { memberRoutes } from './members/routes.ts'
import type { SubjectSeal } from './members/subject-seal.ts'
import { vehicleRoutes } from './members/vehicle-routes.ts'
import { PassService } from './passes/pass-service.ts'
import { receiptRoutes } from './passes/receipt-routes.ts'
import { passRoutes } from './passes/routes.ts'
import { prunePasses, tendPasses } from './passes/tend-passes.ts'
import { CardPayments } from './payments/card-payments.ts'
import type { PaymentGateway } from './payments/gateway.ts'
import { photoRoutes } from './photos/routes.ts'
import { readSiteContacts } from './sites/site-health.ts'

/** Settings of the surface; defaults live in the cloud's configuration. */
export type SurfaceSettings = Pick<
  CloudAppParts,
  'hostRules' | 'limits' | 'trustedProxies' | 'https' | 'screens'
> & {
  /** How long an HTTP call waits for a site before it answers `pending`, ms. */
  readonly answerMaxMs: number
  /** Days for which HQ can search access decisions and past incidents. */
  readonly accessKeptDays: number
  /** How long a pass is believed before it must be renewed, ms. */
  readonly passLifeMs: number
  /** How credits are shared over sites by themselves. */
  readonly credits: CreditPolicy
  /** When settling an exception needs a second person. */
  readonly secondPerson: SecondPersonRule
  /** Version of the time zone data of this process. */
  readonly tzdataVersion: string
}

export interface SurfaceParts {
  readonly pool: Pool
  readonly notifications: Notifications
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly auth: Auth
  readonly gateway: PaymentGateway
  /** Seals personal values. */
  readonly seal: SubjectSeal
  /** The key that sites pinned; the first that passes are signed with. */
  readonly identity: { readonly publicKey: string; readonly privateKey: string }
  /** Sync, health and metrics, with absolute paths. */
  readonly machineRoutes: readonly Hono[]
  readonly settings: SurfaceSettings
}

/** The cloud's HTTP surface and the work that goes on beside it. */
export interface Surface {
  readonly app: ReturnType<typeof createCloudApp>
  readonly hub: LiveHub
  /** Settles requests and money and notices silent sites; call it every few seconds, one call at a time. */
  sweep(): Promise<void>
  /** Stops following changes. */
  stop(): void
}

/** Puts members, bookings, HQ and screens together into one app. */
export function assembleSurface(parts: SurfaceParts): Surface {
  const { pool, clock, notifications, settings } = parts
  const hub = new LiveHub()
  const catalogues = new SiteCatalogues(pool)
  const reader = new SiteReader({
    db: pool,
    clock,
    catalogues,
    contactOf: async (siteId) => {
      const [contact] = await readSiteContacts(pool, clock.now().wallMs, [siteId])
      return { online: contact?.online ?? false, heardMs: contact?.heardMs }
    },
    tzdataVersion: settings.tzdataVersion,
  })
  const link = directoryLink({ db: pool, clock, notifications, logger: parts.logger })
  const payments = new CardPayments(pool, parts.gateway)
  const { answerMaxMs } = settings
  const { random, seal } = parts
  const bookingParts = { pool, clock, random, link, catalogues, reader, payments, answerMaxMs }
  const bookings = new BookingService(bookingParts)
  const guestParts = { pool, clock, catalogues, seal, passLifeMs: settings.passLifeMs }
  const watch = new LinkWatch({ db: pool, clock, hub })
  const siteIds = () => catalogues.siteIds()
  const app = createCloudApp({
    ...settings,
    db: pool,
    auth: parts.auth,
    clock,
    random: parts.random,
    logger: parts.logger,
    hub,
    machineRoutes: parts.machineRoutes,
    openRoutes: [guestLinkRoutes(new LinkService(guestParts))],
    apiRoutes: [
      memberRoutes(siteIds),
      planRoutes({ db: pool, clock, catalogues }),
      vehicleRoutes({ pool, clock, seal }),
      siteViewRoutes({ catalogues, reader, clock }),
      authorityRoutes({ db: pool, clock, catalogues }),
      photoRoutes(pool),
      bookingRoutes(bookings),
      extensionRoutes(new ExtensionService(bookingParts)),
      passRoutes(new PassService({ pool, clock, catalogues, passLifeMs: settings.passLifeMs })),
      guestRoutes(new GuestService(guestParts)),
      receiptRoutes({ pool, clock }),
      hqRoutes({ pool, clock, catalogues }),
      auditRoutes({ pool, clock }),
      creditRoutes({ pool, clock, random }),
      exceptionRoutes({ pool, clock, secondPerson: settings.secondPerson }),
      accessRoutes({ pool, clock, catalogues, keptDays: settings.accessKeptDays }),
      remoteRoutes({ pool, clock, catalogues, notifications, answerMaxMs }),
      settingsRoutes({ pool, clock, catalogues }),
      livesRoutes({ pool, clock, catalogues, random }),
      restoredLoansRoutes({ pool, clock, catalogues, passLifeMs: settings.passLifeMs }),
    ],
  })
  const stop = publishSiteChanges({ notifications, hub, siteIds })
  const sweep = sweepOf(parts, { watch, link, payments })
  return { app, hub, sweep, stop }
}

/** What goes on beside the answers, one round after another. */
function sweepOf(
  parts: SurfaceParts,
  around: { readonly watch: LinkWatch; readonly link: SiteLink; readonly payments: CardPayments },
): () => Promise<void> {
  const { pool, clock, settings } = parts
  const { watch, link, payments } = around
  const retention = new AccessRetention({ pool, clock, keptDays: settings.accessKeptDays })
  const logRetention = new DirectoryLogRetention({ pool, clock })
  const pruneOld = seldom(clock, async () => {
    await pruneKeys(pool, clock.now().wallMs)
    await prunePasses({ pool, clock })
    await pruneInvitations({ pool, clock })
    return pruneLoanRows({ pool, clock })
  })
  const jobs = [
    ...loanJobs({ pool, clock, passLifeMs: settings.passLifeMs }),
    creditJob({ pool, clock, policy: settings.credits }),
    ...bookingJobs({ pool, clock, link, payments }),
    remoteCommandJob(pool, clock),
    guestJob({ pool, clock }),
  ]
  const steps = [
    () => watch.check(),
    () => runDue(pool, clock.now().wallMs, jobs),
    () => tendPasses(parts),
    () => retention.prune(),
    () => logRetention.prune(),
    pruneOld,
  ]
  return () => runEach(steps)
}
