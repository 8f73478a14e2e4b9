import { doorsViewSchema, type RemoteOutcome, remoteOutcomeSchema } from '@gatehouse/shared/api/doors-view'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../api/client.ts'

/** What may be asked of a site's doors. */
export type RemoteAct =
  | { readonly kind: 'unlockDoor'; readonly doorId: string }
  | { readonly kind: 'startLockdown' }
  | { readonly kind: 'endLockdown' }
  | { readonly kind: 'forgivePassback' }

/** The doors of a site and whether it is locked down. */
export const doorsQuery = (siteId: string) =>
  queryOptions({
    queryKey: ['doors', siteId],
    queryFn: ({ signal }) =>
      api.get(`/hq/sites/${encodeURIComponent(siteId)}/doors`, doorsViewSchema, signal),
  })

/** Asks a site's doors for something; answers when the site did it, or `pending` when it has not answered. */
export async function commandDoors(siteId: string, act: RemoteAct): Promise<RemoteOutcome> {
  const path = `/hq/sites/${encodeURIComponent(siteId)}/remote-commands`
  return (await api.post(path, { act }, remoteOutcomeSchema)).outcome
}
