import type { SiteDetail } from '@gatehouse/shared/api/hq-views'
import type { SiteCatalogue } from '../../bookings/site-catalogue.ts'
import type { SiteHealth } from '../../sites/site-health.ts'

/** Doors with a limit of their own that are named. */
export const strictDoorsMax = 20

/**
 * Until when a site that is not heard lets in whom it knows (RULES, Access: offline validity per credential and per door).
 * Times are epoch ms; a card of its own shorter limit stops earlier. `undefined` while the site is online, when it was never
 * heard, and where there is no door.
 */
export function offlineCards(
  { site, doors }: Pick<SiteCatalogue, 'site' | 'doors'>,
  { online, heardMs }: Pick<SiteHealth, 'online' | 'heardMs'>,
): SiteDetail['offlineCards'] {
  if (online || heardMs === undefined || doors.size === 0) return undefined
  const { memberOfflineMs } = site.settings
  const stricter = [...doors.values()].flatMap(({ name, offlineMaxMs }) =>
    offlineMaxMs === undefined || offlineMaxMs >= memberOfflineMs
      ? []
      : [{ name, untilMs: heardMs + offlineMaxMs }],
  )
  return {
    untilMs: heardMs + memberOfflineMs,
    stricterDoors: stricter.sort((a, b) => a.untilMs - b.untilMs).slice(0, strictDoorsMax),
  }
}
