import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSimulatedBoard } from '@gatehouse/edge/devices/simulators/simulated-board'
import { createSimulatedReaders } from '@gatehouse/edge/devices/simulators/simulated-readers'
import { freePort } from '../story/free-port.ts'
import { runAdoption } from './adopt-bench.ts'
import { runAppend } from './append-bench.ts'
import { runBacklogs } from './backlog-bench.ts'
import { writeBenchSite } from './bench-site.ts'
import { runBookings, SlotSupply } from './bookings-bench.ts'
import { runCloudBookings } from './cloud-bookings-bench.ts'
import { runDirectory } from './directory-bench.ts'
import { startEdgeUnderTest } from './edge-under-test.ts'
import { runIngest } from './ingest-bench.ts'
import { runManyDevices } from './many-devices-bench.ts'
import { runOsdpCodec } from './osdp-bench.ts'
import { runPasses } from './passes-bench.ts'
import { rawRowsPerSecond } from './raw-sqlite.ts'
import { runRawStrikes } from './raw-strike.ts'
import { runSlowDisk } from './slow-disk-bench.ts'
import { short } from './statistics.ts'
import { runStrikes, type StrikeTimes, strikeLine } from './strike-bench.ts'

const forMs = 3_000
const say = (line: string) => process.stdout.write(`${line}\n`)

async function edgeBench(folder: string): Promise<StrikeTimes> {
  const listen = { host: '127.0.0.1', port: 0 }
  const board = await createSimulatedBoard({ listen })
  const readers = await createSimulatedReaders({ listen })
  const port = await freePort()
  const site = writeBenchSite(folder, { port, boardPort: board.port, readersPort: readers.port })
  const edge = await startEdgeUnderTest(site.configPath, port)
  try {
    say(`edge ready after ${short(edge.startMs)} ms, RSS ${short(edge.rssMiB())} MiB`)
    const slots = new SlotSupply(site.deskIds, Date.now())
    await runBookings(site, port, slots, { clients: 4, forMs: 1_000 })
    for (const clients of [1, 4, 16, 64]) {
      const raw = rawRowsPerSecond(join(folder, 'raw.sqlite'), 1_500)
      const run = await runBookings(site, port, slots, { clients, forMs })
      say(
        `bookings  ${String(clients).padStart(2)} clients  ${short(run.perSecond).padStart(6)}/s  ` +
          `p50 ${short(run.p50Ms)} ms  p99 ${short(run.p99Ms)} ms  ` +
          `raw loop ${short(raw)}/s  ratio ${(run.perSecond / raw).toFixed(2)}`,
      )
    }
    const raw = await runRawStrikes({ card: site.card, taps: 100 })
    say(strikeLine('the same bytes without an edge', raw))
    const quiet = await runStrikes(readers, board, { card: site.card, taps: 100 })
    say(strikeLine('card to strike, quiet', quiet, raw))
    const [busy] = await Promise.all([
      runStrikes(readers, board, { card: site.card, taps: 30 }),
      runBookings(site, port, slots, { clients: 16, forMs: 9_000 }),
    ])
    say(strikeLine('card to strike, 16 clients book', busy, raw))
    say(`edge RSS after the load ${short(edge.rssMiB())} MiB`)
    return raw
  } finally {
    await edge.stop()
    await board.close()
    await readers.close()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'))
try {
  runPasses(say)
  const raw = await edgeBench(join(folder, 'edge'))
  runOsdpCodec(say)
  await runManyDevices(join(folder, 'devices'), raw, say)
  await runSlowDisk(join(folder, 'slow'), say)
  await runCloudBookings(say)
  await runDirectory(say)
  await runIngest(say)
  await runBacklogs(say)
  await runAdoption(say)
  await runAppend(say)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
