import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot } from '../repository-root.ts'
import { freePort } from '../story/free-port.ts'
import { writeBenchSite } from './bench-site.ts'
import { runBookings, SlotSupply } from './bookings-bench.ts'
import { startEdgeUnderTest } from './edge-under-test.ts'
import { short } from './statistics.ts'

const run = promisify(execFile)
/** What a sync takes on a good memory card (ARCHITECTURE §3 speaks of 5 to 20 ms). */
const syncUs = 5_000
const forMs = 3_000
const rawForMs = 1_500
/** No door is tapped here; nothing listens on these wires. */
const noWires = { boardPort: 1, readersPort: 1 }

/**
 * Books on a disk whose every sync takes 5 ms longer, beside the raw loop on the same disk: there it shows whether
 * people who come at once share a sync. Slowness comes from a preloaded library, which needs a C compiler.
 */
export async function runSlowDisk(folder: string, say: (line: string) => void): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const library = join(folder, 'slow-sync.so')
  try {
    const source = join(repositoryRoot, 'scripts/benchmark/slow-sync.c')
    await run('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'])
  } catch {
    say('bookings on a slow disk: not measured, this machine has no C compiler for Linux (package gcc)')
    return
  }
  const env = { LD_PRELOAD: library, SLOW_SYNC_US: String(syncUs) }
  const port = await freePort()
  const site = writeBenchSite(folder, { port, ...noWires })
  const edge = await startEdgeUnderTest(site.configPath, port, env)
  try {
    const slots = new SlotSupply(site.deskIds, Date.now())
    await runBookings(site, port, slots, { clients: 16, forMs: 1_000 })
    for (const clients of [1, 16, 64]) {
      const raw = await rawLoop(join(folder, 'raw.sqlite'), env)
      const booked = await runBookings(site, port, slots, { clients, forMs })
      say(
        `slow disk ${String(clients).padStart(2)} clients  ${short(booked.perSecond).padStart(6)}/s  ` +
          `p50 ${short(booked.p50Ms)} ms  p99 ${short(booked.p99Ms)} ms  ` +
          `raw loop ${short(raw)}/s  ratio ${(booked.perSecond / raw).toFixed(2)}`,
      )
    }
  } finally {
    await edge.stop()
  }
}

async function rawLoop(path: string, env: Readonly<Record<string, string>>): Promise<number> {
  const program = join(repositoryRoot, 'scripts/dist/benchmark/raw-process.js')
  const { stdout } = await run(process.execPath, [program, path, String(rawForMs)], {
    env: { ...process.env, ...env },
  })
  return Number(stdout)
}
