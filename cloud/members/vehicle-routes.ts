import type { Clock } from '@gatehouse/shared/clock/clock'
import { vehicleIdSchema } from '@gatehouse/shared/ids/ids'
import { registeredVehicleClassSchema } from '@gatehouse/shared/wire/v1/directory'
import { createRoute, z } from '@hono/zod-openapi'
import type { Pool } from '../database/pool.ts'
import { accessRefusals, createApi } from '../http/api.ts'
import { problem, refusal } from '../http/problem.ts'
import type { SubjectSeal } from './subject-seal.ts'
import { eraseVehicle, listVehicles, putVehicle } from './vehicle-store.ts'

/** A vehicle as its member sees it; no plate when its key was lost. */
const vehicleView = z.object({
  vehicleId: z.string(),
  vehicleClass: registeredVehicleClassSchema,
  plate: z.string().optional(),
  name: z.string().optional(),
})

const vehicleBody = z.strictObject({
  /** As on the vehicle; spaces, dashes and case do not matter. */
  plate: z.string().max(20),
  name: z.string().trim().max(60).optional(),
  vehicleClass: registeredVehicleClassSchema,
})

// Ids of guests and of vehicles that sites saw begin otherwise: nobody's are taken by choosing one.
const params = z.object({ vehicleId: z.string().regex(/^veh-[a-z0-9]{16,40}$/) })
const chosenId = 'A new id of the caller: `veh-` and 16 to 40 random lower-case letters and digits.'

const listRoute = createRoute({
  method: 'get',
  path: '/me/vehicles',
  summary: 'Your vehicles',
  responses: {
    ...accessRefusals,
    200: {
      description: 'Your vehicles',
      content: { 'application/json': { schema: z.object({ items: z.array(vehicleView) }) } },
    },
  },
})

// PUT and DELETE are idempotent by themselves: no key, so no answer and no digest of a plate is kept.
const putRoute = createRoute({
  method: 'put',
  path: '/me/vehicles/{vehicleId}',
  summary: 'Register or change a vehicle',
  description: `Sites know it by its plate a moment later. ${chosenId}`,
  request: { params, body: { required: true, content: { 'application/json': { schema: vehicleBody } } } },
  responses: {
    ...accessRefusals,
    200: {
      description: 'Registered',
      content: { 'application/json': { schema: z.object({ vehicleId: z.string() }) } },
    },
    404: { description: 'Not yours' },
    409: { description: 'The plate is registered already, or you have ten vehicles' },
    422: { description: 'Not a plate, or not a class' },
  },
})

const deleteRoute = createRoute({
  method: 'delete',
  path: '/me/vehicles/{vehicleId}',
  summary: 'Erase a vehicle here and at every site',
  request: { params: z.object({ vehicleId: vehicleIdSchema }) },
  responses: {
    ...accessRefusals,
    200: {
      description: 'Erased',
      content: { 'application/json': { schema: z.object({ vehicleId: z.string() }) } },
    },
    404: { description: 'There is none, or not yours' },
  },
})

/** `/api/v1/me/vehicles`: the vehicles by which garages know a member; one's own and nobody else's. */
export function vehicleRoutes(parts: {
  readonly pool: Pool
  readonly seal: SubjectSeal
  readonly clock: Clock
}) {
  const api = createApi()
  api.openapi(listRoute, async (context) => {
    const { memberId } = context.get('login')
    const items = memberId === undefined ? [] : await listVehicles(parts.pool, parts.seal, memberId)
    return context.json({ items: [...items] }, 200)
  })
  api.openapi(putRoute, async (context) => {
    const { memberId } = context.get('login')
    if (memberId === undefined) return problem(context, refusal('not_a_member'))
    const vehicleId = vehicleIdSchema.parse(context.req.valid('param').vehicleId)
    const vehicle = { vehicleId, ...context.req.valid('json') }
    const put = await putVehicle(parts, memberId, vehicle, parts.clock.now().wallMs)
    if (!put.ok) return problem(context, refusal(put.error.code))
    return context.json({ vehicleId }, 200)
  })
  api.openapi(deleteRoute, async (context) => {
    const { memberId } = context.get('login')
    const { vehicleId } = context.req.valid('param')
    const erased = memberId !== undefined && (await eraseVehicle(parts, memberId, vehicleId))
    return erased ? context.json({ vehicleId }, 200) : problem(context, refusal('not_found'))
  })
  return api
}
