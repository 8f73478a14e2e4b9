import type { SessionView } from '@gatehouse/shared/api/views'
import type { Session } from '@gatehouse/shared/parking/session'
import type { DirectoryReader } from '../sync/directory.ts'

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
