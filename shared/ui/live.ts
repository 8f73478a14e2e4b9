import { useEffect, useRef, useState } from 'react'
import type { z } from 'zod'
import { nowMs } from './browser-clock.ts'
import { LiveConnection } from './live-connection.ts'

/*
 *            socket opens                  socket closes, or a beat is not answered
 * connecting ───────────▶ open ───────────────────────────▶ lost ──(backoff)──▶ connecting
 *      └──────────────── closes ────────────────────────────▶┘        (stays "lost" on screen until open)
 */
export interface LiveStatus {
  readonly state: 'connecting' | 'open' | 'lost'
  /** Device time of the last change of state. */
  readonly sinceMs: number
}

export interface LiveOptions<S extends z.ZodType> {
  /** A path such as `/api/v1/live`, or a full `ws:` address. */
  readonly path: string
  readonly schema: S
  readonly onMessage: (message: z.output<S>) => void
  /** Called when it opens after it was closed or failed to open: refetch everything, messages may have been missed. */
  readonly onReconnect?: () => void
  readonly enabled?: boolean
  /** Tells by a message of the server that it answers beats: then a connection that died silently is noticed within 6 s. */
  readonly answersBeats?: (message: z.output<S>) => boolean
}

function readMessage<S extends z.ZodType>(schema: S, data: unknown): z.output<S> | undefined {
  if (typeof data !== 'string') return undefined
  try {
    return schema.safeParse(JSON.parse(data)).data
  } catch {
    return undefined
  }
}

/**
 * Keeps a live WebSocket open while the component is shown and reconnects with jittered backoff. Messages
 * that do not match `schema` are ignored: a newer server may say more.
 */
export function useLive<S extends z.ZodType>(options: LiveOptions<S>): LiveStatus {
  const latest = useRef(options)
  latest.current = options
  const [status, setStatus] = useState<LiveStatus>(() => ({ state: 'connecting', sinceMs: nowMs() }))
  const enabled = options.enabled ?? true
  const { path } = options
  useEffect(() => {
    if (!enabled) return
    const connection = new LiveConnection({
      path,
      onState: (state) =>
        setStatus((before) =>
          state === 'lost' && before.state === 'lost' ? before : { state, sinceMs: nowMs() },
        ),
      onReconnect: () => latest.current.onReconnect?.(),
      onMessage: (data) => {
        const message = readMessage(latest.current.schema, data)
        if (message === undefined) return false
        latest.current.onMessage(message)
        return latest.current.answersBeats?.(message) ?? false
      },
    })
    connection.start()
    return () => connection.stop()
  }, [path, enabled])
  return status
}
