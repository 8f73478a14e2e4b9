import { createServer, type Socket } from 'node:net'

/** Where a simulated device listens. Port 0 takes any free one. */
export interface ListenAt {
  readonly host: string
  readonly port: number
}

/** A simulated device's end of the wire: every byte to all who are connected, every byte from any of them. */
export interface Wire {
  send(bytes: Uint8Array): void
  /** Ends every connection, as a pulled cable does; new ones are taken. */
  drop(): void
  close(): Promise<void>
}

/** A TCP server as a device sees its wire. */
export interface SocketWire extends Wire {
  readonly port: number
}

/** Listens for the edge and hands bytes to the simulated device. */
export function listenForEdge(
  at: ListenAt,
  onBytes: (bytes: Uint8Array, reply: (bytes: Uint8Array) => void) => void,
): Promise<SocketWire> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('data', (bytes) => onBytes(bytes, (reply) => socket.write(reply)))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address ? address.port : at.port,
        send: (bytes) => {
          for (const socket of sockets) socket.write(bytes)
        },
        drop,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            drop()
          }),
      })
    })
  })
}
