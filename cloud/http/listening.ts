import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { idleConnectionMs } from '@gatehouse/shared/api/idle-connection'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { type ServerType, serve, type WebSocketServerLike } from '@hono/node-server'
import { WebSocketServer } from 'ws'
import type { CloudConfig } from '../config.ts'
import type { Notifications } from '../database/notifications.ts'

const socketBytesMax = 16 * 1024
const drainMaxMs = 5_000

/** A socket that takes requests. */
export interface Listening {
  readonly port: number
  /** Ends screens and long polls, lets other requests finish for at most 5 s. */
  close(): Promise<void>
}

/**
 * Takes requests and WebSockets on the configured address. Rejects with a `SiteError` `port_unavailable` that says what
 * to do.
 */
export function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  config: CloudConfig,
  notifications: Notifications,
): Promise<Listening> {
  const { host, port } = config.http
  const sockets = new WebSocketServer({ noServer: true, maxPayload: socketBytesMax })
  return new Promise((resolve, reject) => {
    // The library's own type asks for exact optional fields that the socket server declares otherwise.
    const server: ServerType = serve(
      {
        ...{ fetch, port, hostname: host, serverOptions: { keepAliveTimeout: idleConnectionMs } },
        websocket: { server: sockets as unknown as WebSocketServerLike },
      },
      (info: AddressInfo) =>
        resolve({ port: info.port, close: () => close(server as Server, sockets, notifications) }),
    )
    server.once('error', (cause) => {
      reject(
        new SiteError({
          code: 'port_unavailable',
          op: 'http.listen',
          hint: `Port ${port} on ${host} cannot be used. Stop what uses it, or set http.port or CLOUD_PORT.`,
          retryable: false,
          cause,
        }),
      )
    })
  })
}

async function close(server: Server, sockets: WebSocketServer, notifications: Notifications): Promise<void> {
  for (const socket of sockets.clients) socket.close(1001, 'the server stops')
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  notifications.wakeAll()
  const timer = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
  }, drainMaxMs)
  await closed
  clearTimeout(timer)
}
