import { join } from 'node:path'
import { inTransaction } from '@gatehouse/cloud/database/pool'
import { putRows } from '@gatehouse/cloud/directory/put-rows'
import { openDatabase } from '@gatehouse/edge/ledger/database'
import { Directory } from '@gatehouse/edge/sync/directory'
import { DirectorySubscription } from '@gatehouse/edge/sync/directory-subscription'
import { syncTablesSql } from '@gatehouse/edge/sync/tables'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { planIdSchema } from '@gatehouse/shared/ids/ids'
import { type CloudUnderTest, startCloudUnderTest } from './cloud-under-test.ts'
import { percentile, short } from './statistics.ts'

const planId = planIdSchema.parse('bench')
const changes = 300
const warmUp = 30
const appliedMaxMs = 10_000

/**
 * From the call that changes a site's directory in the cloud to the row in force on the edge: committed there, sent down
 * the shape, checked, and synced to the edge's disk. One after another, against the commit in the cloud alone.
 */
export async function runDirectory(say: (line: string) => void): Promise<void> {
  const bench = await startCloudUnderTest()
  const db = openDatabase({ path: join(bench.folder, 'directory.sqlite'), locking: 'exclusive' })
  db.exec(syncTablesSql)
  const directory = new Directory(db, bench.siteId)
  const subscription = new DirectorySubscription({
    directory,
    identity: bench.identity,
    client: bench.client,
    onReachable: () => undefined,
    onRefused: (reason, key) => say(`directory row ${key} refused: ${reason}`),
    onOlderCopy: () => undefined,
    onFailure: (error) => say(`directory interrupted: ${String(error)}`),
    retryMs: () => 100,
  })
  try {
    subscription.start()
    const committed: number[] = []
    const applied: number[] = []
    for (let n = 0; n < warmUp + changes; n += 1) {
      const times = await change(bench, directory, n)
      if (n < warmUp) continue
      committed.push(times.committedMs)
      applied.push(times.appliedMs)
    }
    const ratio = percentile(applied, 0.5) / percentile(committed, 0.5)
    say(
      `directory change to applied on the edge  p50 ${short(percentile(applied, 0.5))} ms  ` +
        `p99 ${short(percentile(applied, 0.99))} ms  commit alone p50 ${short(percentile(committed, 0.5))} ms  ` +
        `ratio ${ratio.toFixed(2)}`,
    )
  } finally {
    subscription.stop()
    await bench.stop()
    db.close()
  }
}

async function change({ cloud, siteId }: CloudUnderTest, directory: Directory, n: number) {
  const key = `bench-member-${n}`
  const applied = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(notApplied(key)), appliedMaxMs)
    const stop = directory.onChange((rows) => {
      if (!rows.some((row) => row.key === key)) return
      clearTimeout(timer)
      stop()
      resolve()
    })
  })
  const startMs = performance.now()
  const body = { displayName: `Bench member ${n} (demo)`, planId, vehicles: [] }
  await inTransaction(cloud.pool, (tx) => putRows(tx, siteId, [{ kind: 'member', key, body }]))
  const committedMs = performance.now() - startMs
  await applied
  return { committedMs, appliedMs: performance.now() - startMs }
}

function notApplied(key: string): SiteError {
  const hint = `The row ${key} did not reach the edge in ${appliedMaxMs} ms.`
  return new SiteError({ code: 'not_measured', op: 'bench.directory', hint, retryable: false })
}
