import type { LiveMessage } from '@gatehouse/shared/api/views'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { upgradeWebSocket } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { WebSocket } from 'ws'
import { type Login, mayAtSite } from '../members/permissions.ts'
import type { AppEnv } from './app-context.ts'
import { helloText, type LiveFilter, type LiveHub, type LiveSocket } from './live-hub.ts'

type Topic = Extract<LiveMessage, { kind: 'changed' }>['topic']

// What everybody who is logged in may see of any site; the rest is for those who run it.
const publicTopics: ReadonlySet<Topic> = new Set<Topic>(['plan', 'bookings', 'board', 'link', 'sites'])
const tryAgainLater = 1013
/** A screen's beats are answered so often at most. */
const beatPauseMs = 1_000

/** `GET /api/v1/live`: a WebSocket that says what changed. Must stand behind `requireLogin`. */
export function liveRoute(hub: LiveHub, clock: Clock): MiddlewareHandler<AppEnv> {
  return upgradeWebSocket((context) => {
    const login = context.get('login') as Login
    let remove: (() => void) | undefined
    let answeredMs = Number.NEGATIVE_INFINITY
    return {
      onOpen: (_event, socket) => {
        const raw = socket.raw as unknown
        if (!(raw instanceof WebSocket)) return socket.close()
        remove = hub.add(liveSocket(raw), filterFor(login), clock.now().wallMs)
        if (remove === undefined) socket.close(tryAgainLater, 'too many screens')
      },
      // Screens ask whether the cloud is still there; whatever else they say is ignored.
      onMessage: (event, socket) => {
        const { monotonicMs, wallMs } = clock.now()
        const isUnread = socket.raw instanceof WebSocket && socket.raw.bufferedAmount > 0
        if (event.data !== 'beat' || isUnread || monotonicMs - answeredMs < beatPauseMs) return
        answeredMs = monotonicMs
        socket.send(helloText(wallMs))
      },
      onClose: () => remove?.(),
      onError: () => remove?.(),
    }
  })
}

function liveSocket(socket: WebSocket): LiveSocket {
  return {
    // A stream reports success as null.
    send: (text, done) => socket.send(text, (error) => done(error ?? undefined)),
    close: () => socket.close(tryAgainLater, 'too slow'),
  }
}

/** Members learn that bookings changed, not whose; managers learn everything of their sites only. */
export function filterFor(login: Pick<Login, 'role' | 'managedSiteIds'>): LiveFilter {
  return (message) => {
    if (mayAtSite(login, 'hq.site', message.siteId)) return message
    if (!publicTopics.has(message.topic)) return undefined
    return message.topic === 'bookings' ? { ...message, ids: [] } : message
  }
}
