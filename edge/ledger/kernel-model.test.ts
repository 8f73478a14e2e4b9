import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { err, ok } from '@gatehouse/shared/result/result'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineCommand, type LedgerModule } from './command.ts'
import { openDatabase } from './database.ts'
import { Kernel } from './kernel.ts'
import { findDamage } from './ledger-integrity.ts'
import { checkRebuild } from './rebuild.ts'
import type { Outcome } from './receipts.ts'
import { statement } from './statements.ts'

/** What a command of the test does: sell a bay, sense one, refuse, or fail in the middle of its entries. */
const inputSchema = z.object({
  spaceId: spaceIdSchema,
  how: z.enum(['sell', 'sense', 'refuse', 'bug_before', 'bug_after', 'unreadable']),
})
type Input = z.infer<typeof inputSchema>

const sensed = (spaceId: Input['spaceId'], occupied: boolean) => ({
  type: 'space.sensed' as const,
  body: { spaceId, occupied },
})

function command(kind: 'sell' | 'record', sells: boolean) {
  return defineCommand({
    kind,
    priority: sells ? 2 : 1,
    sells,
    input: inputSchema,
    run: (_db, { spaceId, how }) => {
      if (how === 'refuse') return err({ code: 'space_taken' })
      if (how === 'bug_before') throw new TypeError('a bug before anything was written')
      // Two entries: a sale that the table refuses is refused after the first of them was applied.
      const events =
        how === 'sell' ? [sensed(spaceId, false), sensed(spaceId, true)] : [sensed(spaceId, false)]
      if (how === 'unreadable') Object.assign(events[0]?.body ?? {}, { occupied: 'maybe' })
      const answer = () => {
        if (how === 'bug_after') throw new TypeError('a bug after everything was written')
        return { spaceId, how }
      }
      return ok({ events, answer })
    },
  })
}

const bays: LedgerModule = {
  name: 'bays',
  tablesSql: `CREATE TABLE IF NOT EXISTS bays (space_id TEXT PRIMARY KEY, sold INTEGER NOT NULL, sensed INTEGER NOT NULL) STRICT;
    CREATE TRIGGER IF NOT EXISTS sold_once BEFORE UPDATE OF sold ON bays WHEN OLD.sold = 1 AND NEW.sold = 2
    BEGIN SELECT raise(ABORT, 'space_taken'); END;`,
  projectedTables: ['bays'],
  projections: {
    'space.sensed': (db, { spaceId, occupied }) => {
      statement(db, 'INSERT INTO bays VALUES (?, 0, 0) ON CONFLICT DO NOTHING').run(spaceId)
      statement(db, 'UPDATE bays SET sensed = sensed + 1, sold = sold + ? WHERE space_id = ?').run(
        occupied ? 1 : 0,
        spaceId,
      )
    },
  },
  commands: [command('sell', true), command('record', false)],
}

