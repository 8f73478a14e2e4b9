import { closeSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { ReadStream } from 'node:tty'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { Wire } from './socket-server.ts'

/** A pseudo-terminal: the edge opens `path` like a serial port, the simulated device holds the other end. */
export interface PtyWire extends Wire {
  readonly path: string
}

/** The part of node-pty's native module that opens a pair without a process behind it. */
interface NativePty {
  open(
    columns: number,
    rows: number,
  ): { readonly master: number; readonly slave: number; readonly pty: string }
}

/** Opens a serial line that exists only in this machine. Refuses with `no_pty` where the system has none. */
export async function openPtyWire(
  onBytes: (bytes: Uint8Array, reply: (bytes: Uint8Array) => void) => void,
): Promise<PtyWire> {
  const { master, slave, pty } = loadNative().open(80, 24)
  let open = true
  const send = (bytes: Uint8Array) => {
    if (open) writeSync(master, bytes)
  }
  const stream = new ReadStream(master)
  stream.on('data', (bytes) => onBytes(bytes, send))
  // The kernel reports an error on the master while nobody holds the other end; the slave kept open prevents it.
  stream.on('error', () => stream.destroy())
  return {
    path: pty,
    send,
    drop: () => {},
    close: async () => {
      if (!open) return
      open = false
      stream.destroy()
      closeSync(slave)
    },
  }
}

function loadNative(): NativePty {
  const require = createRequire(import.meta.url)
  try {
    const { requireBinary } = require('@lydell/node-pty/requireBinary.js') as {
      requireBinary(file: string): NativePty
    }
    return requireBinary('pty.node')
  } catch (cause) {
    throw new SiteError({
      code: 'no_pty',
      op: 'simulator.pty',
      hint: 'Pseudo-terminals need the development dependencies; run npm install, or use the TCP boards.',
      retryable: false,
      cause,
    })
  }
}
