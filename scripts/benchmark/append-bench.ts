import { join } from 'node:path'
import { DurableStreamTestServer } from '@durable-streams/server'
import { type AppendTarget, appendAll } from './append-load.ts'
import { benchEntries } from './bench-entries.ts'
import { type CloudUnderTest, startCloudUnderTest } from './cloud-under-test.ts'
import { short } from './statistics.ts'

const batched = { count: 15_000, batch: 500 }
const single = { count: 500, batch: 1 }

/**
 * Appends the same entries to the cloud and to the reference server of the protocol with its file store. Both
 * answer when the data is on the disk; the cloud also checks the chain and projects what it took.
 */
export async function runAppend(say: (line: string) => void): Promise<void> {
  const bench = await startCloudUnderTest()
  const peer = new DurableStreamTestServer({ port: 0, dataDir: join(bench.folder, 'peer') })
  try {
    const peerUrl = `${await peer.start()}/v1/stream/bench`
    await fetch(peerUrl, { method: 'PUT', headers: { 'content-type': 'application/json' } })
    const texts = benchEntries(bench.siteId, bench.incarnation, batched.count + single.count, bench.nowMs)
    let requests = 0
    for (const { count, batch, from } of [
      { ...batched, from: 0 },
      { ...single, from: batched.count },
    ]) {
      const part = texts.slice(from, from + count)
      const producer = { id: 'bench', requests }
      const peerRate = await appendAll({ url: peerUrl, headers: async () => ({}), producer }, part, batch)
      const ourRate = await appendAll(ours(bench, producer), part, batch)
      requests += Math.ceil(count / batch)
      say(
        `append  ${String(batch).padStart(3)} a request  ${short(ourRate)}/s  ` +
          `@durable-streams/server ${short(peerRate)}/s  ratio ${(ourRate / peerRate).toFixed(2)}`,
      )
    }
  } finally {
    await peer.stop()
    await bench.stop()
  }
}

function ours({ streamUrl, token }: CloudUnderTest, producer: AppendTarget['producer']): AppendTarget {
  return {
    url: streamUrl,
    headers: async () => ({ authorization: `Bearer ${await token()}` }),
    producer,
  }
}
