import { useEffect, useRef, useState } from 'react'
import type { z } from 'zod'
import { browserBytes, nowMs } from './browser-clock.ts'

/*
 *            socket opens                  socket closes
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
}

const backoffMaxMs = 8_000
/** Grows from 0.5 s to 8 s by attempt, with half of it random, so that screens do not return together. */
export function reconnectDelayMs(attempt: number, randomByte: number): number {
  const ceiling = Math.min(backoffMaxMs, 500 * 2 ** Math.min(attempt, 10))
  return ceiling / 2 + (ceiling / 2) * (randomByte / 255)
}

function socketUrl(path: string): string {
  const url = new URL(path, window.location.href)
  if (url.protocol === 'http:') url.protocol = 'ws:'
  if (url.protocol === 'https:') url.protocol = 'wss:'
  return url.href
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
    let socket: WebSocket | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let attempt = 0
    let missed = false
    let ended = false
    const connect = () => {
      socket = new WebSocket(socketUrl(path))
      socket.onopen = () => {
        attempt = 0
        setStatus({ state: 'open', sinceMs: nowMs() })
        if (missed) latest.current.onReconnect?.()
        missed = false
      }
      socket.onmessage = (event) => {
        const message = readMessage(latest.current.schema, event.data)
        if (message !== undefined) latest.current.onMessage(message)
      }
      socket.onclose = closed
    }
    const closed = () => {
      if (ended) return
      missed = true
      setStatus((before) => (before.state === 'lost' ? before : { state: 'lost', sinceMs: nowMs() }))
      clearTimeout(timer)
      timer = setTimeout(connect, reconnectDelayMs(attempt, browserBytes(1)[0] ?? 0))
      attempt += 1
    }
    // A device that lost its network would notice a dead socket only minutes later.
    const offline = () => {
      if (socket !== undefined) socket.onclose = null
      socket?.close()
      closed()
    }
    window.addEventListener('offline', offline)
    connect()
    return () => {
      ended = true
      window.removeEventListener('offline', offline)
      clearTimeout(timer)
      socket?.close()
    }
  }, [path, enabled])
  return status
}
