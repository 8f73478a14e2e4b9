import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { ok } from '@gatehouse/shared/result/result'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineCommand, type LedgerModule } from '../ledger/command.ts'
import { openDatabase } from '../ledger/database.ts'
import { placeInChain, prunedHead } from '../ledger/kept-chain.ts'
import { Kernel } from '../ledger/kernel.ts'
import { findDamage } from '../ledger/ledger-integrity.ts'
import { checkRebuild, type RebuildReport } from '../ledger/rebuild.ts'
import { statement } from '../ledger/statements.ts'
import { claimStoreFormat, storeFormat, wholeStoreFormat } from '../site/store-format.ts'
import { syncTablesSql } from '../sync/tables.ts'
import { acknowledgedHead, storeAcknowledgement } from '../sync/upload-position.ts'
import { checkpointFile, copyCheckpoint, removeCheckpoint, storedCheckpoint } from './checkpoint-file.ts'
import { Retention, type RetentionFailpoint } from './retention.ts'
import { retentionModule } from './retention-module.ts'

const dayMs = 24 * 3_600_000

/** Senses bays: one table with a key, one without, and a trigger between them, as the product's tables have. */
const bays: LedgerModule = {
  name: 'bays',
  tablesSql: `CREATE TABLE IF NOT EXISTS bays (space_id TEXT PRIMARY KEY, sensed INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS readings (space_id TEXT NOT NULL, occupied INTEGER NOT NULL) STRICT;
    CREATE TRIGGER IF NOT EXISTS counted AFTER INSERT ON readings
    BEGIN UPDATE bays SET sensed = sensed + 1 WHERE space_id = NEW.space_id; END;`,
  projectedTables: ['bays', 'readings'],
  projections: {
    'space.sensed': (db, { spaceId, occupied }) => {
      statement(db, 'INSERT INTO bays VALUES (?, 0) ON CONFLICT DO NOTHING').run(spaceId)
      statement(db, 'INSERT INTO readings VALUES (?, ?)').run(spaceId, occupied ? 1 : 0)
    },
  },
  commands: [
    defineCommand({
      kind: 'sense',
      priority: 1,
      sells: false,
      input: z.object({ spaceId: spaceIdSchema, occupied: z.boolean() }),
      run: (_db, body) => ok({ events: [{ type: 'space.sensed', body }], answer: () => null }),
    }),
  ],
}
const modules = [bays, retentionModule]

/** One site over one folder, with the cloud's part played by the test. */
class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'retention-'))
  readonly clock = new ManualClock(1_800_000_000_000)
  readonly #random = new SeededRandom(5)
  incarnation = 1
  kernel = this.#open()
  #sent = 0

  async sense(count: number): Promise<void> {
    const sent = Array.from({ length: count }, () => {
      this.#sent += 1
      const input = { spaceId: `bay-${this.#sent % 7}`, occupied: this.#sent % 3 === 0 }
      const key = `sense-${this.#sent}`
      return this.kernel.submit({ kind: 'sense', caller: 'device:bay', key, input })
    })
    for (const outcome of await Promise.all(sent)) expect(outcome.ok).toBe(true)
  }

  /** The cloud acknowledges entries up to `seq`, or all of them. */
  acknowledge(seq = this.kernel.head.seq): void {
    const place = placeInChain(this.kernel.db, this.incarnation, seq)
    if (place.kind === 'known')
      storeAcknowledgement(this.kernel.db, this.incarnation, { seq, hash: place.hash })
  }

  retention(failpoint?: RetentionFailpoint): Retention {
    return new Retention({
      ...{ kernel: this.kernel, modules, clock: this.clock, keptDays: 35 },
      path: this.checkpointPath,
      rest: async () => {},
      onFailure: (error) => {
        if (failpoint === undefined) expect.fail(String(error))
      },
      ...(failpoint && { failpoint }),
    })
  }

  get checkpointPath(): string {
    return join(this.folder, checkpointFile)
  }

  reopen(incarnation = this.incarnation): void {
    this.kernel.close()
    this.kernel.db.close()
    this.incarnation = incarnation
    this.kernel = this.#open()
  }

  async rebuild(): Promise<RebuildReport | string> {
    const files = { path: this.checkpointPath, to: join(this.folder, 'copy.sqlite') }
    const copy = await copyCheckpoint(this.kernel.db, files, modules)
    if (typeof copy === 'string') return copy
    try {
      return checkRebuild(this.kernel.db, modules, copy)
    } finally {
      copy?.done()
    }
  }

  async expectWhole(): Promise<void> {
    for (let life = 1; life <= this.incarnation; life += 1) {
      expect(findDamage(this.kernel.db, life)).toBeUndefined()
    }
    expect(await this.rebuild()).toMatchObject({ equal: true, breaks: [] })
  }

  kept(): number[] {
    const sql = 'SELECT seq FROM entries WHERE incarnation = ? ORDER BY seq'
    return this.kernel.db.prepare<[number], number>(sql).pluck().all(this.incarnation)
  }

  close(): void {
    this.kernel.db.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #open(): Kernel {
    const db = openDatabase({ path: join(this.folder, 'site.sqlite'), locking: 'exclusive' })
    claimStoreFormat(db)
    db.exec(syncTablesSql)
    return new Kernel({
      ...{ db, incarnation: this.incarnation, receiptKey: 'test', modules, effects: [] },
      siteId: siteIdSchema.parse('site-1'),
      clock: this.clock,
      random: this.#random,
      onBug: (error) => expect.fail(String(error)),
    })
  }
}

