import { assertNever } from '../result/result.ts'

/**
 * One door as the controller understands it.
 *
 *              release (grant, exit)        opened
 *   locked ───────────────────────▶ unlocked ─────▶ open ── soon too long ─▶ warned ── too long ─▶ held_open
 *     ▲ ◀──────── pulse over ───────────┘            │ closed                  │ closed              │ closed
 *     └──────────────────────────────────────────────┴─────────────────────────┴─────────────────────┘
 *   locked ── opened ─▶ forced ── closed ─▶ locked
 *   any ── hold begins (schedule, fire) ─▶ free ◀── closed / opened ──▶ free_open: no alarm while it lasts
 *   free ── hold ends ─▶ locked,  free_open ── hold ends ─▶ open: from here its time counts
 *   any ── line of the contact faulty ─▶ trouble ── closed ─▶ locked or free, ── opened ─▶ open, free_open or forced
 *   unknown (after a start) ── closed ─▶ locked, ── opened ─▶ open: nobody saw it being opened, so no alarm
 */
export type DoorSession =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'unlocked'; readonly untilMs: number }
  | { readonly kind: 'open'; readonly sinceMs: number }
  | { readonly kind: 'warned'; readonly sinceMs: number }
  | { readonly kind: 'held_open'; readonly sinceMs: number }
  | { readonly kind: 'forced'; readonly sinceMs: number }
  /** Closed, and released for as long as the hold lasts. */
  | { readonly kind: 'free' }
  | { readonly kind: 'free_open' }
  /** Where the leaf is cannot be known. From `securedFromMs` on, an open leaf was opened by force. */
  | {
      readonly kind: 'trouble'
      readonly fault: LineFault
      readonly held: boolean
      readonly securedFromMs: number
    }

/**
 * Why an input says nothing about what is wired to it: cut, bridged, chattering, or its board does not answer. It is
 * never taken for an opening.
 */
export type LineFault = 'open_circuit' | 'short' | 'chatter' | 'offline'

/** What happens at a door. Times are monotonic milliseconds. */
export type DoorObservation =
  | { readonly kind: 'released'; readonly pulseMs: number }
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'ticked' }
  | { readonly kind: 'hold_started' }
  | { readonly kind: 'hold_ended' }
  | { readonly kind: 'line_faulty'; readonly fault: LineFault }

/** What the ledger is told: a state that changed, which also says that the line is sound, or a line that is faulty. */
export type DoorReport = 'closed' | 'open' | 'held_open' | 'forced'
export type DoorTrouble = Exclude<LineFault, 'offline'>

/** How a door is set. */
export interface DoorRules {
  /** An open leaf is held open after this long. */
  readonly heldOpenMs: number
  /** The reader warns so long before that; 0 for never. */
  readonly preAlarmMs: number
  /**
   * What its lock does without power. Fail-secure: it stays locked. Fail-safe: it lets go, so a leaf that opened while
   * its board did not answer was not forced.
   */
  readonly lock: 'fail_secure' | 'fail_safe'
  /** When the lock is put to rest: as its pulse ends, as soon as the leaf opens, or when it closes again. */
  readonly relock: 'after_pulse' | 'on_open' | 'on_close'
}

export interface DoorStep {
  readonly session: DoorSession
  readonly report?: DoorReport
  readonly trouble?: DoorTrouble
  /** The lock is to be put to rest now, although its pulse runs. */
  readonly rest?: true
}

interface Moment {
  readonly atMs: number
  readonly rules: DoorRules
}

type Of<T extends { readonly kind: string }, K extends T['kind']> = Extract<T, { readonly kind: K }>
type Cell<S extends DoorSession['kind'], O extends DoorObservation['kind']> = (
  session: Of<DoorSession, S>,
  observation: Of<DoorObservation, O>,
  moment: Moment,
) => DoorStep
/** Every state with everything that can happen in it: a cell that is missing does not compile. */
type Transitions = {
  readonly [S in DoorSession['kind']]: { readonly [O in DoorObservation['kind']]: Cell<S, O> }
}

