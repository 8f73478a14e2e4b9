import type { SessionView } from '@gatehouse/shared/api/views'
import { normalisePlate } from '@gatehouse/shared/parking/plate'
import { readTicket } from '@gatehouse/shared/parking/ticket'
import type { SiteDatabase } from '../ledger/database.ts'
import { matchOpenSessions } from './open-plates.ts'
import type { ParkingOptions } from './parking-options.ts'
import { readSessionByTicket } from './session-store.ts'
import { ownSessionView, sessionView } from './session-view.ts'

/**
 * Finds open stays by what a driver types: the best matches of a plate (several when they tie), or a ticket.
 * A plate is shown only when it was typed exactly, the signed ticket only to who has the code on it.
 */
export function findSessions(
  db: SiteDatabase,
  options: Pick<ParkingOptions, 'directory' | 'vault' | 'plateDigest' | 'papers'>,
  by: { readonly plate: string } | { readonly ticket: string },
): SessionView[] {
  const { directory } = options
  if ('ticket' in by) {
    const ticket = readTicket(by.ticket)
    const session = ticket === undefined ? undefined : readSessionByTicket(db, ticket)
    const isOpen = session && session.kind !== 'departed' && session.kind !== 'voided'
    return isOpen ? [ownSessionView(options, session)] : []
  }
  const plate = normalisePlate(by.plate)
  if (plate === undefined) return []
  const match = matchOpenSessions(db, options, plate)
  if (match.kind === 'none') return []
  const sessions = match.kind === 'one' ? [match.id] : match.ids
  return sessions.map((session) => sessionView(directory, session, match.by === 'exact' ? plate : undefined))
}
