import type { Moment } from '@gatehouse/shared/clock/clock'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { passRoutes } from '../access/pass-routes.ts'
import { accessRoutes } from '../access/routes.ts'
import { freeNow } from '../bookings/free-now.ts'
import { type PlanSurroundings, planView } from '../bookings/plan-view.ts'
import { receiptRoutes } from '../bookings/receipt-routes.ts'
import { bookingRoutes } from '../bookings/routes.ts'
import type { EdgeConfig } from '../config.ts'
import { GarbageMeter } from '../devices/garbage-meter.ts'
import type { EdgeAdapters } from '../edge-program.ts'
import { helpRoutes } from '../help/help-routes.ts'
import { type DeviceCallers, requireScope } from '../http/device-callers.ts'
import { requireIdempotencyKey } from '../http/idempotency-key.ts'
import { localRoutes } from '../http/local-routes.ts'
import { edgeRouter } from '../http/router.ts'
import { siteRoutes } from '../http/site-routes.ts'
import { loanRoutes } from '../loans/routes.ts'
import { bayOccupied } from '../parking/bay-occupied.ts'
import type { ParkingDevices } from '../parking/parking-devices.ts'
import { parkingRoutes } from '../parking/routes.ts'
import type { SiteCore } from './site-core.ts'
import type { SiteDevices } from './site-devices.ts'
import type { SiteDoors } from './site-doors.ts'
import type { SiteLending } from './site-lending.ts'

export interface SiteRoutingOptions {
  readonly lending: Pick<SiteLending, 'askBack'>
  readonly config: EdgeConfig
  readonly adapters: EdgeAdapters
  readonly core: SiteCore
  readonly callers: DeviceCallers
  readonly doors: SiteDoors
  readonly devices: SiteDevices
  readonly parking: ParkingDevices
  readonly localSecret: string
  readonly siteKey: string
}

/** The sub-apps of every module, each behind the credentials it asks for. */
export function siteRouting(options: SiteRoutingOptions): OpenAPIHono[] {
  const { adapters, callers, core, devices, doors, siteKey } = options
  const { kernel, directory, cards, bookingEnvironment: env } = core
  const { memberTokens, watch } = doors
  const { clock } = adapters
  const around: PlanSurroundings = {
    link: () => core.link.state,
    doorState: (doorId) => doors.stateOf(doorId),
    occupiedNow: (spaceId) => bayOccupied(kernel.db, spaceId),
  }
  const planFrom = (at: Moment) =>
    planView(env, kernel.db, around, { fromMs: at.wallMs, toMs: at.wallMs + soonMs, at })
  return [
    localRoutes({
      ...{ kernel, dataFolder: options.config.dataFolder, localSecret: options.localSecret },
      retention: core.retention,
      deviceStatus: () => devices.hub.status(),
      devicesDown: () => devices.down(),
      openInstallWindow: (deviceId, forMs) => devices.hub.openInstallWindow(deviceId, forMs),
    }),
    siteRoutes({
      kernel,
      directory,
      callers,
      clock,
      link: core.link,
      freeNow: () => freeNow(planFrom(clock.now())),
      deviceStatus: () => devices.hub.status(),
    }),
    helpRoutes({ kernel, callers, lineUp: () => core.link.state.state === 'live' }),
    accessRoutes({ kernel, directory, callers, doors: watch, memberTokens, siteKey }),
    passRoutes({ kernel, directory, callers }),
    loanRoutes({ kernel, directory, callers, clock }),
    receiptRoutes({ kernel, env, callers, clock, passes: core.parking.passes }),
    parkingRoutes({
      kernel,
      parking: core.parking,
      callers,
      cards,
      lanes: options.parking.lanes,
      hub: devices.hub,
      clock,
      onCameraRefused: cameraMeters(adapters),
    }),
    guarded(
      callers,
      bookingRoutes({
        kernel,
        env,
        clock,
        cards,
        memberTokens,
        around,
        askBack: (wanted) => options.lending.askBack.ask(wanted),
      }),
    ),
  ]
}

/** Counts what cameras send in vain, each for itself; only cameras of the directory get here. */
function cameraMeters({ clock, logger }: EdgeAdapters): (deviceId: string, reason: string) => void {
  const meters = new Map<string, GarbageMeter>()
  return (deviceId, reason) => {
    const meter = meters.get(deviceId) ?? new GarbageMeter(clock, logger, { deviceId, from: 'camera' })
    meters.set(deviceId, meter)
    meter.count(1, reason)
  }
}

/** Puts a module's routes behind a kiosk's credential; other screens may read. Every POST needs its key. */
function guarded(callers: DeviceCallers, routes: OpenAPIHono): OpenAPIHono {
  const app = edgeRouter()
  const read = requireScope(callers, 'kiosk', 'board', 'panel')
  const act = requireScope(callers, 'kiosk')
  for (const path of new Set(routes.routes.map((route) => route.path))) {
    app.use(path, (c, next) => (c.req.method === 'GET' ? read(c, next) : act(c, next)))
    app.use(path, requireIdempotencyKey)
  }
  app.route('/', routes)
  return app
}

const soonMs = 3_600_000
