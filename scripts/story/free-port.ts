import { createServer } from 'node:net'

// Below what systems give to outgoing connections and to `port: 0` (Linux from 32768, others from 49152).
const firstPort = 16_384
const portCount = 16_000
const portsEach = 64
const triesMax = 1_000

// Processes that run side by side begin apart, so that neither is given what the other is about to listen on.
let next = (process.pid * portsEach) % portCount

/** A port that nobody listens on, and that nobody is given until its asker listens on it. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = firstPort + next
    next = (next + 1) % portCount
    if (await isFree(port)) return port
  }
  throw new RangeError(`none of ${triesMax} ports is free`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
