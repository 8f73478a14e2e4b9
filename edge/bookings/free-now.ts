import type { PlanView, SiteView } from '@gatehouse/shared/api/views'

/** Counts what a plan of now says is free and usable, per kind, or per class for bays; wholes are no further room. */
export function freeNow(plan: PlanView | undefined): SiteView['freeNow'] {
  const counts: Record<string, { free: number; total: number }> = {}
  for (const space of plan?.spaces ?? []) {
    // A combined space is no more room than its parts.
    if ((space.parts ?? []).length > 0) continue
    const group = space.bayClass ?? space.kind
    const count = counts[group] ?? { free: 0, total: 0 }
    counts[group] = { free: count.free + (space.status === 'free' ? 1 : 0), total: count.total + 1 }
  }
  return counts
}
