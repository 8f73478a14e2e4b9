import { liveMessageSchema } from '@gatehouse/shared/api/views'
import { type LiveStatus, useLive } from '@gatehouse/shared/ui/live.ts'
import { noteServerTime } from '@gatehouse/shared/ui/server-clock.ts'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'

/** Figures are refetched at most this often while entries pour in. */
const gatherMs = 1_000

/** Keeps overview, books and ledger fresh from the cloud's live WebSocket while somebody is logged in. */
export function useLiveUpdates(enabled: boolean): LiveStatus {
  const client = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const gather = () => {
    if (timer.current !== undefined) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      for (const name of [
        'overview',
        'reconciliation',
        'ledger',
        'site',
        'access',
        'incidents',
        'doors',
        'exceptions',
        'authority',
        'credits',
      ])
        void client.invalidateQueries({ queryKey: [name] })
    }, gatherMs)
  }
  return useLive({
    path: '/api/v1/live',
    schema: liveMessageSchema,
    enabled,
    onMessage: (message) => {
      if (message.kind === 'hello') noteServerTime(message.nowMs)
      if (message.kind === 'changed') gather()
    },
    answersBeats: (message) => message.kind === 'hello' && message.answersBeats === true,
    onReconnect: () => void client.invalidateQueries(),
  })
}
