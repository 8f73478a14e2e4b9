import type { LaneId } from '../ids/ids.ts'
import { dueNow, type ParkingContext } from './decision.ts'
import type { Session } from './session.ts'

/** One of several stays that a read plate may mean, with what decides its price. */
export interface TiedStay {
  readonly session: Session
  /** Absent when its tariff is not known. */
  readonly context: ParkingContext | undefined
}

/**
 * The one stay of a tie that may leave now, because nothing is owed for it; `undefined` when none or several may.
 * Both look alike and only one has paid: whoever stands at the gate, the gate opens for nobody who should wait
 * (RULES, Parking: a tie goes to a person, so several stay a tie). A stay that this lane has let out and whose
 * vehicle is still in `front` is that vehicle.
 */
export function freeOfTie(
  tied: readonly TiedStay[],
  at: { readonly laneId: LaneId; readonly front: boolean },
): Session | undefined {
  const here = tied.filter(({ session }) => session.kind === 'departing' && session.laneId === at.laneId)
  const free = at.front && here.length > 0 ? here : tied.filter(owesNothing)
  const [only, ...others] = free
  return others.length === 0 ? only?.session : undefined
}

/** An arrival that was not confirmed is still outside, and a departure under way has its own lane. */
function owesNothing({ session, context }: TiedStay): boolean {
  const staying = session.kind === 'inside' || session.kind === 'charged' || session.kind === 'paid'
  return staying && context !== undefined && dueNow(session, context).dueMinor === 0
}
