import { authorityViewSchema } from '@gatehouse/shared/api/authority-view'
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
