import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startMs, writeBaseWorld } from './base-world.ts'
import { DatabaseCopies } from './database-copy.ts'
import { FullDisks } from './full-disks.ts'
import { LockWatch } from './lock-watch.ts'
import { Quiet } from './quiet.ts'
import { SeededChance } from './seeded-chance.ts'
import { SimulatedPool } from './simulated-pool.ts'
import type { Stage } from './simulation.ts'
import { NotificationTap } from './staged-notifications.ts'
import { VirtualTime } from './virtual-time.ts'

const reserveBytes = 8 * 1024 * 1024

/**
 * Takes over time, chance and turns of this process and prepares an empty, migrated database for run after run.
 * `folder` is for the disks of machines.
 */
export async function prepareStage(databaseUrl: string, folder: string): Promise<Stage> {
  const quiet = new Quiet()
  const pool = await SimulatedPool.open(databaseUrl, quiet)
  const besides = await SimulatedPool.open(databaseUrl, quiet)
  const tap = await NotificationTap.open(databaseUrl)
  const time = new VirtualTime(startMs)
  const chance = new SeededChance()
  time.install()
  quiet.install()
  chance.install()
  leaveTracesOut()
  const disks = new FullDisks()
  disks.install()
  mkdirSync(folder, { recursive: true })
  const reserveFile = join(folder, 'reserve.bin')
  writeFileSync(reserveFile, Buffer.alloc(reserveBytes))
  const enrolled = await writeBaseWorld(pool.newLife())
  await leaveRowSecurityOut(pool)
  const copies = await DatabaseCopies.of(pool)
  await copies.prepare()
  await copies.take('base')
  const locks = new LockWatch(databaseUrl)
  return { time, quiet, chance, pool, besides, locks, tap, copies, disks, enrolled, folder, reserveFile }
}

/**
 * The owner of the tables asks everything here, whom row-level security does not bind. Each connection would read its rules
 * anew for every story.
 */
async function leaveRowSecurityOut(pool: SimulatedPool): Promise<void> {
  const secured = await pool.inspect<{ name: string }>(
    'SELECT oid::regclass::text AS name FROM pg_class WHERE relrowsecurity ORDER BY 1',
  )
  const statements = secured.map(({ name }) => `ALTER TABLE ${name} DISABLE ROW LEVEL SECURITY`)
  await pool.inspect(statements.join(';'))
}

/**
 * Once anything is kept for the work of a request, Node follows every promise of the process. The cloud keeps there what
 * names a request in its log, and nobody reads that here.
 */
function leaveTracesOut(): void {
  AsyncLocalStorage.prototype.run = <Kept, Value>(
    _kept: Kept,
    work: (...given: unknown[]) => Value,
    ...given: unknown[]
  ) => work(...given)
}
