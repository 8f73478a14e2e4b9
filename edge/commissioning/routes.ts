import type { DevicesView } from '@gatehouse/shared/api/device-views'
import {
  devicesViewSchema,
  deviceTestInputSchema,
  deviceTestOutcomeSchema,
} from '@gatehouse/shared/api/device-views'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { lockdownSince } from '../access/lockdown.ts'
import { body, json, problem } from '../http/described-answers.ts'
import { idempotencyKeyParameter, requireIdempotencyKey } from '../http/idempotency-key.ts'
import { requireLocalSecret } from '../http/local-routes.ts'
import { refuse } from '../http/problem.ts'
import { edgeRouter } from '../http/router.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { requireStaff } from '../staff/require-staff.ts'
import type { StaffSessions } from '../staff/staff-sessions.ts'
import { type DeviceListParts, listBuses, listDevices } from './device-list.ts'
import type { SettledEffects } from './settled-effects.ts'

export interface CommissioningRoutesOptions extends DeviceListParts {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly random: Random
  readonly sessions: StaffSessions
  readonly settled: Pick<SettledEffects, 'outcomeOf'>
}

const devicesRoute = createRoute({
  method: 'get',
  path: '/admin/devices',
  tags: ['admin'],
  summary: 'Every device with its place, standing, inputs and wiring, and what passed on the buses last',
  responses: { 200: json(devicesViewSchema, 'Devices and buses'), 401: problem('Nobody is logged in') },
})

const testRoute = createRoute({
  method: 'post',
  path: '/admin/devices/{id}/tests',
  tags: ['admin'],
  summary: 'Try a device by hand; who did it and why is an entry',
  parameters: [idempotencyKeyParameter],
  request: { params: z.object({ id: z.string() }), body: body(deviceTestInputSchema) },
  responses: {
    200: json(deviceTestOutcomeSchema, 'What came of it'),
    401: problem('Nobody is logged in'),
    403: problem('Nobody is let in during a lockdown'),
    404: problem('There is no such device'),
    409: problem('Another door of the interlock is not closed and locked'),
    422: problem('This device cannot do that'),
  },
})

const localDevicesRoute = createRoute({ ...devicesRoute, path: '/local/devices', tags: ['local'] })

const localTestRoute = createRoute({
  ...testRoute,
  path: '/local/devices/{id}/tests',
  tags: ['local'],
  parameters: [],
})

const answerSchema = z.object({ effectId: z.string() })

/** `GET /admin/devices` and `POST /admin/devices/{id}/tests`, for who is logged in to the site's admin. */
export function commissioningRoutes(options: CommissioningRoutesOptions): OpenAPIHono {
  const { kernel, sessions, settled } = options
  const app = edgeRouter()
  app.use('/admin/*', requireStaff(sessions), requireIdempotencyKey)
  app.openapi(devicesRoute, (c) => c.json(devicesView(options), 200))
  app.openapi(testRoute, async (c) => {
    const { staffId } = c.get('staff')
    const outcome = await kernel.submit({
      kind: 'testDevice',
      caller: `staff:${staffId}`,
      key: c.get('idempotencyKey'),
      input: { ...c.req.valid('json'), deviceId: c.req.valid('param').id, by: staffId },
    })
    if (!outcome.ok) return refuse(c, outcome.refusal) as never
    const { effectId } = answerSchema.parse(outcome.value)
    return c.json(await settled.outcomeOf(effectId), 200)
  })
  return app
}

/** The same for tools on this machine, behind the secret in the data folder; who did it is then `command`. */
export function localDeviceRoutes(
  options: CommissioningRoutesOptions & { readonly localSecret: string },
): OpenAPIHono {
  const { kernel, settled, random, localSecret } = options
  const app = edgeRouter()
  for (const path of ['/local/devices', '/local/devices/*']) app.use(path, requireLocalSecret(localSecret))
  app.openapi(localDevicesRoute, (c) => c.json(devicesView(options), 200))
  app.openapi(localTestRoute, async (c) => {
    const outcome = await kernel.submit({
      ...{ kind: 'testDevice', caller: 'local', key: randomCode(random, 20) },
      input: { ...c.req.valid('json'), deviceId: c.req.valid('param').id, by: 'command' },
    })
    if (!outcome.ok) return refuse(c, outcome.refusal) as never
    return c.json(await settled.outcomeOf(answerSchema.parse(outcome.value).effectId), 200)
  })
  return app
}

function devicesView(options: CommissioningRoutesOptions): DevicesView {
  const lockdownSinceMs = lockdownSince(options.kernel.db)
  return {
    nowMs: options.clock.now().wallMs,
    ...(lockdownSinceMs !== undefined && { lockdownSinceMs }),
    items: listDevices(options),
    buses: listBuses(options),
  }
}
