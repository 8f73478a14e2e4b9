import { connect } from 'node:net'
import type { Random } from '@gatehouse/shared/random/random'
import { deviceBackoff } from './backoff.ts'
import { type ByteLink, type ByteLinkHandlers, linkWriteBufferMax } from './byte-link.ts'
import { type ConnectionHandlers, createReconnectingLink } from './reconnecting-link.ts'

/** Longest wait for a connection, milliseconds. */
const connectTimeoutMax = 3_000
const keepAliveMs = 5_000

/** Opens a byte link over TCP. */
export function createTcpLink(options: {
  readonly host: string
  readonly port: number
  readonly handlers: ByteLinkHandlers
  readonly random: Random
}): ByteLink {
  const { host, port, handlers, random } = options
  return createReconnectingLink({
    handlers,
    random,
    backoff: deviceBackoff,
    connect: (connection) => connectTcp(host, port, connection),
  })
}

function connectTcp(host: string, port: number, handlers: ConnectionHandlers) {
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs })
  socket.setTimeout(connectTimeoutMax)
  let reason = 'closed'
  socket.once('connect', () => {
    socket.setTimeout(0)
    handlers.up()
  })
  socket.on('data', (bytes) => handlers.bytes(bytes))
  socket.on('timeout', () => {
    reason = 'connect_timeout'
    socket.destroy()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code === 'ECONNREFUSED' ? 'refused' : (error.code ?? 'failed').toLowerCase()
  })
  socket.on('close', () => handlers.lost(reason))
  return {
    write: (bytes: Uint8Array) => {
      if (socket.writableLength + bytes.length > linkWriteBufferMax) return false
      socket.write(bytes)
      return true
    },
    destroy: () => socket.destroy(),
  }
}
