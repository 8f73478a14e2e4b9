import { type MyPass, myPassesSchema } from '@gatehouse/shared/api/pass-view'
import { newIdempotencyKey } from '@gatehouse/shared/ui/api.ts'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from '../api/client.ts'
import { forgetPass } from '../pass/pass-keeper.ts'

/** My passes that are in force; the ones given last first, as many as one page has. */
export const passesQuery = queryOptions({
  queryKey: ['my-passes'],
  queryFn: ({ signal }) => api.get('/passes', myPassesSchema, signal),
})

/** Takes a pass back, and forgets it on this device if it lies here; throws `ProblemError`. */
export async function takeBack({ passId, kind, siteId, bookingId }: MyPass): Promise<void> {
  const path = `/passes/${encodeURIComponent(passId)}/revoke`
  await api.post(path, {}, z.object({ passId: z.string() }), newIdempotencyKey())
  if (kind === 'member') await forgetPass({ kind, siteId }, passId)
  if (kind === 'booking' && bookingId !== undefined) await forgetPass({ kind, bookingId }, passId)
}
