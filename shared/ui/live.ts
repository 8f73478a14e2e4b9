import { useEffect, useRef, useState } from 'react'
import type { z } from 'zod'
import { browserBytes, nowMs } from './browser-clock.ts'
import { nextBeat } from './live-beat.ts'

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
  /** Tells by a message of the server that it answers beats: then a connection that died silently is noticed within 6 s. */
  readonly answersBeats?: (message: z.output<S>) => boolean
}

const beatCheckMs = 1_000

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
    let beats: ReturnType<typeof setInterval> | undefined
    let heardMs = 0
    const connect = () => {
      clearTimeout(timer)
      socket = new WebSocket(socketUrl(path))
      socket.onopen = () => {
        attempt = 0
        setStatus({ state: 'open', sinceMs: nowMs() })
        if (missed) latest.current.onReconnect?.()
        missed = false
      }
      socket.onmessage = (event) => {
        heardMs = nowMs()
        const message = readMessage(latest.current.schema, event.data)
        if (message === undefined) return
        if (latest.current.answersBeats?.(message)) startBeats()
        latest.current.onMessage(message)
      }
      socket.onclose = closed
    }
    const startBeats = () => {
      if (beats !== undefined) return
      let askedMs: number | undefined
      beats = setInterval(() => {
        const step = nextBeat({ heardMs, askedMs }, nowMs())
        if (step === 'lost') drop()
        if (step !== 'ask') return
        askedMs = nowMs()
        socket?.send('beat')
      }, beatCheckMs)
    }
    const closed = () => {
      clearInterval(beats)
      beats = undefined
      if (ended) return
      missed = true
      setStatus((before) => (before.state === 'lost' ? before : { state: 'lost', sinceMs: nowMs() }))
      clearTimeout(timer)
      timer = setTimeout(connect, reconnectDelayMs(attempt, browserBytes(1)[0] ?? 0))
      attempt += 1
    }
    // A device that lost its network would notice a dead socket only minutes later.
    const drop = () => {
      if (socket !== undefined) socket.onclose = null
      socket?.close()
      closed()
    }
    const online = () => {
      if (!missed) return
      drop()
      connect()
    }
    window.addEventListener('offline', drop)
    window.addEventListener('online', online)
    connect()
    return () => {
      ended = true
      window.removeEventListener('offline', drop)
      window.removeEventListener('online', online)
      clearTimeout(timer)
      clearInterval(beats)
      socket?.close()
    }
  }, [path, enabled])
  return status
}
