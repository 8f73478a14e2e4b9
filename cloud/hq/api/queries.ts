import {
  ledgerPageSchema,
  openExceptionSchema,
  overviewSchema,
  reconciliationSchema,
  siteDetailSchema,
} from '@gatehouse/shared/api/hq-views'
import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { noteServerTime } from '@gatehouse/shared/ui/server-clock.ts'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { caseKindSchema } from '../exceptions/views.ts'
import { api } from './client.ts'

const meSchema = z.object({ displayName: z.string(), role: z.enum(['member', 'site_manager', 'hq']) })
type Me = z.infer<typeof meSchema>
const segment = encodeURIComponent
const pageSize = 100

/** Who is logged in; `null` when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await api.get('/me', meSchema, signal)
    } catch (error) {
      if (isProblem(error) && error.problem.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
})

/** Every site in one look. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: async ({ signal }) => {
    const overview = await api.get('/hq/overview', overviewSchema, signal)
    noteServerTime(overview.asOfMs)
    return overview
  },
})

/** Site against cloud, line by line. */
export const reconciliationQuery = queryOptions({
  queryKey: ['reconciliation'],
  queryFn: ({ signal }) => api.get('/hq/reconciliation', reconciliationSchema, signal),
})

const siteSchema = siteDetailSchema.extend({
  openExceptions: z.array(openExceptionSchema.extend({ kind: caseKindSchema })),
})
export type Site = z.infer<typeof siteSchema>

/** One site in detail, with its open exceptions. */
export const siteQuery = (siteId: string) =>
  queryOptions({
    queryKey: ['site', siteId],
    queryFn: ({ signal }) => api.get(`/hq/sites/${segment(siteId)}`, siteSchema, signal),
  })

/** What a heading calls a site: its name, an ellipsis while that is asked for, else its id. */
export function headingName(
  site: { readonly data: { readonly name: string } | undefined; readonly isPending: boolean },
  siteId: string,
): string {
  return site.data?.name ?? (site.isPending ? '…' : siteId)
}

interface LedgerFilter {
  readonly type?: string | undefined
  readonly before?: number | undefined
  /** A life of the site; by default the newest. */
  readonly incarnation?: number | undefined
}

/** The address of a page of a site's ledger below the API, newest first. */
export function ledgerPath(siteId: string, filter: LedgerFilter): string {
  const params = new URLSearchParams({ limit: String(pageSize) })
  if (filter.type) params.set('type', filter.type)
  if (filter.before !== undefined) params.set('beforeSeq', String(filter.before))
  if (filter.incarnation !== undefined) params.set('incarnation', String(filter.incarnation))
  return `/hq/sites/${segment(siteId)}/ledger?${params}`
}

/** A page of a site's ledger as the cloud has it. */
export const ledgerQuery = (siteId: string, filter: LedgerFilter) =>
  queryOptions({
    queryKey: ['ledger', siteId, filter.type ?? '', filter.before ?? 0, filter.incarnation ?? 0],
    queryFn: ({ signal }) => api.get(ledgerPath(siteId, filter), ledgerPageSchema, signal),
  })
