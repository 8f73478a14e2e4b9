import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AllowanceEvent, evolveAllowance } from '@gatehouse/shared/credits/site-allowance'
import type { EntryBody } from '@gatehouse/shared/wire/v1/entries'
import { findPayment } from '../drawer/payment-store.ts'
import type { LedgerModule } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { packageRoot } from '../package-root.ts'
import { loadAllowance, reduceDraw, saveAllowance, saveDraw } from './allowance-store.ts'
import { receiveAllowanceCommand } from './receive-allowance.ts'

/** Plugs members' credits into the kernel; after the drawer, whose refunds name what they give back. */
export const creditsModule: LedgerModule = {
  name: 'credits',
  tablesSql: readFileSync(join(packageRoot, 'credits/tables.sql'), 'utf8'),
  projectedTables: ['allowances', 'allowance_draws'],
  commands: [receiveAllowanceCommand],
  projections: {
    'allowance.received': (db, body) => apply(db, { type: 'allowance.received', body }),
    'allowance.drawn': (db, body) => {
      apply(db, { type: 'allowance.drawn', body })
      saveDraw(db, body.paymentId, body)
    },
    'allowance.restored': (db, body) => {
      apply(db, { type: 'allowance.restored', body })
      reduceOf(db, body)
    },
  },
}

function apply(db: SiteDatabase, event: AllowanceEvent): void {
  const after = evolveAllowance(loadAllowance(db, event.body.allowanceId), event)
  if (after.kind === 'held') saveAllowance(db, after)
}

function reduceOf(db: SiteDatabase, body: EntryBody<'allowance.restored'>): void {
  const refunded = findPayment(db, body.paymentId)?.ofPaymentId
  if (refunded) reduceDraw(db, refunded, body)
}
