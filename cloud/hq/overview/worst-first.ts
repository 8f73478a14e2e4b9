import type { SiteRow } from '../api/views.ts'

/** What is the matter with a site, worst first; `live` is nothing. */
const healthOrder = ['incident', 'different', 'offline', 'devices', 'waiting', 'live'] as const
export type Health = (typeof healthOrder)[number]

/** More entries than this under way are worth a look while the site is heard. */
const lagWorthALook = 50

type Judged = Pick<
  SiteRow,
  'link' | 'devicesDown' | 'lagEntries' | 'waiting' | 'diff' | 'name' | 'openIncidents'
>

/** The worst thing about a site. */
export function healthOf(site: Judged): Health {
  // A forced or held-open door is waiting for somebody now.
  if (site.openIncidents > 0) return 'incident'
  if (site.diff.state === 'different') return 'different'
  if (site.link === 'offline') return 'offline'
  if (site.devicesDown > 0) return 'devices'
  return Math.max(site.lagEntries, site.waiting) > lagWorthALook ? 'waiting' : 'live'
}

/** Sites that need somebody before those that are fine; equals by name. */
export function worstFirst<T extends Judged>(sites: readonly T[]): readonly T[] {
  const rank = (site: T) => healthOrder.indexOf(healthOf(site))
  return [...sites].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}
