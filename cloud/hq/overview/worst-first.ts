import type { SiteSummary } from '@gatehouse/shared/api/hq-views'

/** What is the matter with a site, worst first; `live` is nothing. */
const healthOrder = ['incident', 'different', 'offline', 'devices', 'behind', 'waiting', 'live'] as const
export type Health = (typeof healthOrder)[number]

/** More entries than this under way are worth a word while the site is heard. */
const lagWorthALook = 50
/** Weeks of history and a long cut are caught up in minutes; what takes longer does not get better by itself. */
export const catchingUpMaxMs = 10 * 60_000

type Judged = Pick<
  SiteSummary,
  'link' | 'devicesDown' | 'lagEntries' | 'waiting' | 'diff' | 'name' | 'openIncidents' | 'behindSinceMs'
>

/** The worst thing about a site at `nowMs`, by the cloud's clock. */
export function healthOf(site: Judged, nowMs: number): Health {
  // A forced or held-open door is waiting for somebody now.
  if (site.openIncidents > 0) return 'incident'
  if (site.diff.state === 'different') return 'different'
  if (site.link === 'offline') return 'offline'
  if (site.devicesDown > 0) return 'devices'
  if (Math.max(site.lagEntries, site.waiting) <= lagWorthALook) return 'live'
  return nowMs - (site.behindSinceMs ?? nowMs) > catchingUpMaxMs ? 'behind' : 'waiting'
}

/** Whether somebody must do something; a site that catches up comes along by itself. */
export function needsSomebody(health: Health): boolean {
  return health !== 'live' && health !== 'waiting'
}

/** Sites that need somebody before those that are fine; equals by name. */
export function worstFirst<T extends Judged>(sites: readonly T[], nowMs: number): readonly T[] {
  const rank = (site: T) => healthOrder.indexOf(healthOf(site, nowMs))
  return [...sites].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}
