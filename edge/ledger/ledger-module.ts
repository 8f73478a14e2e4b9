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

/** The kernel's own tables and commands: entries, receipts and effects. */
export const ledgerModule: LedgerModule = {
  name: 'ledger',
  tablesSql: readFileSync(join(packageRoot, 'ledger/tables.sql'), 'utf8'),
  projectedTables: [],
  commands: [settleEffect, recordStart],
  projections: {
    'effect.settled': (db, body) => {
      statement(db, 'UPDATE effects SET outcome = ? WHERE effect_id = ?').run(body.outcome, body.effectId)
    },
  },
}
