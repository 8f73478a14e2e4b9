import type { SiteView } from '@gatehouse/shared/api/views'

/** Free and all spaces of a site now, over every kind. */
export function freeSummary(site: Pick<SiteView, 'freeNow'>): {
  readonly free: number
  readonly total: number
} {
  const parts = Object.values(site.freeNow)
  return {
    free: parts.reduce((sum, part) => sum + part.free, 0),
    total: parts.reduce((sum, part) => sum + part.total, 0),
  }
}
