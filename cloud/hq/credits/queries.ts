import { type CreditsView, creditsSchema } from '@gatehouse/shared/api/credits-view'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../api/client.ts'

/** Members' credits, where they are and what is risked. */
export const creditsQuery = queryOptions({
  queryKey: ['credits'],
  queryFn: ({ signal }) => api.get('/hq/credits', creditsSchema, signal),
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

/** Does it, and answers with all credits as they are then. */
export function actOnCredits(act: CreditAct): Promise<CreditsView> {
  if (act.verb === 'fund') return api.post('/hq/credits', act.gift, creditsSchema)
  const { verb, bucketId, ...body } = act
  return api.post(`/hq/credits/${encodeURIComponent(bucketId)}/${verb}`, body, creditsSchema)
}
