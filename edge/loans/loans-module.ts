import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LedgerModule } from '../ledger/command.ts'
import { packageRoot } from '../package-root.ts'
import { type LoanEnvironment, loanCommands } from './loan-commands.ts'
import { loanProjections } from './loan-projection.ts'
import { receiveBookingCommand } from './received-command.ts'

/** Plugs loans into the kernel; after the bookings, whose tables its triggers watch. */
export function loansModule(env: LoanEnvironment): LedgerModule {
  return {
    name: 'loans',
    tablesSql: readFileSync(join(packageRoot, 'loans/tables.sql'), 'utf8'),
    projectedTables: ['loans', 'cloud_bookings', 'lending'],
    projections: loanProjections,
    commands: [...loanCommands(env), receiveBookingCommand],
  }
}
