/** A sale of the site that stands in the way of another one of the same site, from before it was put back. */
export interface RivalSale {
  readonly checkedIn: boolean
  /** When it was held, epoch ms. */
  readonly heldMs: number
  /** Sold by the cloud inside a loan: the site cannot take that back alone. */
  readonly isCloudSale: boolean
}

/**
 * Of two sales of one block by one site, checked-in wins, then the earlier (ARCHITECTURE §5). Tells whether `mine`, which
 * was sold after the image was put back, goes before all that stand in its way.
 */
export function winsAgainst(mine: Omit<RivalSale, 'isCloudSale'>, rivals: readonly RivalSale[]): boolean {
  return rivals.every((rival) => {
    if (rival.isCloudSale) return false
    if (mine.checkedIn !== rival.checkedIn) return mine.checkedIn
    return mine.heldMs < rival.heldMs
  })
}
