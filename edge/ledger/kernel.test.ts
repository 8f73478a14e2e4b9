import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { effectIdSchema, newId, siteIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { err, ok } from '@gatehouse/shared/result/result'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineCommand, type LedgerModule } from './command.ts'
import { openDatabase } from './database.ts'
import type { EffectHandler } from './effects.ts'
import { type Failpoint, noFailpoint } from './failpoints.ts'
import { Kernel } from './kernel.ts'
import { checkRebuild } from './rebuild.ts'
import { statement } from './statements.ts'

const spaceId = spaceIdSchema.parse('bay-1')

/** The smallest module that sells: a bay is sensed taken once, then refused. */
const bayModule: LedgerModule = {
  name: 'bay',
  tablesSql: 'CREATE TABLE IF NOT EXISTS bays (space_id TEXT PRIMARY KEY, occupied INTEGER NOT NULL) STRICT',
  projectedTables: ['bays'],
  projections: {
    'space.sensed': (db, body) => {
      statement(db, 'INSERT OR REPLACE INTO bays VALUES (?, ?)').run(body.spaceId, body.occupied ? 1 : 0)
    },
  },
  commands: [
    defineCommand({
      kind: 'takeBay',
      priority: 2,
      sells: true,
      input: z.object({ spaceId: spaceIdSchema, effect: z.boolean().optional() }),
      run: (db, input, context) => {
        if (statement(db, 'SELECT 1 FROM bays WHERE space_id = ?').get(input.spaceId)) {
          return err({ code: 'space_taken' })
        }
        const effectId = newId(effectIdSchema, 'fx', context.random)
        return ok({
          events: [{ type: 'space.sensed' as const, body: { spaceId: input.spaceId, occupied: true } }],
          effects: input.effect ? [{ effectId, kind: 'lamp', body: {}, deadlineMs: 1000 }] : [],
          answer: () => ({ taken: input.spaceId }),
        })
      },
    }),
    defineCommand({
      kind: 'breakHalfway',
      priority: 2,
      sells: false,
      input: z.object({}),
      run: (db) => {
        statement(db, "INSERT INTO bays VALUES ('half', 1)").run()
        throw new TypeError('a bug')
      },
    }),
    defineCommand({
      kind: 'breakRule',
      priority: 2,
      sells: false,
      input: z.object({}),
      run: () => {
        throw new TypeError('a bug')
      },
    }),
  ],
}

function openSite(
  folder = mkdtempSync(join(tmpdir(), 'kernel-')),
  effects: EffectHandler[] = [],
  failpoint: Failpoint = noFailpoint,
) {
  const clock = new ManualClock(1_800_000_000_000)
  const db = openDatabase({ path: join(folder, 'site.sqlite'), locking: 'exclusive' })
  const bugs: unknown[] = []
  const kernel = new Kernel({
    receiptKey: 'test',
    db,
    siteId: siteIdSchema.parse('site-1'),
    incarnation: 1,
    clock,
    random: new SeededRandom(7),
    modules: [bayModule],
    effects,
    failpoint,
    onBug: (error) => bugs.push(error),
  })
  return { folder, clock, db, kernel, bugs }
}

const take = (key: string, input: unknown = { spaceId }) => ({ kind: 'takeBay', caller: 'kiosk', key, input })

