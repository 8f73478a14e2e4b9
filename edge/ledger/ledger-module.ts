import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ok } from '@gatehouse/shared/result/result'
import { entryBodies } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { packageRoot } from '../package-root.ts'
import { defineCommand, type LedgerModule } from './command.ts'
import { statement } from './statements.ts'

const settleEffect = defineCommand({
  kind: 'settleEffect',
  priority: 1,
  sells: false,
  input: entryBodies['effect.settled'],
  run: (_db, settlement) =>
    ok({ events: [{ type: 'effect.settled', body: settlement }], answer: () => settlement.outcome }),
})

const recordStart = defineCommand({
  kind: 'recordStart',
  priority: 0,
  sells: false,
  input: z.object({ version: z.string(), incarnation: z.int() }),
  run: (_db, body) => ok({ events: [{ type: 'site.started', body }], answer: () => null }),
})

/** Receipts are kept this long, longer than any caller repeats a request (ARCHITECTURE §3). */
const receiptsKeptMs = 35 * 24 * 3_600_000
/** Receipts dropped at once, so that no door waits for it. */
const receiptsDroppedMax = 500

/** Forgets the oldest receipts beyond 35 days; says how many. Nothing is forgotten while the clock is not trusted. */
const pruneReceipts = defineCommand({
  kind: 'pruneReceipts',
  priority: 3,
  sells: false,
  input: z.object({}),
  run: (db, _input, { at }) => {
    if (at.quality !== 'trusted') return ok({ events: [], answer: () => 0 })
    const { changes } = statement(
      db,
      `DELETE FROM receipts WHERE (caller, key) IN
         (SELECT caller, key FROM receipts WHERE wall_ms < ? ORDER BY wall_ms LIMIT ?)`,
    ).run(at.wallMs - receiptsKeptMs, receiptsDroppedMax)
    statement(
      db,
      `DELETE FROM answered_commands WHERE command_id IN
         (SELECT command_id FROM answered_commands WHERE wall_ms < ? LIMIT ?)`,
    ).run(at.wallMs - receiptsKeptMs, receiptsDroppedMax)
    return ok({ events: [], answer: () => changes })
  },
})

/** The kernel's own tables and commands: entries, receipts and effects. */
export const ledgerModule: LedgerModule = {
  name: 'ledger',
  tablesSql: readFileSync(join(packageRoot, 'ledger/tables.sql'), 'utf8'),
  projectedTables: [],
  commands: [settleEffect, recordStart, pruneReceipts],
  projections: {
    'effect.settled': (db, body) => {
      statement(db, 'UPDATE effects SET outcome = ? WHERE effect_id = ?').run(body.outcome, body.effectId)
    },
  },
}
