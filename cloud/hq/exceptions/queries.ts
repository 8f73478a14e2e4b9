import { exceptionKinds, exceptionStates } from '@gatehouse/shared/api/exception-view'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from '../api/client.ts'
import { type CaseDetail, caseDetailSchema, casePageSchema } from './views.ts'

const word = z.string().min(1).max(64).optional().catch(undefined)

/** What of the cases is shown, as it stands in the address; without a state all that wait. */
export const caseSearchSchema = z.object({
  state: z
    .enum([...exceptionStates, 'all'])
    .optional()
    .catch(undefined),
  site: word,
  kind: z.enum(exceptionKinds).optional().catch(undefined),
  owner: word,
  cursor: word,
  open: z.number().optional().catch(undefined),
})
export type CaseSearch = z.infer<typeof caseSearchSchema>

/** Whether anything but the default narrows the list. */
export function isFiltered({ state, site, kind, owner }: CaseSearch): boolean {
  return [state, site, kind, owner].some((value) => value !== undefined)
}

/** The address of a page of cases below the API. */
export function casesPath({ open: _open, state = undefined, ...search }: CaseSearch): string {
  const asked = { ...search, state: state === 'all' ? undefined : (state ?? 'unsettled') }
  const given = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return `/hq/exceptions?${new URLSearchParams(given)}`
}

/** A page of cases, worst and oldest first. */
export const casesQuery = (search: CaseSearch) =>
  queryOptions({
    queryKey: ['exceptions', casesPath(search)],
    queryFn: ({ signal }) => api.get(casesPath(search), casePageSchema, signal),
  })

/** One case with its history. */
export const caseQuery = (exceptionId: number) =>
  queryOptions({
    queryKey: ['exceptions', exceptionId],
    queryFn: ({ signal }) => api.get(`/hq/exceptions/${exceptionId}`, caseDetailSchema, signal),
  })

/** What somebody does with a case. */
export interface CaseAct {
  readonly exceptionId: number
  readonly verb: 'take' | 'release' | 'propose' | 'approve' | 'reject'
  readonly fix?: string
  readonly note?: string
}

/** Does it, and answers with the case as it is then. */
export function actOnCase({ exceptionId, verb, ...said }: CaseAct): Promise<CaseDetail> {
  return api.post(`/hq/exceptions/${exceptionId}/${verb}`, said, caseDetailSchema)
}