let bench: Bench
afterEach(() => bench.close())

/** Ten old entries, then ten young ones; all of them acknowledged. */
async function aged(): Promise<Bench> {
  bench = new Bench()
  await bench.sense(10)
  bench.clock.advance(35 * dayMs)
  await bench.sense(10)
  bench.acknowledge()
  return bench
}

const formatOf = ({ kernel }: Bench) => kernel.db.pragma('user_version', { simple: true })

describe('entries that are old and acknowledged', () => {
  test('go behind a checkpoint from which everything is rebuilt', async () => {
    const { kernel } = await aged()
    expect(formatOf(bench)).toBe(wholeStoreFormat)
    const retention = bench.retention()
    await retention.run()
    expect(bench.kept()).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
    expect(retention.state).toMatchObject({ prunedSeq: 10, problem: undefined, keptDays: 35 })
    expect(storedCheckpoint(kernel.db)).toMatchObject({ incarnation: 1, seq: 10 })
    expect(formatOf(bench)).toBe(storeFormat)
    await bench.expectWhole()
    expect(await bench.rebuild()).toMatchObject({ entries: 10 })
    bench.reopen()
    await bench.sense(3)
    await bench.expectWhole()
  })

  test('stay one millisecond before their time', async () => {
    bench = new Bench()
    await bench.sense(10)
    bench.clock.advance(35 * dayMs - 1)
    bench.acknowledge()
    await bench.retention().run()
    expect(bench.kept()).toHaveLength(10)
    bench.clock.advance(1)
    await bench.retention().run()
    expect(bench.kept()).toEqual([10])
  })

  test('leave the last one, so that the chain goes on', async () => {
    await aged()
    bench.clock.advance(35 * dayMs)
    await bench.retention().run()
    expect(bench.kept()).toEqual([20])
    bench.reopen()
    await bench.sense(1)
    await bench.expectWhole()
    expect(bench.kept()).toEqual([20, 21])
  })

  test('of earlier lives go once the cloud has something of the present one', async () => {
    await aged()
    bench.reopen(2)
    bench.clock.advance(35 * dayMs)
    await bench.sense(5)
    await bench.retention().run()
    expect(prunedHead(bench.kernel.db, 1).seq).toBe(0)
    bench.acknowledge(1)
    await bench.retention().run()
    expect(prunedHead(bench.kernel.db, 1).seq).toBe(19)
    expect(bench.kept()).toEqual([1, 2, 3, 4, 5])
    await bench.expectWhole()
  })
})

describe('nothing is pruned', () => {
  test('that the cloud has not acknowledged', async () => {
    await aged()
    storeAcknowledgement(bench.kernel.db, 1, { seq: 0, hash: '0'.repeat(64) })
    await bench.retention().run()
    expect(bench.kept()).toHaveLength(20)
    bench.acknowledge(4)
    await bench.retention().run()
    expect(bench.kept()[0]).toBe(5)
    await bench.expectWhole()
  })

  test('by a command that names an entry which the cloud has not, or which is another one here', async () => {
    const { kernel } = await aged()
    bench.acknowledge(4)
    const prune = (seq: number, hash: string) =>
      kernel.submit({
        kind: 'pruneEntries',
        caller: 'system',
        key: `${seq}-${hash}`,
        input: { incarnation: 1, seq, hash, stateDigest: 'x' },
      })
    expect(await prune(5, kernel.head.hash)).toMatchObject({ refusal: { code: 'not_acknowledged' } })
    expect(await prune(4, 'ff')).toMatchObject({ refusal: { code: 'checkpoint_elsewhere' } })
    bench.clock.set({ quality: 'untrusted' })
    expect(await prune(4, 'ee')).toMatchObject({ refusal: { code: 'clock_untrusted' } })
    expect(bench.kept()).toHaveLength(20)
  })

  test('while the clock is not trusted, or the site may not sell', async () => {
    await aged()
    bench.clock.set({ quality: 'untrusted' })
    await bench.retention().run()
    bench.clock.set({ quality: 'trusted' })
    bench.kernel.setSelling('ledger_behind')
    await bench.retention().run()
    expect(bench.kept()).toHaveLength(20)
  })

  test('without the checkpoint behind which entries went before, and the problem is told', async () => {
    await aged()
    await bench.retention().run()
    removeCheckpoint(bench.checkpointPath)
    bench.clock.advance(35 * dayMs)
    const retention = bench.retention()
    await retention.run()
    expect(retention.state.problem).toBe('checkpoint_missing')
    expect(bench.kept()).toHaveLength(10)
    expect(await bench.rebuild()).toBe('checkpoint_missing')
  })
})

