import { actPageSchema, auditSummarySchema } from '@gatehouse/shared/api/audit-view'
import { addDays, instantOf, viewerZone } from '@gatehouse/shared/ui/format.ts'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from '../api/client.ts'

const pageSize = 50
const fileSize = 500
const word = z.string().min(1).max(128).optional().catch(undefined)
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .optional()
  .catch(undefined)
const place = z.number().optional().catch(undefined)

/** What of the audit is shown, as it stands in the address; `from` and `to` are days of the viewer, both included. */
export const auditSearchSchema = z.object({
  act: word,
  by: word,
  site: word,
  from: day,
  to: day,
  before: place,
  open: place,
})
export type AuditSearch = z.infer<typeof auditSearchSchema>

function params(search: AuditSearch, limit: number): URLSearchParams {
  const zone = viewerZone()
  const { act, by, site, from, to, before } = search
  const asked = {
    limit,
    act,
    actor: by,
    site,
    fromMs: from && instantOf(from, 0, zone),
    toMs: to && instantOf(addDays(to, 1), 0, zone),
    beforeSeq: before,
  }
  const given = Object.entries(asked).filter(([, value]) => value !== undefined)
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
}

/** The address of the shown acts as a file, 500 lines at most. */
export function auditFilePath(search: AuditSearch): string {
  return `/api/v1/hq/audit?${params(search, fileSize)}&format=csv`
}

/** A page of acts, newest first. */
export const actsQuery = (search: AuditSearch) => {
  const asked = params(search, pageSize).toString()
  return queryOptions({
    queryKey: ['audit', asked],
    queryFn: ({ signal }) => api.get(`/hq/audit?${asked}`, actPageSchema, signal),
  })
}

/** Whether the chain of acts is intact, and what can be filtered by. */
export const auditSummaryQuery = queryOptions({
  queryKey: ['audit', 'summary'],
  queryFn: ({ signal }) => api.get('/hq/audit/summary', auditSummarySchema, signal),
})
