import { createServer } from 'node:net'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import { expect, test } from 'vitest'
import { freePort } from '../story/free-port.ts'
import { type DemoPorts, demoPorts, requireFreePorts } from './ports.ts'

const host = '127.0.0.1'

/** Somebody listens on a port while `run` runs. */
async function whileTaken(port: number, run: () => Promise<unknown>): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  try {
    await run()
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

const wanted: readonly [string, (ports: DemoPorts) => number | undefined][] = [
  ['the cloud', ({ cloud }) => cloud],
  ['the panel', ({ panel }) => panel],
  ['an edge', ({ sites }) => sites[1]?.edge],
  ['the last simulated device', ({ sites: [first] }) => first && first.devices + first.wires - 1],
]

test.each(wanted)(
  'a start says that the port of %s is taken, before anything runs',
  async (_what, portOf) => {
    const ports = demoPorts(await freePort(), await freePort(), [2, 1])
    const port = portOf(ports) ?? expect.fail('there is no such port')
    await whileTaken(port, async () => {
      const refused = await requireFreePorts(ports, host, true).catch((error: unknown) => error)
      expect(isSiteError(refused) && refused.code).toBe('port_in_use')
      expect(isSiteError(refused) && refused.hint).toContain(String(port))
    })
  },
)