/** The next commits fail as a store does: full, or for another reason; then it works again. */
type Trouble = {
  readonly kind: 'trouble'
  readonly code: 'SQLITE_FULL' | 'SQLITE_IOERR_FSYNC'
  readonly commits: number
}
type Step =
  | { readonly kind: 'command'; readonly caller: string; readonly key: string; readonly input: Input }
  | Trouble
  | { readonly kind: 'wait' | 'room' | 'reopen' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      caller: fc.constantFrom('kiosk:1', 'kiosk:2', 'cloud', 'device:door'),
      key: fc.constantFrom(...'abcdefgh'),
      input: fc.record({
        spaceId: fc.constantFrom(...['bay-1', 'bay-2', 'bay-3'].map((id) => spaceIdSchema.parse(id))),
        how: fc.constantFrom(
          'sell',
          'sell',
          'sense',
          'sense',
          'refuse',
          'bug_before',
          'bug_after',
          'unreadable',
        ),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('trouble' as const),
      code: fc.constantFrom('SQLITE_FULL', 'SQLITE_IOERR_FSYNC'),
      commits: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.constantFrom<Step>({ kind: 'wait' }, { kind: 'room' }, { kind: 'reopen' }) },
)

interface Sent {
  readonly caller: string
  readonly key: string
  readonly input: Input
  readonly outcome: Outcome
}

/** One site over one file; `reopen` is a clean restart. */
class Bench {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kernel-model-'))
  readonly #clock = new ManualClock(1_800_000_000_000)
  readonly #random = new SeededRandom(3)
  #failing: { code: string; commits: number } = { code: '', commits: 0 }
  kernel = this.#open()

  reopen(): void {
    this.kernel.close()
    this.kernel.db.close()
    this.#failing.commits = 0
    this.kernel = this.#open()
  }

  fail({ code, commits }: Trouble): void {
    this.#failing = { code, commits }
  }

  submit(caller: string, key: string, input: Input): Promise<Outcome> {
    const kind = input.how === 'sell' ? 'sell' : 'record'
    return this.kernel.submit({ kind, caller, key, input })
  }

  close(): void {
    this.kernel.db.close()
    rmSync(this.#folder, { recursive: true })
  }

  #open(): Kernel {
    return new Kernel({
      db: openDatabase({ path: join(this.#folder, 'site.sqlite'), locking: 'exclusive' }),
      siteId: siteIdSchema.parse('site-1'),
      incarnation: 1,
      receiptKey: 'test',
      clock: this.#clock,
      random: this.#random,
      modules: [bays],
      effects: [],
      onBug: () => {},
      failpoint: (name) => {
        if (name !== 'commit.before' || this.#failing.commits === 0) return
        this.#failing.commits -= 1
        throw new Database.SqliteError('the store failed', this.#failing.code)
      },
    })
  }
}

/** Refusals that say something about the moment, not about the command: asking again may be answered otherwise. */
const passing = new Set(['store_full', 'store_unavailable', 'internal', 'busy'])

function isFinal({ outcome }: Sent): boolean {
  return outcome.ok || !passing.has(outcome.refusal.code)
}

async function play(bench: Bench, steps: readonly Step[]): Promise<Sent[]> {
  const sent: Sent[] = []
  let flying: Promise<unknown>[] = []
  for (const each of steps) {
    if (each.kind === 'command') {
      const { caller, key, input } = each
      flying.push(
        bench.submit(caller, key, input).then((outcome) => sent.push({ caller, key, input, outcome })),
      )
      continue
    }
    if (each.kind === 'trouble') bench.fail(each)
    if (each.kind === 'room') bench.kernel.storageRestored()
    if (each.kind === 'wait') await Promise.all(flying.splice(0))
    if (each.kind === 'reopen') bench.reopen()
  }
  await Promise.all(flying)
  flying = []
  return sent
}

test('any interleaving of callers, refusals, bugs and store failures keeps the ledger and its answers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const bench = new Bench()
      try {
        const sent = await play(bench, steps)
        bench.reopen()
        expectSoundLedger(bench)
        const wasFull = steps.some((each) => each.kind === 'trouble' && each.code === 'SQLITE_FULL')
        await expectStableAnswers(bench, sent, wasFull)
        expectOneEntrySetPerKey(bench, sent)
      } finally {
        bench.close()
      }
    }),
    { numRuns: 80 },
  )
}, 120_000)

function expectSoundLedger({ kernel }: Bench): void {
  const { db } = kernel
  expect(findDamage(db, 1)).toBeUndefined()
  const seqs = db.prepare<[], { seq: number }>('SELECT seq FROM entries ORDER BY seq').all()
  expect(seqs.map(({ seq }) => seq)).toEqual(seqs.map((_row, index) => index + 1))
  expect(kernel.head.seq).toBe(seqs.length)
  const { equal, breaks } = checkRebuild(db, [bays])
  expect([equal, breaks]).toEqual([true, []])
  expect(db.prepare('SELECT space_id FROM bays WHERE sold > 1').all()).toEqual([])
}

/** The first final answer of a `(caller, key)` is its answer for ever; another body under it is `key_reused`. */
async function expectStableAnswers(bench: Bench, sent: readonly Sent[], wasFull: boolean): Promise<void> {
  const first = new Map<string, Sent>()
  for (const each of sent.filter(isFinal)) {
    const name = `${each.caller} ${each.key}`
    const known = first.get(name)
    // While only the reserve is left refusals leave no receipt: the key is free again.
    if (!known || (wasFull && !known.outcome.ok)) first.set(name, each)
    else if (JSON.stringify(known.input) === JSON.stringify(each.input))
      expect(each.outcome).toEqual(known.outcome)
    else expect(each.outcome).toEqual({ ok: false, refusal: { code: 'key_reused' } })
  }
  for (const { caller, key, input, outcome } of first.values()) {
    if (outcome.ok || outcome.refusal.code !== 'key_reused') {
      const again = await bench.submit(caller, key, input)
      if (outcome.ok || bench.kernel.db.prepare(receiptOf).get(caller, key)) expect(again).toEqual(outcome)
    }
  }
}

const receiptOf = 'SELECT 1 FROM receipts WHERE caller = ? AND key = ?'

function expectOneEntrySetPerKey({ kernel }: Bench, sent: readonly Sent[]): void {
  const accepted = new Map(
    sent.filter(({ outcome }) => outcome.ok).map((each) => [`${each.caller} ${each.key}`, each]),
  )
  const counts = kernel.db
    .prepare<[], { entries: number }>(
      "SELECT count(*) AS entries FROM entries GROUP BY json_extract(text, '$.commandId')",
    )
    .all()
  const expected = [...accepted.values()].map(({ input }) => (input.how === 'sell' ? 2 : 1))
  expect(counts.map(({ entries }) => entries).sort()).toEqual(expected.sort())
}
