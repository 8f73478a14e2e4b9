import type { SiteView } from '@gatehouse/shared/api/views'
import { freeSummary } from './free-summary.ts'

/** A site that fits what is looked for; `meters` is absent while nobody says where they are. */
export interface Found {
  readonly site: SiteView
  readonly meters: number | undefined
}

/** The nearest first; of equals those that can be booked now, then those with the most free, then by name. */
export function nearestFirst(found: readonly Found[]): readonly Found[] {
  const distance = (entry: Found) => entry.meters ?? Number.MAX_SAFE_INTEGER
  return [...found].sort(
    (a, b) =>
      distance(a) - distance(b) ||
      Number(b.site.link.state === 'live') - Number(a.site.link.state === 'live') ||
      freeSummary(b.site).free - freeSummary(a.site).free ||
      a.site.name.localeCompare(b.site.name),
  )
}