describe('a checkpoint', () => {
  test('whose tables were changed by hand is found', async () => {
    await aged()
    await bench.retention().run()
    const file = openDatabase({ path: bench.checkpointPath, locking: 'shared' })
    file.exec('UPDATE bays SET sensed = sensed + 1')
    file.close()
    expect(await bench.rebuild()).toBe('checkpoint_altered')
  })

  test('of another ledger is replaced while nothing was pruned behind it', async () => {
    const other = await aged()
    await other.retention().run()
    const foreign = openDatabase({ path: other.checkpointPath, locking: 'shared' })
    bench = new Bench()
    foreign.prepare('VACUUM INTO ?').run(bench.checkpointPath)
    foreign.close()
    other.close()
    await bench.sense(10)
    // Other entries under the same numbers.
    bench.clock.advance(36 * dayMs)
    await bench.sense(10)
    bench.acknowledge()
    await bench.retention().run()
    expect(bench.kept()[0]).toBe(11)
    await bench.expectWhole()
  })

  test('differs when a projected table does, and the check says which', async () => {
    await aged()
    await bench.retention().run()
    bench.kernel.db.exec("UPDATE bays SET sensed = 99 WHERE space_id = 'bay-1'")
    const report = await bench.rebuild()
    expect(report).toMatchObject({ equal: false, breaks: [] })
  })
})

type Step =
  | { readonly kind: 'sense'; readonly count: number }
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'acknowledge'; readonly part: number }
  | { readonly kind: 'prune'; readonly dies: number | undefined }
  | { readonly kind: 'untrusted'; readonly wallMs: number }
  | { readonly kind: 'reopen' | 'life' }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('sense' as const), count: fc.integer({ min: 1, max: 90 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('days' as const), days: fc.integer({ min: 10, max: 40 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('acknowledge' as const),
        part: fc.constantFrom(0.3, 0.7, 1),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('prune' as const),
        dies: fc.option(fc.nat(6), { nil: undefined }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('untrusted' as const), wallMs: fc.constantFrom(0, 1.9e12) }),
    },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'reopen' }, { kind: 'life' }) },
  ),
  { minLength: 4, maxLength: 18 },
)

/** Around each history, so that something is old enough in it, and much is at its end. */
const acknowledgeAll: Step = { kind: 'acknowledge', part: 1 }
const before: readonly Step[] = [{ kind: 'sense', count: 60 }, acknowledgeAll, { kind: 'days', days: 34 }]
const after: readonly Step[] = [
  { kind: 'sense', count: 5 },
  acknowledgeAll,
  { kind: 'days', days: 36 },
  { kind: 'prune', dies: undefined },
]

class Crash extends Error {}

/** Prunes; with `dies` the process ends at the n-th failpoint, whichever that is. */
async function prune(dies: number | undefined): Promise<void> {
  if (dies === undefined) return bench.retention().run()
  let left = dies
  let crashed = false
  const retention = bench.retention(() => {
    if (crashed || left === 0) {
      crashed = true
      throw new Crash()
    }
    left -= 1
  })
  await retention.run()
  bench.reopen()
}

async function play(each: Step): Promise<void> {
  const { clock, kernel } = bench
  if (each.kind === 'sense') await bench.sense(each.count)
  if (each.kind === 'days') clock.advance(each.days * dayMs)
  if (each.kind === 'acknowledge') {
    const { seq } = acknowledgedHead(kernel.db, bench.incarnation)
    bench.acknowledge(Math.max(seq, Math.floor(kernel.head.seq * each.part)))
  }
  if (each.kind === 'prune') await prune(each.dies)
  if (each.kind === 'reopen') bench.reopen()
  if (each.kind === 'life') bench.reopen(bench.incarnation + 1)
  if (each.kind === 'untrusted') {
    const { wallMs } = clock.now()
    clock.set({ wallMs: each.wallMs, quality: 'untrusted' })
    await bench.sense(2)
    clock.set({ wallMs, quality: 'trusted' })
  }
}

test('pruning at any point, with crashes in it, loses nothing that counts and rebuilds as without pruning', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      bench?.close()
      bench = new Bench()
      for (const each of [...before, ...history, ...after]) await play(each)
      expect(prunedHead(bench.kernel.db, 1).seq).toBeGreaterThan(0)
      const { db, incarnation } = bench.kernel
      expect(prunedHead(db, incarnation).seq).toBeLessThanOrEqual(acknowledgedHead(db, incarnation).seq)
      await bench.expectWhole()
    }),
    { numRuns: 25 },
  )
}, 60_000)
