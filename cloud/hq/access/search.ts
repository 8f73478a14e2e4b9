import { addDays, instantOf, viewerZone } from '@gatehouse/shared/ui/format.ts'
import { z } from 'zod'

const text = z.string().min(1).max(80).optional().catch(undefined)
const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .optional()
  .catch(undefined)
const shared = {
  site: text,
  door: text,
  from: date,
  to: date,
  cursor: z.string().optional().catch(undefined),
}

/** What the page of access decisions has in its address. */
export const accessSearch = z.object({
  ...shared,
  result: z.enum(['granted', 'refused']).optional().catch(undefined),
  reason: text,
  member: text,
  name: text,
})
export type AccessSearch = z.infer<typeof accessSearch>

/** What the page of incidents has in its address. */
export const incidentSearch = z.object({
  ...shared,
  kind: text,
  state: z.enum(['open', 'ended', 'moment']).optional().catch(undefined),
})
export type IncidentSearch = z.infer<typeof incidentSearch>

type Search = AccessSearch | IncidentSearch

/** Turns what the address says into a query of the API: days become instants in `timeZone`, `to` included. */
export function queryOf(search: Search, timeZone = viewerZone()): URLSearchParams {
  const { from, to, ...others } = search
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(others)) if (value !== undefined) query.set(key, value)
  if (from !== undefined) query.set('fromMs', String(instantOf(from, 0, timeZone)))
  if (to !== undefined) query.set('toMs', String(instantOf(addDays(to, 1), 0, timeZone)))
  return query
}

/** Whether anything narrows the list. */
export function isFiltered({ cursor: _place, ...filters }: Search): boolean {
  return Object.values(filters).some((value) => value !== undefined)
}
