/** What the kiosk may say of a place that is lent, by what it can know; times epoch ms. */
export type LentTold =
  /** The member app sells it until then. */
  | { readonly kind: 'sold'; readonly untilMs: number }
  /** The member app sells it no more; the cloud is heard and gives it back. */
  | { readonly kind: 'ending' }
  /** The member app sells it no more, and nobody here can hear what it sold: until then nobody sells it. */
  | { readonly kind: 'unheard'; readonly untilMs: number }

/** Decides what is true of a loan with this cut-off (`sellUntilMs`) and end (`toMs`) at a site that hears the cloud or not. */
export function lentTold(
  loan: { readonly sellUntilMs: number; readonly toMs: number },
  { nowMs, isLive }: { readonly nowMs: number; readonly isLive: boolean },
): LentTold {
  if (loan.sellUntilMs > nowMs) return { kind: 'sold', untilMs: loan.sellUntilMs }
  return isLive ? { kind: 'ending' } : { kind: 'unheard', untilMs: loan.toMs }
}
