import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from '../api/client.ts'

const shareSchema = z.object({
  ...{ siteId: z.string(), siteName: z.string(), isLost: z.boolean() },
  ...{ atSiteMinor: z.number(), drawnMinor: z.number(), unconfirmedMinor: z.number() },
  ...{ askedBackMinor: z.number(), overdraftMinor: z.number() },
})
const creditSchema = z.object({
  ...{ bucketId: z.string(), memberId: z.string(), memberName: z.string().optional() },
  ...{ currency: z.string(), promotional: z.boolean(), expiresMs: z.number() },
  state: z.enum(['coming', 'running', 'over']),
  ...{ fundedMinor: z.number(), cloudMinor: z.number(), sites: z.array(shareSchema) },
})
const exposureSchema = z.object({
  ...{ siteId: z.string(), siteName: z.string(), currency: z.string(), limitMinor: z.number() },
  ...{ usedMinor: z.number(), atSiteMinor: z.number(), unconfirmedMinor: z.number() },
})
const named = z.object({ id: z.string(), name: z.string() })
const creditsSchema = z.object({
  ...{ asOfMs: z.number(), mayMove: z.boolean() },
  ...{ items: z.array(creditSchema), exposure: z.array(exposureSchema), members: z.array(named) },
  sites: z.array(named.extend({ operatorId: z.string(), currency: z.string() })),
})
export type Credit = z.infer<typeof creditSchema>
export type Exposure = z.infer<typeof exposureSchema>
export type Credits = z.infer<typeof creditsSchema>

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
export function actOnCredits(act: CreditAct): Promise<Credits> {
  if (act.verb === 'fund') return api.post('/hq/credits', act.gift, creditsSchema)
  const { verb, bucketId, ...body } = act
  return api.post(`/hq/credits/${encodeURIComponent(bucketId)}/${verb}`, body, creditsSchema)
}
