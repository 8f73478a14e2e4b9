import { existsSync } from 'node:fs'
import type { Random } from '@gatehouse/shared/random/random'
import { deviceBackoff } from './backoff.ts'
import { type ByteLink, type ByteLinkHandlers, linkWriteBufferMax } from './byte-link.ts'
import { type Connection, type ConnectionHandlers, createReconnectingLink } from './reconnecting-link.ts'

/** Opens a byte link over a serial port: 8 data bits, no parity, 1 stop bit. */
export function createSerialLink(options: {
  readonly path: string
  readonly baudRate: number
  readonly handlers: ByteLinkHandlers
  readonly random: Random
}): ByteLink {
  const { path, baudRate, handlers, random } = options
  return createReconnectingLink({
    handlers,
    random,
    backoff: deviceBackoff,
    connect: (connection) => connectSerial(path, baudRate, connection),
  })
}

/**
 * Opens the port once. The native library is loaded here, so that a site without serial devices never needs it.
 * Modem lines are left alone: they fail on pseudo-terminals and some USB adapters.
 */
function connectSerial(path: string, baudRate: number, handlers: ConnectionHandlers): Connection {
  let opened: Connection | undefined
  let destroyed = false
  const open = async () => {
    if (!existsSync(path)) return handlers.lost('no_such_port')
    const { SerialPort } = await import('serialport')
    if (destroyed) return
    const port = new SerialPort({ path, baudRate, autoOpen: false })
    let reason = 'closed'
    port.on('data', (bytes: Uint8Array) => handlers.bytes(bytes))
    port.on('error', () => {
      reason = 'port_error'
      if (port.isOpen) port.close(() => undefined)
    })
    port.on('close', () => handlers.lost(reason))
    opened = {
      write: (bytes) => {
        if (!port.isOpen || port.writableLength + bytes.length > linkWriteBufferMax) return false
        port.write(bytes)
        return true
      },
      destroy: () => {
        if (port.isOpen) port.close(() => undefined)
      },
    }
    port.open((error) => {
      if (error) handlers.lost('cannot_open')
      else if (destroyed) opened?.destroy()
      else handlers.up()
    })
  }
  open().catch(() => handlers.lost('no_serial_library'))
  return {
    write: (bytes) => opened?.write(bytes) ?? false,
    destroy: () => {
      destroyed = true
      opened?.destroy()
    },
  }
}