const stays = (session: DoorSession): DoorStep => ({ session })
const becomes = (session: DoorSession) => (): DoorStep => ({ session })
const never = Number.POSITIVE_INFINITY

const unlock = (
  _: DoorSession,
  { pulseMs }: Of<DoorObservation, 'released'>,
  { atMs }: Moment,
): DoorStep => ({
  session: { kind: 'unlocked', untilMs: atMs + pulseMs },
})
const openAllowed = (_: DoorSession, __: DoorObservation, { atMs, rules }: Moment): DoorStep => ({
  session: { kind: 'open', sinceMs: atMs },
  report: 'open',
  ...(rules.relock === 'on_open' && { rest: true }),
})
const closeAndLock = (_: DoorSession, __: DoorObservation, { rules }: Moment): DoorStep => ({
  session: { kind: 'locked' },
  report: 'closed',
  ...(rules.relock === 'on_close' && { rest: true }),
})
const faulty =
  ({ held, securedFromMs }: { readonly held: boolean; readonly securedFromMs: (s: DoorSession) => number }) =>
  (session: DoorSession, { fault }: Of<DoorObservation, 'line_faulty'>, { rules }: Moment): DoorStep => {
    const lockLetGo = fault === 'offline' && rules.lock === 'fail_safe'
    const secured = lockLetGo ? never : securedFromMs(session)
    const trouble = fault === 'offline' ? {} : { trouble: fault }
    return { session: { kind: 'trouble', fault, held, securedFromMs: secured }, ...trouble }
  }
/** Nobody knew the leaf to be closed and locked, so it may be found open without an alarm. */
const faultyUnsecured = faulty({ held: false, securedFromMs: () => never })
const faultyHeld = faulty({ held: true, securedFromMs: () => never })

