/** Notes and coins that the acceptor takes, in minor units, largest first. */
export const cashPieces: readonly number[] = [5000, 2000, 1000, 500, 200, 100, 50, 20, 10]

/** What is still missing, never below zero. */
export function missingMinor(dueMinor: number, tenderedMinor: number): number {
  return Math.max(0, dueMinor - tenderedMinor)
}

/** What is given back, never below zero. */
export function changeMinor(dueMinor: number, tenderedMinor: number): number {
  return Math.max(0, tenderedMinor - dueMinor)
}
