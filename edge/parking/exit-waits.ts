import type { Clock } from '@gatehouse/shared/clock/clock'
import type { LaneId, SessionId } from '@gatehouse/shared/ids/ids'
import type { DepartureRefusal } from '@gatehouse/shared/parking/departure'
import {
  defaultExitPolicy,
  type ExitInput,
  type ExitPolicy,
  type ExitWait,
  stepExitWait,
  type WaitCause,
} from '@gatehouse/shared/parking/exit-wait'
import type { DirectoryReader } from '../sync/directory.ts'
import type { DepartureCredential, NobodyMeant } from './departing-session.ts'

/** What the vehicle at an exit showed so far. */
export interface ShownAtExit {
  /** The stay that it has to pay. */
  readonly sessionId?: SessionId
  readonly by?: DepartureCredential
}

export interface ExitWaitsOptions {
  readonly clock: Clock
  readonly policy: () => ExitPolicy
  readonly onCall: (laneId: LaneId, cause: WaitCause) => void
  readonly onRelease: (laneId: LaneId, shown: ShownAtExit) => void
}

interface Waiting {
  readonly state: ExitWait
  readonly shown: ShownAtExit
}

const nobody: Waiting = { state: { kind: 'clear' }, shown: {} }

/** Follows who stands at each exit without being let out, and says when to call and when to open. */
export class ExitWaits {
  readonly #options: ExitWaitsOptions
  readonly #lanes = new Map<LaneId, Waiting>()

  constructor(options: ExitWaitsOptions) {
    this.#options = options
  }

  /** A decision kept the gate shut. */
  refused(laneId: LaneId, cause: WaitCause, shown: ShownAtExit): void {
    const before = this.#lanes.get(laneId) ?? nobody
    this.#apply(
      laneId,
      { kind: 'refused', cause },
      { state: before.state, shown: { ...before.shown, ...shown } },
    )
  }

  /** The gate opened, or the vehicle drove out without. */
  letOut(laneId: LaneId): void {
    this.#lanes.delete(laneId)
  }

  /** Lets time pass at one exit lane; `stands` as its loops say. */
  tick(laneId: LaneId, stands: 'yes' | 'no' | 'unheard'): void {
    this.#apply(laneId, { kind: 'tick', stands }, this.#lanes.get(laneId) ?? nobody)
  }

  /** Lanes where the camera's plate was nobody's or several's: a payment may make the difference. */
  undecided(): { readonly laneId: LaneId; readonly by: DepartureCredential }[] {
    return [...this.#lanes].flatMap(([laneId, { state, shown }]) => {
      const open = 'cause' in state && (state.cause === 'unknown' || state.cause === 'several')
      return open && shown.by?.kind === 'plate' ? [{ laneId, by: shown.by }] : []
    })
  }

  #apply(laneId: LaneId, input: ExitInput, { state, shown }: Waiting): void {
    const { clock, policy, onCall, onRelease } = this.#options
    const next = stepExitWait(state, input, { nowMs: clock.now().monotonicMs, policy: policy() })
    if (next.state.kind === 'clear') this.#lanes.delete(laneId)
    else this.#lanes.set(laneId, { state: next.state, shown })
    if (next.fact === 'call' && next.state.kind === 'called') onCall(laneId, next.state.cause)
    if (next.fact === 'release') onRelease(laneId, shown)
  }
}

/** The site's own policy where it has one. */
export function exitPolicy(directory: DirectoryReader): ExitPolicy {
  const settings = directory.site()?.settings
  return {
    attendantWaitMs: settings?.attendantWaitMs ?? defaultExitPolicy.attendantWaitMs,
    unpaidWaitMs: settings?.unpaidWaitMs ?? defaultExitPolicy.unpaidWaitMs,
  }
}

/** Why a departure that was not let out keeps the gate shut. A wrong ticket is tried again before anybody is called. */
export function waitCause(reason: NobodyMeant | DepartureRefusal): WaitCause {
  switch (reason) {
    case 'payment_needed':
      return 'unpaid'
    case 'attendant_needed':
      return 'several'
    case 'unknown_session':
      return 'unknown'
    case 'unknown_ticket':
    case 'ticket_used':
    case 'ticket_void':
      return 'unread'
    default:
      // Why a signed ticket or receipt was not believed.
      return 'unread'
  }
}
