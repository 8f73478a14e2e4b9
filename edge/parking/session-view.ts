import type { SessionView } from '@gatehouse/shared/api/views'
import type { Session } from '@gatehouse/shared/parking/session'
import { signedTicket } from '@gatehouse/shared/passes/sign-paper'
import type { DirectoryReader } from '../sync/directory.ts'
import type { ParkingOptions } from './parking-options.ts'

/** A session as screens see it; the plate only for callers who typed it. */
export function sessionView(directory: DirectoryReader, session: Session, plate?: string): SessionView {
  const { stay } = session
  const spaceName = stay.spaceId && directory.get('space', stay.spaceId)?.name
  return {
    sessionId: stay.sessionId,
    ticket: stay.ticket,
    arrivedMs: stay.arrivedAt.wallMs,
    vehicleClass: stay.vehicleClass,
    ...(spaceName === undefined ? {} : { spaceName }),
    state: session.kind === 'charged' ? 'inside' : session.kind,
    ...(plate === undefined ? {} : { plate }),
    paidMinor: stay.paidMinor,
  }
}

/** The same for whoever holds the ticket: with the signed ticket, to keep on a phone. */
export function ownSessionView(
  { directory, papers }: Pick<ParkingOptions, 'directory' | 'papers'>,
  session: Session,
): SessionView {
  const view = sessionView(directory, session)
  const { sessionId, arrivedAt } = session.stay
  if (!papers || session.stay.inferred) return view
  return { ...view, signedTicket: signedTicket(papers, { sessionId, arrivedMs: arrivedAt.wallMs }) }
}
