import { browserBytes } from '@gatehouse/shared/ui/browser-clock.ts'
import { registeredVehicleClassSchema } from '@gatehouse/shared/wire/v1/directory'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from '../api/client.ts'

const vehicleSchema = z.object({
  vehicleId: z.string(),
  vehicleClass: registeredVehicleClassSchema,
  plate: z.string().optional(),
  name: z.string().optional(),
})
export type Vehicle = z.infer<typeof vehicleSchema>

const writtenSchema = z.object({ vehicleId: z.string() })

/** What somebody registers; the plate as they write it. */
export type VehicleWish = Required<Pick<Vehicle, 'vehicleClass' | 'plate'>> & Pick<Vehicle, 'name'>

/** My vehicles. */
export const vehiclesQuery = queryOptions({
  queryKey: ['my-vehicles'],
  queryFn: async ({ signal }) =>
    (await api.get('/me/vehicles', z.object({ items: z.array(vehicleSchema) }), signal)).items,
})

/** A new id of a vehicle; the one who registers it chooses it, so that sending twice registers one. */
export function newVehicleId(): string {
  return `veh-${Array.from(browserBytes(12), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** Registers a vehicle; throws `ProblemError`. */
export function putVehicle(vehicleId: string, wish: VehicleWish): Promise<{ vehicleId: string }> {
  return api.put(`/me/vehicles/${vehicleId}`, wish, writtenSchema)
}

/** Erases a vehicle; throws `ProblemError`. */
export function eraseVehicle(vehicleId: string): Promise<{ vehicleId: string }> {
  return api.delete(`/me/vehicles/${encodeURIComponent(vehicleId)}`, writtenSchema)
}
