import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from '../api/client.ts'

const doorsSchema = z.object({
  asOfMs: z.number(),
  online: z.boolean(),
  lockdownSinceMs: z.number().optional(),
  doors: z.array(
    z.object({
      doorId: z.string(),
      name: z.string(),
      state: z.string().optional(),
      sinceMs: z.number().optional(),
    }),
  ),
})
export type DoorRow = z.infer<typeof doorsSchema>['doors'][number]

const outcomeSchema = z.object({ outcome: z.enum(['done', 'pending']) })
export type RemoteOutcome = z.infer<typeof outcomeSchema>['outcome']

/** What may be asked of a site's doors. */
export type RemoteAct =
  | { readonly kind: 'unlockDoor'; readonly doorId: string }
  | { readonly kind: 'startLockdown' }
  | { readonly kind: 'endLockdown' }

/** The doors of a site and whether it is locked down. */
export const doorsQuery = (siteId: string) =>
  queryOptions({
    queryKey: ['doors', siteId],
    queryFn: ({ signal }) => api.get(`/hq/sites/${encodeURIComponent(siteId)}/doors`, doorsSchema, signal),
  })

/** Asks a site's doors for something; answers when the site did it, or `pending` when it has not answered. */
export async function commandDoors(siteId: string, act: RemoteAct): Promise<RemoteOutcome> {
  const path = `/hq/sites/${encodeURIComponent(siteId)}/remote-commands`
  return (await api.post(path, { act }, outcomeSchema)).outcome
}