const transitions: Transitions = {
  unknown: {
    released: unlock,
    opened: openAllowed,
    closed: () => ({ session: { kind: 'locked' }, report: 'closed' }),
    ticked: stays,
    hold_started: becomes({ kind: 'free' }),
    hold_ended: stays,
    line_faulty: faultyUnsecured,
  },
  locked: {
    released: unlock,
    opened: (_, __, { atMs }) => ({ session: { kind: 'forced', sinceMs: atMs }, report: 'forced' }),
    closed: stays,
    ticked: stays,
    hold_started: becomes({ kind: 'free' }),
    hold_ended: stays,
    line_faulty: faulty({ held: false, securedFromMs: () => 0 }),
  },
  unlocked: {
    // A shorter pulse never ends a longer one: a person at the exit button is as good as one at the reader.
    released: (session, { pulseMs }, { atMs }) => ({
      session: { kind: 'unlocked', untilMs: Math.max(session.untilMs, atMs + pulseMs) },
    }),
    // The contact may report a moment after the pulse ended; until a tick relocks it, opening is allowed.
    opened: openAllowed,
    closed: stays,
    ticked: (session, _, { atMs }) => ({ session: atMs >= session.untilMs ? { kind: 'locked' } : session }),
    hold_started: becomes({ kind: 'free' }),
    hold_ended: stays,
    line_faulty: faulty({ held: false, securedFromMs: (s) => (s.kind === 'unlocked' ? s.untilMs : never) }),
  },
  open: {
    released: stays,
    opened: stays,
    closed: closeAndLock,
    ticked: (session, _, moment) => timeOpen(session, moment),
    hold_started: becomes({ kind: 'free_open' }),
    hold_ended: stays,
    line_faulty: faultyUnsecured,
  },
  warned: {
    released: stays,
    opened: stays,
    closed: closeAndLock,
    ticked: (session, _, moment) => timeOpen(session, moment),
    hold_started: becomes({ kind: 'free_open' }),
    hold_ended: stays,
    line_faulty: faultyUnsecured,
  },
  held_open: {
    released: stays,
    opened: stays,
    closed: closeAndLock,
    ticked: stays,
    hold_started: becomes({ kind: 'free_open' }),
    hold_ended: stays,
    line_faulty: faultyUnsecured,
  },
  forced: {
    released: stays,
    opened: stays,
    closed: closeAndLock,
    ticked: stays,
    hold_started: becomes({ kind: 'free_open' }),
    hold_ended: stays,
    line_faulty: faultyUnsecured,
  },
  free: {
    released: stays,
    opened: () => ({ session: { kind: 'free_open' }, report: 'open' }),
    closed: stays,
    ticked: stays,
    hold_started: stays,
    hold_ended: () => ({ session: { kind: 'locked' }, rest: true }),
    line_faulty: faultyHeld,
  },
  free_open: {
    released: stays,
    opened: stays,
    closed: () => ({ session: { kind: 'free' }, report: 'closed' }),
    ticked: stays,
    hold_started: stays,
    hold_ended: (_, __, { atMs }) => ({ session: { kind: 'open', sinceMs: atMs }, rest: true }),
    line_faulty: faultyHeld,
  },
  trouble: {
    released: (session, { pulseMs }, { atMs }) => ({
      session: { ...session, securedFromMs: Math.max(session.securedFromMs, atMs + pulseMs) },
    }),
    opened: (session, _, { atMs }) => {
      if (session.held) return { session: { kind: 'free_open' }, report: 'open' }
      if (atMs < session.securedFromMs) return { session: { kind: 'open', sinceMs: atMs }, report: 'open' }
      return { session: { kind: 'forced', sinceMs: atMs }, report: 'forced' }
    },
    closed: (session) => {
      const { held } = session
      return { session: { kind: held ? 'free' : 'locked' }, report: 'closed' }
    },
    ticked: stays,
    hold_started: (session) => ({ session: { ...session, held: true, securedFromMs: never } }),
    hold_ended: (session, _, { atMs }) =>
      session.held ? { session: { ...session, held: false, securedFromMs: atMs }, rest: true } : { session },
    line_faulty: (session, { fault }, { rules }) => {
      if (fault === session.fault) return { session }
      const lockLetGo = fault === 'offline' && rules.lock === 'fail_safe'
      const securedFromMs = lockLetGo ? never : session.securedFromMs
      // A board that fell silent has not mended the wire.
      const told = fault === 'offline' ? session.fault : fault
      const news = told === session.fault || told === 'offline' ? {} : { trouble: told }
      return { session: { ...session, fault: told, securedFromMs }, ...news }
    },
  },
}

/** Advances a door by one observation at `atMs`. */
export function observeDoor(session: DoorSession, observation: DoorObservation, moment: Moment): DoorStep {
  // The table's type ties each cell to its state and observation; both are taken by their own kinds.
  const cell = transitions[session.kind][observation.kind] as Cell<
    DoorSession['kind'],
    DoorObservation['kind']
  >
  return cell(session as never, observation as never, moment)
}

/** Whether the lock is to be kept released, pulse after pulse, for as long as the door stays as it is. */
export function keepsReleased(session: DoorSession, { relock }: Pick<DoorRules, 'relock'>): boolean {
  switch (session.kind) {
    case 'free':
    case 'free_open':
      return true
    case 'trouble':
      return session.held
    case 'open':
    case 'warned':
      return relock === 'on_close'
    case 'unknown':
    case 'locked':
    case 'unlocked':
    case 'held_open':
    case 'forced':
      return false
    default:
      return assertNever(session)
  }
}

function timeOpen(session: Of<DoorSession, 'open' | 'warned'>, { atMs, rules }: Moment): DoorStep {
  const { sinceMs } = session
  const openMs = atMs - sinceMs
  if (openMs >= rules.heldOpenMs) return { session: { kind: 'held_open', sinceMs }, report: 'held_open' }
  const warns = rules.preAlarmMs > 0 && openMs >= rules.heldOpenMs - rules.preAlarmMs
  return { session: warns ? { kind: 'warned', sinceMs } : session }
}
