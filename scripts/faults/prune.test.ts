import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EdgeConfig, parseEdgeConfig } from '@gatehouse/edge/config'
import { openDatabase } from '@gatehouse/edge/ledger/database'
import { prunedHead } from '@gatehouse/edge/ledger/kept-chain'
import { Kernel } from '@gatehouse/edge/ledger/kernel'
import { findDamage } from '@gatehouse/edge/ledger/ledger-integrity'
import { rebuildCommand } from '@gatehouse/edge/rebuild-command'
import { replayModules } from '@gatehouse/edge/site/replay-modules'
import { storeFile } from '@gatehouse/edge/site/store-file'
import { claimStoreFormat } from '@gatehouse/edge/site/store-format'
import { loadIdentity } from '@gatehouse/edge/sync/site-identity'
import { syncTablesSql } from '@gatehouse/edge/sync/tables'
import { storeAcknowledgement } from '@gatehouse/edge/sync/upload-position'
import { systemRandom } from '@gatehouse/edge/system-random'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { repositoryRoot } from '../repository-root.ts'
import { writeLoneSite } from './lone-site.ts'

/** Long ago: every entry of the test is old enough to be pruned. */
const longAgoMs = Date.parse('2024-02-01T10:00:00Z')
const calls = 620
let folder = ''
let dataFolder = ''
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-prune-'))
  dataFolder = writeLoneSite(folder, { siteId: 'harbour-house', port: 1 }).dataFolder
  await liveLongAgo()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Calls for help, each of another kiosk and acknowledged by the cloud; each leaves an entry and a projected row. */
async function liveLongAgo(): Promise<void> {
  const identity = loadIdentity(dataFolder) ?? expect.fail('no identity')
  const random = systemRandom
  const db = openDatabase({ path: join(dataFolder, storeFile), locking: 'exclusive' })
  claimStoreFormat(db)
  db.exec(syncTablesSql)
  const { siteId, incarnation, siteKey } = identity
  const kernel = new Kernel({
    ...{ db, siteId, incarnation, random, receiptKey: siteKey, effects: [] },
    modules: replayModules({ dataFolder, random }, db, identity),
    clock: new ManualClock(longAgoMs),
    onBug: (error) => expect.fail(String(error)),
  })
  const made = Array.from({ length: calls }, (_none, n) =>
    kernel.submit({ kind: 'callHelp', caller: 'kiosk', key: `${n}`, input: { deviceId: `kiosk-${n}` } }),
  )
  expect((await Promise.all(made)).every(({ ok }) => ok)).toBe(true)
  storeAcknowledgement(db, incarnation, kernel.head)
  kernel.close()
  db.close()
}

/** Prunes in a process of its own; tells how it ended. */
function prune(fate?: readonly [name: string, nth: number]): Promise<string> {
  const program = join(repositoryRoot, 'scripts/dist/faults/prune-process.js')
  const child = fork(program, [dataFolder, ...(fate ?? []).map(String)], { execArgv: [], stdio: 'ignore' })
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`))
  })
}

async function expectWhole(): Promise<number> {
  const config = parseEdgeConfig({ dataFolder, cloud: { url: 'http://127.0.0.1:9' } }) as EdgeConfig
  const said: string[] = []
  expect(await rebuildCommand(config, systemRandom, (line) => said.push(line)), said.join('\n')).toBe(0)
  const db = openDatabase({ path: join(dataFolder, storeFile), locking: 'exclusive' })
  try {
    expect(findDamage(db, 1)).toBeUndefined()
    const { seq } = prunedHead(db, 1)
    expect(db.prepare('SELECT count(*) FROM entries').pluck().get()).toBe(calls - seq)
    return seq
  } finally {
    db.close()
  }
}

test('a site that is killed at each step of pruning is whole afterwards, and goes on where it was', async () => {
  const fates = [
    ['checkpoint.advanced', 1],
    ['checkpoint.advanced', 4],
    ['checkpoint.complete', 1],
    ['entries.pruned', 1],
    ['entries.pruned', 2],
  ] as const
  const pruned: number[] = []
  for (const fate of fates) {
    expect(await prune(fate)).toBe('SIGKILL')
    pruned.push(await expectWhole())
  }
  expect(pruned).toEqual([0, 0, 0, 200, 600])
  expect(await prune()).toBe('exit 0')
  expect(await expectWhole()).toBe(calls - 1)
})
