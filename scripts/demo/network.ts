import { connect, createServer, type Server, type Socket } from 'node:net'

/** A stretch of network between two programs: real sockets that can be cut and restored. */
export interface Network {
  readonly state: 'on' | 'cut'
  /** Wall time of the last change of state, milliseconds. */
  readonly sinceMs: number
  /** Ends every connection hard and takes no new one. */
  cut(): Promise<void>
  restore(): Promise<void>
  close(): Promise<void>
}

export interface NetworkOptions {
  readonly listenPort: number
  readonly host: string
  readonly targetPort: number
  readonly wallMs: () => number
}

/** Opens a TCP proxy from `listenPort` to `targetPort`, both on `host`. */
export async function openNetwork(options: NetworkOptions): Promise<Network> {
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let state: 'on' | 'cut' = 'cut'
  let sinceMs = options.wallMs()

  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  }
  const join = (inner: Socket) => {
    const outer = connect({ port: options.targetPort, host: options.host })
    track(inner)
    track(outer)
    inner.once('close', () => outer.destroy())
    outer.once('close', () => inner.destroy())
    inner.pipe(outer)
    outer.pipe(inner)
  }
  const change = (next: 'on' | 'cut') => {
    state = next
    sinceMs = options.wallMs()
  }
  const restore = async () => {
    if (server !== undefined) return
    server = await listen(createServer(join), options.listenPort, options.host)
    change('on')
  }
  const cut = async () => {
    const listening = server
    server = undefined
    for (const socket of sockets) socket.resetAndDestroy()
    if (listening !== undefined) await new Promise<void>((resolve) => listening.close(() => resolve()))
    if (state === 'on') change('cut')
  }
  await restore()
  return {
    get state() {
      return state
    },
    get sinceMs() {
      return sinceMs
    },
    cut,
    restore,
    close: cut,
  }
}

function listen(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(server))
  })
}