describe('kernel', () => {
  test('one key gives one entry and equal answers; other keys are refused', async () => {
    const { kernel } = openSite()
    const same = await Promise.all(Array.from({ length: 16 }, () => kernel.submit(take('k-1'))))
    expect(new Set(same.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ ok: true, value: { taken: 'bay-1' } })]),
    )
    expect(kernel.head.seq).toBe(1)
    expect(await kernel.submit(take('k-2'))).toEqual({ ok: false, refusal: { code: 'space_taken' } })
    expect(kernel.head.seq).toBe(1)
  })

  test('refuses what comes when too many wait, and counts it', async () => {
    const { kernel } = openSite()
    const room = 4_000
    const asked = Array.from({ length: room + 1 }, (_none, at) => kernel.submit(take(`k-${at}`)))
    expect(await asked[room]).toEqual({ ok: false, refusal: { code: 'busy' } })
    expect(kernel.shed).toEqual([0, 0, 1, 0])
    expect(await asked[0]).toEqual({ ok: true, value: { taken: 'bay-1' } })
    await Promise.all(asked)
  })

  test('refuses another body under a used key', async () => {
    const { kernel } = openSite()
    await kernel.submit(take('k-1'))
    const other = await kernel.submit(take('k-1', { spaceId: 'bay-2' }))
    expect(other).toEqual({ ok: false, refusal: { code: 'key_reused' } })
  })

  test('a bug in one command leaves its neighbours in the same batch standing', async () => {
    const { kernel, bugs } = openSite()
    const [bad, good] = await Promise.all([
      kernel.submit({ kind: 'breakRule', caller: 'kiosk', key: 'k-1', input: {} }),
      kernel.submit(take('k-2')),
    ])
    expect(bad).toEqual({ ok: false, refusal: { code: 'internal' } })
    expect(good.ok).toBe(true)
    expect(bugs).toHaveLength(1)
    expect(checkRebuild(kernel.db, [bayModule]).equal).toBe(true)
  })

  test('of a command that breaks halfway nothing stays, and its neighbours are done once each', async () => {
    const { kernel, bugs } = openSite()
    const [before, broken, after] = await Promise.all([
      kernel.submit(take('k-1')),
      kernel.submit({ kind: 'breakHalfway', caller: 'kiosk', key: 'k-2', input: {} }),
      kernel.submit(take('k-3', { spaceId: 'bay-2' })),
    ])
    expect([before?.ok, after?.ok]).toEqual([true, true])
    expect(broken).toEqual({ ok: false, refusal: { code: 'internal' } })
    expect(bugs).toHaveLength(1)
    expect(kernel.head.seq).toBe(2)
    expect(checkRebuild(kernel.db, [bayModule]).equal).toBe(true)
  })

  test('commands that come in turn after turn share one sync; a door among them does not wait', async () => {
    const { kernel } = openSite()
    const syncs: number[] = []
    kernel.onCommitted((entries) => syncs.push(entries.length))
    const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
    const people = [kernel.submit(take('k-1', { spaceId: 'bay-1' }))]
    await nextTurn()
    people.push(kernel.submit(take('k-2', { spaceId: 'bay-2' })))
    await Promise.all(people)
    expect(syncs).toEqual([2])
    const settle = { effectId: 'fx_1', outcome: 'done' }
    const last = kernel.submit(take('k-3', { spaceId: 'bay-3' }))
    const urgent = kernel.submit({ kind: 'settleEffect', caller: 'effects', key: 'fx_1', input: settle })
    await nextTurn()
    expect(syncs).toEqual([2, 2])
    await Promise.all([last, urgent])
  })

  test('keeps head, receipts and state across a reopen', async () => {
    const first = openSite()
    await first.kernel.submit(take('k-1'))
    const { head } = first.kernel
    first.db.close()
    const second = openSite(first.folder)
    expect(second.kernel.head).toEqual(head)
    expect(await second.kernel.submit(take('k-1'))).toEqual({ ok: true, value: { taken: 'bay-1' } })
  })

  test('performs an effect once and records how it ended', async () => {
    const performed: string[] = []
    const lamp: EffectHandler = {
      kind: 'lamp',
      afterCrash: 'unknown',
      perform: async ({ effectId }) => {
        performed.push(effectId)
        return { outcome: 'done' }
      },
    }
    const { kernel, db } = openSite(undefined, [lamp])
    const settled = new Promise<void>((resolve) => {
      kernel.onCommitted((entries) => {
        if (entries.some(({ entry }) => entry.type === 'effect.settled')) resolve()
      })
    })
    await Promise.all([
      kernel.submit(take('k-1', { spaceId, effect: true })),
      kernel.submit(take('k-1', { spaceId, effect: true })),
    ])
    await settled
    expect(performed).toHaveLength(1)
    expect(statement(db, 'SELECT outcome FROM effects').all()).toEqual([{ outcome: 'done' }])
  })

  test.each([
    [1_000, 'done', 1],
    [1_001, 'expired', 0],
  ])(
    'an effect that may begin within 1,000 ms and is durable after %d ms ends %s',
    async (lateMs, outcome, times) => {
      let performed = 0
      const lamp: EffectHandler = {
        kind: 'lamp',
        afterCrash: 'unknown',
        perform: async () => {
          performed += 1
          return { outcome: 'done' }
        },
      }
      const { kernel, clock, db } = openSite(undefined, [lamp], (name) => {
        if (name === 'commit.before' && kernel.head.seq === 0) clock.advance(lateMs)
      })
      const settled = new Promise<void>((resolve) => {
        kernel.onCommitted((entries) => {
          if (entries.some(({ entry }) => entry.type === 'effect.settled')) resolve()
        })
      })
      await kernel.submit(take('k-1', { spaceId, effect: true }))
      await settled
      expect(performed).toBe(times)
      expect(statement(db, 'SELECT outcome FROM effects').all()).toEqual([{ outcome }])
    },
  )

  test('records an effect that a crash left open as unknown and does not repeat it', async () => {
    const first = openSite(undefined, [
      { kind: 'lamp', afterCrash: 'unknown', perform: () => new Promise(() => {}) },
    ])
    await first.kernel.submit(take('k-1', { spaceId, effect: true }))
    first.db.close()
    let repeated = 0
    const second = openSite(first.folder, [
      {
        kind: 'lamp',
        afterCrash: 'unknown',
        perform: async () => {
          repeated += 1
          return { outcome: 'done' }
        },
      },
    ])
    await second.kernel.recoverEffects()
    expect(repeated).toBe(0)
    expect(statement(second.db, 'SELECT outcome FROM effects').all()).toEqual([{ outcome: 'unknown' }])
  })

  test('refuses to sell on a full disk, still records what is not for sale, and recovers', async () => {
    const { kernel, db } = openSite()
    await kernel.submit(take('k-0', { spaceId: 'bay-0' }))
    const pages = db.pragma('page_count', { simple: true }) as number
    db.pragma(`max_page_count = ${pages}`)
    let filled = await kernel.submit(take('k-1', { spaceId: 'x'.repeat(60) }))
    for (let n = 2; filled.ok && n < 400; n += 1) {
      filled = await kernel.submit(take(`k-${n}`, { spaceId: `bay-${'x'.repeat(50)}-${n}` }))
    }
    expect(filled).toEqual({ ok: false, refusal: { code: 'store_full' } })
    db.pragma('max_page_count = 1073741823')
    const settle = { effectId: 'fx_1', outcome: 'done' }
    expect(
      (await kernel.submit({ kind: 'settleEffect', caller: 'effects', key: 'fx_1', input: settle })).ok,
    ).toBe(true)
    kernel.storageRestored()
    expect((await kernel.submit(take('k-last'))).ok).toBe(true)
    expect(checkRebuild(db, [bayModule]).equal).toBe(true)
  })

  test('rebuild tells a changed row and a changed entry', async () => {
    const { kernel, db } = openSite()
    await kernel.submit(take('k-1'))
    await kernel.submit(take('k-2', { spaceId: 'bay-2' }))
    db.exec("UPDATE bays SET occupied = 0 WHERE space_id = 'bay-2'")
    expect(checkRebuild(db, [bayModule])).toMatchObject({ equal: false, breaks: [] })
    db.exec("UPDATE bays SET occupied = 1 WHERE space_id = 'bay-2'")
    db.exec(
      "DROP TRIGGER entries_never_change; UPDATE entries SET text = replace(text, 'bay-2', 'bay-3') WHERE seq = 2",
    )
    expect(checkRebuild(db, [bayModule]).breaks).toEqual([{ incarnation: 1, seq: 2, why: 'wrong_hash' }])
  })

  test('keeps receipts for 35 days, then forgets them; never while the clock is not trusted', async () => {
    const { kernel, clock, db } = openSite()
    const day = 24 * 3_600_000
    const prune = (key: string) => kernel.submit({ kind: 'pruneReceipts', caller: 'system', key, input: {} })
    const kept = () => db.prepare("SELECT count(*) AS n FROM receipts WHERE caller = 'kiosk'").get()
    await kernel.submit(take('k-1'))
    clock.advance(35 * day)
    expect(await prune('p-1')).toEqual({ ok: true, value: 0 })
    clock.set({ quality: 'untrusted', wallMs: clock.now().wallMs + day })
    await prune('p-2')
    expect(kept()).toEqual({ n: 1 })
    clock.set({ quality: 'trusted' })
    await prune('p-3')
    expect(kept()).toEqual({ n: 0 })
  })
})
