import { authorityViewSchema } from '@gatehouse/shared/api/authority-view'
import { type RestoredLoans, restoredLoansSchema } from '@gatehouse/shared/api/restored-loans-view'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../api/client.ts'

const aheadMs = 14 * 24 * 3_600_000
const startMs = 3_600_000

/** Who may sell what at a site in the next two weeks. */
export const authorityQuery = (siteId: string, nowMs: number) => {
  // A whole hour, so that the address stays the same while the page is open.
  const fromMs = nowMs - (nowMs % startMs)
  return queryOptions({
    queryKey: ['authority', siteId, fromMs],
    queryFn: ({ signal }) =>
      api.get(
        `/sites/${encodeURIComponent(siteId)}/authority?fromMs=${fromMs}&toMs=${fromMs + aheadMs}`,
        authorityViewSchema,
        signal,
      ),
  })
}

const restored = (siteId: string) => `/hq/sites/${encodeURIComponent(siteId)}/restored-loans`

/** What was lent before the cloud was restored; looked at again while somebody looks, for the site may be sending. */
export const restoredLoansQuery = (siteId: string) =>
  queryOptions({
    queryKey: ['restored-loans', siteId],
    queryFn: ({ signal }) => api.get(restored(siteId), restoredLoansSchema, signal),
    refetchInterval: 15_000,
  })

/** Lets the site sell again before older passes are over; the caller has stated to take the risk. */
export function releaseLoans(siteId: string, reason: string): Promise<RestoredLoans> {
  return api.post(`${restored(siteId)}/release`, { reason, takesRisk: true }, restoredLoansSchema)
}
