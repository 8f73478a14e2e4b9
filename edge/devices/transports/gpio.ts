import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Random } from '@gatehouse/shared/random/random'
import { deviceBackoff } from './backoff.ts'
import type { ByteLink, ByteLinkHandlers } from './byte-link.ts'
import type { GpioLines } from './gpio-lines.ts'
import { type Connection, type ConnectionHandlers, createReconnectingLink } from './reconnecting-link.ts'

/** Starts the keeper of GPIO lines as a process of its own and links to it; it is started again when it ends. */
export function createGpioLink(options: {
  readonly lines: GpioLines
  readonly handlers: ByteLinkHandlers
  readonly random: Random
}): ByteLink {
  const { lines, handlers, random } = options
  return createReconnectingLink({
    handlers,
    random,
    backoff: deviceBackoff,
    connect: (connection) => startHelper(lines, connection),
  })
}

function startHelper(lines: GpioLines, handlers: ConnectionHandlers): Connection {
  const program = fileURLToPath(new URL('./gpio-process.js', import.meta.url))
  // Detached: a Ctrl-C meant for the edge must not stop a pulse half-way.
  const child = spawn(process.execPath, [program, JSON.stringify(lines)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  child.on('spawn', () => handlers.up())
  child.on('error', () => handlers.lost('no_helper'))
  child.on('exit', () => handlers.lost('helper_ended'))
  child.stdin.on('error', () => undefined)
  child.stdout.on('data', (bytes: Uint8Array) => handlers.bytes(bytes))
  return {
    write: (bytes) => child.stdin.write(bytes),
    destroy: () => child.stdin.end(),
  }
}
