import {
  type DeviceTestInput,
  devicesViewSchema,
  deviceTestOutcomeSchema,
} from '@gatehouse/shared/api/device-views'
import { insideViewSchema } from '@gatehouse/shared/api/inside-view'
import { staffViewSchema } from '@gatehouse/shared/api/staff-view'
import { createApi, isProblem } from '@gatehouse/shared/ui/api.ts'
import { viewerZone } from '@gatehouse/shared/ui/format.ts'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { z } from 'zod'

const api = createApi({ baseUrl: '/api/v1', timeoutMs: 10_000 })
const devicesEveryMs = 2_000
const insideEveryMs = 5_000

/** Who is logged in here; `null` for nobody. */
export const staffQuery = queryOptions({
  queryKey: ['staff'],
  queryFn: ({ signal }) =>
    api.get('/staff/me', staffViewSchema, signal).catch((error: unknown) => {
      if (isProblem(error) && error.problem.status === 401) return null
      throw error
    }),
  refetchInterval: 60_000,
})

/** Every device and bus, as they are now. */
export const devicesQuery = queryOptions({
  queryKey: ['devices'],
  queryFn: ({ signal }) => api.get('/admin/devices', devicesViewSchema, signal),
  refetchInterval: devicesEveryMs,
})

/** Who is inside, as far as the site knows. */
export const insideQuery = queryOptions({
  queryKey: ['inside'],
  queryFn: ({ signal }) => api.get('/inside', insideViewSchema, signal),
  refetchInterval: insideEveryMs,
})

/** The time zone of the site. */
export function useSiteZone(): string {
  return useQuery(staffQuery).data?.timeZone ?? viewerZone()
}

/** Opens a login session; throws `ProblemError` (`staff_wrong`, `staff_locked`). */
export const logInStaff = async (email: string, password: string): Promise<void> => {
  await api.post('/staff/login', { email, password }, staffViewSchema)
}

/** Ends it; one that ended already is no failure. */
export const logOutStaff = (): Promise<unknown> =>
  api.post('/staff/logout', {}, z.unknown()).catch(() => undefined)

/** Tries a device by hand. */
export const testDevice = (deviceId: string, input: DeviceTestInput, key: string) =>
  api.post(`/admin/devices/${encodeURIComponent(deviceId)}/tests`, input, deviceTestOutcomeSchema, key)
