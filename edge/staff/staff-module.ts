import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  countRightPin,
  countWrongPin,
  freshPinGuard,
  isPinLocked,
  type PinGuard,
} from '@gatehouse/shared/access/pin-guard'
import { err, ok } from '@gatehouse/shared/result/result'
import { z } from 'zod'
import { defineCommand, type LedgerModule } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { packageRoot } from '../package-root.ts'

/**
 * Counts a password that was checked. Five wrong ones in ten minutes lock the name as PINs lock a reader, also for the
 * right one: who guesses in parallel gains nothing. Refusal: `staff_locked`.
 */
const countStaffLogin = defineCommand({
  kind: 'countStaffLogin',
  priority: 2,
  sells: false,
  input: z.object({ staffId: z.string().min(1).max(64), right: z.boolean() }),
  run: (db, { staffId, right }, { at: { wallMs: atMs } }) => {
    const before = readGuard(db, staffId)
    if (isPinLocked(before, atMs)) return err({ code: 'staff_locked' })
    const after = right ? countRightPin() : countWrongPin(before, atMs)
    statement(db, 'INSERT OR REPLACE INTO staff_guards (staff_id, guard) VALUES (?, ?)').run(
      staffId,
      JSON.stringify(after),
    )
    if (right) return ok({ events: [{ type: 'staff.logged_in', body: { staffId } }], answer: () => null })
    const untilMs = after.lockedUntilMs
    const events = isPinLocked(after, atMs)
      ? [{ type: 'staff.locked' as const, body: { staffId, untilMs } }]
      : []
    return ok({ events, answer: () => null })
  },
})

function readGuard(db: SiteDatabase, staffId: string): PinGuard {
  const row = statement<{ guard: string }>(db, 'SELECT guard FROM staff_guards WHERE staff_id = ?').get(
    staffId,
  )
  // Only this file writes the column.
  return row ? (JSON.parse(row.guard) as PinGuard) : freshPinGuard
}

/** Log-ins of those who run the site; plugs into the kernel. */
export const staffModule: LedgerModule = {
  name: 'staff',
  tablesSql: readFileSync(join(packageRoot, 'staff/tables.sql'), 'utf8'),
  projectedTables: [],
  commands: [countStaffLogin],
  projections: {},
}
