import type { SessionView } from '@gatehouse/shared/api/views'
import type { ShownReceipt } from '@gatehouse/shared/parking/departure'
import type { Session } from '@gatehouse/shared/parking/session'
import type { PassDisbelieved, PassUnreadable, StayPaper } from '@gatehouse/shared/passes/pass'
import { presentationCharsMax } from '@gatehouse/shared/passes/presentation'
import { readPaper } from '@gatehouse/shared/passes/read-paper'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { type Command, type CommandContext, defineCommand } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { toldStay } from './inferred-stay.ts'
import type { ParkingOptions } from './parking-options.ts'
import { readSession } from './session-store.ts'
import { ownSessionView } from './session-view.ts'

/** Why a signed ticket or receipt is not believed. */
export type PaperRefusal = PassUnreadable | PassDisbelieved

/** The stay that a believed paper names; `before` records it when the books did not have it. */
export interface StayOnPaper {
  readonly session: Session
  readonly before: readonly LedgerEvent[]
  readonly receipt?: ShownReceipt
}

/**
 * Reads a signed ticket or receipt, of this life's key or an earlier one, or of the cloud's, and finds its stay. One that
 * the books of this life do not have is begun from what the paper says (ARCHITECTURE §5); the receipt of a booked bay
 * means the open stay that the books have for that booking, and pays nothing by itself. Refuses with a `PaperRefusal`,
 * `no_stay` for a booking without one, and `no_parking` at a site without a lane or a tariff.
 */
export function stayOnPaper(
  db: SiteDatabase,
  options: ParkingOptions,
  text: string,
  context: CommandContext,
): Result<StayOnPaper, PaperRefusal | 'no_parking' | 'no_stay'> {
  const paper = readPaper(text, { ...options.passes, at: context.at })
  if (!paper.ok) return paper
  if (paper.value.kind === 'booking_receipt') {
    const session = options.bookings.stayOf(db, paper.value.bookingId)
    return session ? ok({ session, before: [] }) : err('no_stay')
  }
  const receipt = receiptOf(paper.value)
  const known = readSession(db, paper.value.sessionId)
  if (known) return ok({ session: known, before: [], ...receipt })
  const told = toldStay(db, options, paper.value, context)
  return told ? ok({ session: told.session, before: told.events, ...receipt }) : err('no_parking')
}

/**
 * A driver shows a signed ticket or receipt to a kiosk: answers with its stay. Refusals: `no_parking`, `session_ended`,
 * `unknown_ticket`.
 */
export function showPaper(options: ParkingOptions): Command {
  return defineCommand({
    kind: 'showPaper',
    priority: 2,
    sells: false,
    input: z.object({ text: z.string().max(presentationCharsMax) }),
    run: (db, { text }, context) => {
      const shown = stayOnPaper(db, options, text, context)
      // Why it is not believed is said to nobody at a screen: a driver can only ask for help.
      if (!shown.ok) return err({ code: shown.error === 'no_parking' ? shown.error : 'unknown_ticket' })
      const { session, before } = shown.value
      if (session.kind === 'departed' || session.kind === 'voided') return err({ code: 'session_ended' })
      const view: SessionView = ownSessionView(options, session)
      return ok({ events: before, answer: () => view })
    },
  })
}

function receiptOf(paper: StayPaper): { readonly receipt?: ShownReceipt } {
  if (paper.kind !== 'receipt') return {}
  const { passId, paymentId, issuedMs } = paper
  return { receipt: { passId, paymentId, paidMs: issuedMs } }
}
