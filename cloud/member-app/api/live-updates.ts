import { type LiveMessage, liveMessageSchema } from '@gatehouse/shared/api/views'
import { type LiveStatus, useLive } from '@gatehouse/shared/ui/live.ts'
import { noteServerTime } from '@gatehouse/shared/ui/server-clock.ts'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'

function refetchFor(client: QueryClient, message: LiveMessage): void {
  if (message.kind === 'hello') noteServerTime(message.nowMs)
  if (message.kind !== 'changed') return
  const keysOf: Partial<Record<typeof message.topic, readonly (readonly string[])[]>> = {
    plan: [['plan', message.siteId], ['day', message.siteId], ['site', message.siteId], ['sites']],
    bookings: [['bookings'], ['my-credits'], ['plan', message.siteId], ['day', message.siteId]],
    link: [['site', message.siteId], ['sites'], ['plan', message.siteId]],
    sites: [['sites'], ['site', message.siteId]],
    board: [['site', message.siteId], ['sites']],
  }
  for (const queryKey of keysOf[message.topic] ?? []) void client.invalidateQueries({ queryKey })
}

/** Keeps every loaded screen fresh from the cloud's live WebSocket while somebody is logged in. */
export function useLiveUpdates(enabled: boolean): LiveStatus {
  const client = useQueryClient()
  return useLive({
    path: '/api/v1/live',
    schema: liveMessageSchema,
    enabled,
    onMessage: (message) => refetchFor(client, message),
    onReconnect: () => void client.invalidateQueries(),
  })
}
