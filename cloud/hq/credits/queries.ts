import { type CreditsView, creditsSchema } from '@gatehouse/shared/api/credits-view'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from '../api/client.ts'

const word = z.string().min(1).max(100).optional().catch(undefined)

/** Which credits are shown, as it stands in the address. */
export const creditSearchSchema = z.object({ member: word, cursor: word })
export type CreditSearch = z.infer<typeof creditSearchSchema>

/** The address of a page of credits below the API. */
export function creditsPath(search: CreditSearch): string {
  const given = Object.entries(search).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )
  return `/hq/credits?${new URLSearchParams(given)}`
}

/** A page of members' credits, where they are and what is risked. */
export const creditsQuery = (search: CreditSearch) =>
  queryOptions({
    queryKey: ['credits', creditsPath(search)],
    queryFn: ({ signal }) => api.get(creditsPath(search), creditsSchema, signal),
  })

/** What HQ does with credits; amounts in minor units. */
export type CreditAct =
  | {
      readonly verb: 'move' | 'ask-back'
      readonly bucketId: string
      readonly siteId: string
      readonly amountMinor: number
    }
  | {
      readonly verb: 'overdraft'
      readonly bucketId: string
      readonly siteId: string
      readonly overdraftMinor: number
    }
  | { readonly verb: 'fund'; readonly gift: Gift }

export interface Gift {
  readonly memberId: string
  readonly operatorId: string
  readonly currency: string
  readonly amountMinor: number
  readonly promotional: boolean
  readonly reason: 'gift' | 'purchase'
  readonly fromMs: number
  readonly expiresMs: number
}

/** Does it; what is shown is to be asked for anew. */
export function actOnCredits(act: CreditAct): Promise<CreditsView> {
  if (act.verb === 'fund') return api.post('/hq/credits', act.gift, creditsSchema)
  const { verb, bucketId, ...body } = act
  return api.post(`/hq/credits/${encodeURIComponent(bucketId)}/${verb}`, body, creditsSchema)
}
