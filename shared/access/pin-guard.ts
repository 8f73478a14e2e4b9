/** Wrong PINs at one reader (RULES, Access): 5 in 10 minutes lock PIN entry for 5 minutes, doubling each time. */
export interface PinGuard {
  /** Wall times of recent wrong entries. */
  readonly failuresMs: readonly number[]
  readonly lockedUntilMs: number
  /** How often it has locked; the lock doubles with each. */
  readonly locks: number
}

const failuresMax = 5
const windowMs = 10 * 60_000
const lockMs = 5 * 60_000
const locksMax = 8

/** A reader at which nobody has guessed. */
export const freshPinGuard: PinGuard = { failuresMs: [], lockedUntilMs: 0, locks: 0 }

/** Tells whether PIN entry is locked now; cards are never locked by it. */
export function isPinLocked(guard: PinGuard, atMs: number): boolean {
  return atMs < guard.lockedUntilMs
}

/** Counts a wrong PIN; the fifth within ten minutes locks. */
export function countWrongPin(guard: PinGuard, atMs: number): PinGuard {
  const failuresMs = [...guard.failuresMs.filter((failedMs) => failedMs > atMs - windowMs), atMs]
  if (failuresMs.length < failuresMax) return { ...guard, failuresMs }
  return {
    failuresMs: [],
    lockedUntilMs: atMs + lockMs * 2 ** guard.locks,
    locks: Math.min(guard.locks + 1, locksMax),
  }
}

/** A right PIN forgets the wrong ones before it. */
export function countRightPin(): PinGuard {
  return freshPinGuard
}
