import { assertNever } from '../result/result.ts'

/**
 * One door as the controller understands it.
 *
 *              release (grant, exit)        opened
 *   locked ───────────────────────▶ unlocked ─────▶ open ──── held too long ────▶ held_open
 *     ▲ ◀──────── pulse over ───────────┘            │ closed                        │ closed
 *     └──────────────────────────────────────────────┴───────────────────────────────┘
 *   locked ── opened ─▶ forced ── closed ─▶ locked
 *   unknown (after a start) ── closed ─▶ locked, ── opened ─▶ open: nobody saw it being opened, so no alarm
 */
export type DoorSession =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'unlocked'; readonly untilMs: number }
  | { readonly kind: 'open'; readonly sinceMs: number }
  | { readonly kind: 'held_open'; readonly sinceMs: number }
  | { readonly kind: 'forced'; readonly sinceMs: number }

/** What happens at a door. Times are monotonic milliseconds. */
export type DoorObservation =
  | { readonly kind: 'released'; readonly pulseMs: number }
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'ticked' }

/** The state that the ledger and screens are told, when it changed. */
export type DoorReport = 'closed' | 'open' | 'held_open' | 'forced'

export interface DoorStep {
  readonly session: DoorSession
  readonly report?: DoorReport
}

/** Advances a door by one observation at `atMs`; `heldOpenMs` is the site's limit for an open door. */
export function observeDoor(
  session: DoorSession,
  observation: DoorObservation,
  { atMs, heldOpenMs }: { readonly atMs: number; readonly heldOpenMs: number },
): DoorStep {
  switch (observation.kind) {
    case 'released':
      return release(session, atMs + observation.pulseMs)
    case 'opened':
      return open(session, atMs)
    case 'closed':
      return close(session)
    case 'ticked':
      return tick(session, atMs, heldOpenMs)
    default:
      return assertNever(observation)
  }
}

function release(session: DoorSession, untilMs: number): DoorStep {
  const leafIsClosed = session.kind === 'locked' || session.kind === 'unlocked' || session.kind === 'unknown'
  return { session: leafIsClosed ? { kind: 'unlocked', untilMs } : session }
}

function open(session: DoorSession, atMs: number): DoorStep {
  switch (session.kind) {
    case 'locked':
      return { session: { kind: 'forced', sinceMs: atMs }, report: 'forced' }
    case 'unlocked':
      // The contact may report a moment after the pulse ended; until a tick relocks it, opening is allowed.
      return { session: { kind: 'open', sinceMs: atMs }, report: 'open' }
    case 'unknown':
      return { session: { kind: 'open', sinceMs: atMs }, report: 'open' }
    case 'open':
    case 'held_open':
    case 'forced':
      return { session }
    default:
      return assertNever(session)
  }
}

function close(session: DoorSession): DoorStep {
  switch (session.kind) {
    case 'open':
    case 'held_open':
    case 'forced':
      return { session: { kind: 'locked' }, report: 'closed' }
    case 'unknown':
      return { session: { kind: 'locked' }, report: 'closed' }
    case 'locked':
    case 'unlocked':
      return { session }
    default:
      return assertNever(session)
  }
}

function tick(session: DoorSession, atMs: number, heldOpenMs: number): DoorStep {
  if (session.kind === 'unlocked' && atMs >= session.untilMs) return { session: { kind: 'locked' } }
  if (session.kind === 'open' && atMs - session.sinceMs >= heldOpenMs) {
    return { session: { kind: 'held_open', sinceMs: session.sinceMs }, report: 'held_open' }
  }
  return { session }
}
