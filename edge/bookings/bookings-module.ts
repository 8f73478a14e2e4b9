import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LedgerModule } from '../ledger/command.ts'
import { packageRoot } from '../package-root.ts'
import { bookingCommands } from './booking-commands.ts'
import type { BookingEnvironment } from './booking-environment.ts'
import { bookingProjections } from './booking-projection.ts'
import { extensionCommands } from './extension-commands.ts'
import { requestCommands } from './request-commands.ts'

/** Plugs bookings into the kernel: tables, projections, commands of people, of the cloud and of time. */
export function createBookingsModule(env: BookingEnvironment): LedgerModule {
  return {
    name: 'bookings',
    tablesSql: readFileSync(join(packageRoot, 'bookings/tables.sql'), 'utf8'),
    projectedTables: [
      'bookings',
      'booking_blocks',
      'booking_extensions',
      'booking_early_ends',
      'booking_counts',
    ],
    projections: bookingProjections,
    commands: [...bookingCommands(env), ...extensionCommands(env), ...requestCommands(env)],
  }
}
