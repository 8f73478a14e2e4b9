import type { SiteView } from '@gatehouse/shared/api/views'
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { siteQuery } from '../api/queries.ts'

/** Whether anything new can be booked at a site at all: one that is closed or opens soon sells nothing. */
export function isSelling({ status = 'open' }: SiteView): boolean {
  return status === 'open'
}

/** One site, beginning with what a list of sites already said about it: also without a network. */
export function useSite(siteId: string | undefined): UseQueryResult<SiteView> {
  const client = useQueryClient()
  const known = () =>
    client
      .getQueriesData<SiteView[]>({ queryKey: ['sites'] })
      .flatMap(([, sites]) => sites ?? [])
      .find((site) => site.siteId === siteId)
  return useQuery({
    ...siteQuery(siteId ?? ''),
    enabled: siteId !== undefined,
    initialData: known,
    initialDataUpdatedAt: () => known()?.nowMs ?? 0,
  })
}
