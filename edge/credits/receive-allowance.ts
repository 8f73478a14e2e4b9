import { receiveAllowance } from '@gatehouse/shared/credits/site-allowance'
import { allowanceIdSchema } from '@gatehouse/shared/ids/ids'
import { isAtOrBefore, type Position } from '@gatehouse/shared/loans/block'
import { ok } from '@gatehouse/shared/result/result'
import { allowanceRowSchema } from '@gatehouse/shared/wire/v1/allowances'
import { positionSchema } from '@gatehouse/shared/wire/v1/loans'
import { z } from 'zod'
import { type Command, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { loadAllowance } from './allowance-store.ts'

/** Applies an `allowance` row of the directory, inside the transaction that stores its position. It refuses nothing. */
export const receiveAllowanceCommand: Command = defineCommand({
  kind: 'receiveAllowance',
  priority: 3,
  sells: false,
  input: z.object({ allowanceId: allowanceIdSchema, row: allowanceRowSchema, position: positionSchema }),
  run: (db, sent) => {
    const events = receiveAllowance(loadAllowance(db, sent.allowanceId), sent)
    return ok({ events, answer: () => null })
  },
})

/** Tells whether a row was applied before: by its place, of which only a later one changes anything. */
export function wasAllowanceReceived(db: SiteDatabase, allowanceId: string, position: Position): boolean {
  const held = loadAllowance(db, allowanceId)
  return held.kind === 'held' && isAtOrBefore(position, held.position)
}
