import {
  accessPageSchema,
  type IncidentRow,
  incidentPageSchema,
  incidentRowSchema,
} from '@gatehouse/shared/api/access-view'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { type AccessSearch, type IncidentSearch, queryOf } from './search.ts'

/** The address of the list below the API. */
export function accessPath(search: AccessSearch): string {
  return `/hq/access?${queryOf(search)}`
}

/** A page of access decisions, newest first. */
export const accessQuery = (search: AccessSearch) =>
  queryOptions({
    queryKey: ['access', accessPath(search)],
    queryFn: ({ signal }) => api.get(accessPath(search), accessPageSchema, signal),
  })

/** The address of the list below the API. */
export function incidentPath(search: IncidentSearch): string {
  return `/hq/incidents?${queryOf(search)}`
}

/** A page of incidents, open ones first. */
export const incidentQuery = (search: IncidentSearch) =>
  queryOptions({
    queryKey: ['incidents', incidentPath(search)],
    queryFn: ({ signal }) => api.get(incidentPath(search), incidentPageSchema, signal),
  })

/** Says that the viewer sees to an incident; answers with the incident as it is then. */
export function acknowledgeIncident({
  siteId,
  incidentId,
}: Pick<IncidentRow, 'siteId' | 'incidentId'>): Promise<IncidentRow> {
  const path = `/hq/sites/${encodeURIComponent(siteId)}/incidents/${encodeURIComponent(incidentId)}`
  return api.post(`${path}/acknowledge`, {}, incidentRowSchema)
}
