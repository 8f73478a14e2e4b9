/** What a person reads about kept entries: where the kept ledger begins, and why no more is pruned if that is so. */
export function retentionText({
  keptDays,
  prunedSeq,
  problem,
}: {
  readonly keptDays: number
  readonly prunedSeq: number
  readonly problem?: string | undefined
}): string {
  const kept = `entries from ${prunedSeq + 1}, at least ${keptDays} days of them`
  return problem === undefined ? kept : `${kept}; nothing more is pruned (${problem})`
}
