import type { OpenAPIHono } from '@hono/zod-openapi'
import { BusTraces } from '../commissioning/bus-traces.ts'
import { DeviceNotes } from '../commissioning/device-notes.ts'
import { commissioningRoutes, localDeviceRoutes } from '../commissioning/routes.ts'
import { SettledEffects } from '../commissioning/settled-effects.ts'
import type { EdgeConfig } from '../config.ts'
import { installedCatalogue } from '../devices/profile-folder.ts'
import type { EdgeAdapters } from '../edge-program.ts'
import { insideRoutes } from '../inside/routes.ts'
import { laneStaffRoutes } from '../parking/lane-staff-routes.ts'
import type { LaneWatch } from '../parking/lane-watch.ts'
import { staffRoutes } from '../staff/routes.ts'
import { StaffSessions } from '../staff/staff-sessions.ts'
import type { SiteCore } from './site-core.ts'
import type { SiteDevices } from './site-devices.ts'

export interface SiteAdminParts {
  readonly config: EdgeConfig
  readonly adapters: EdgeAdapters
  readonly core: Pick<SiteCore, 'kernel' | 'directory'>
  readonly devices: SiteDevices
  readonly lanes: LaneWatch
  /** Of tools on this machine. */
  readonly localSecret: string
}

/** What those who run the site see and do at the site itself; made before the devices start, so that nothing is missed. */
export function openSiteAdmin(parts: SiteAdminParts): OpenAPIHono[] {
  const { config, adapters, core, devices, lanes, localSecret } = parts
  const { clock, random } = adapters
  const { kernel, directory } = core
  const sessions = new StaffSessions({ directory, clock, random })
  const notes = new DeviceNotes(clock)
  devices.hub.onEvent((event) => notes.hear(event))
  const traces = devices.traces ?? new BusTraces({ clock, familyOf: () => 'line' })
  const commissioning = {
    ...{ kernel, directory, clock, random, sessions, notes, traces },
    ...{ ...installedCatalogue(), buses: config.buses },
    status: () => devices.hub.status(),
    settled: new SettledEffects(kernel),
  }
  return [
    staffRoutes({ kernel, directory, sessions, random, clock }),
    laneStaffRoutes({ kernel, directory, lanes, sessions }),
    insideRoutes({ kernel, directory, clock, sessions }),
    commissioningRoutes(commissioning),
    localDeviceRoutes({ ...commissioning, localSecret }),
  ]
}
