/** Credits that come back after their bucket was over live so long again, milliseconds (RULES, Money). */
export const reissuedForMs = 7 * 24 * 3_600_000

/** Credits that a site gave back for a refund; amounts in minor units, times epoch milliseconds. */
export interface RestoredCredits {
  readonly amountMinor: number
  /** When the site gave them back. */
  readonly restoredMs: number
  /** When the bucket that they came from was over, exclusive. */
  readonly expiresMs: number
}

/** What is issued in their place: `[fromMs, expiresMs)`, epoch milliseconds. */
export interface Reissue {
  readonly amountMinor: number
  readonly fromMs: number
  readonly expiresMs: number
}

/**
 * Credits that come back after their bucket was over are issued again for 7 days, counted from when the cloud learns of it,
 * because the member can use them from then on only; `undefined` when they came back in time (RULES, Money).
 */
export function reissueOf(
  { amountMinor, restoredMs, expiresMs }: RestoredCredits,
  nowMs: number,
): Reissue | undefined {
  if (amountMinor <= 0 || restoredMs < expiresMs) return undefined
  return { amountMinor, fromMs: nowMs, expiresMs: nowMs + reissuedForMs }
}
