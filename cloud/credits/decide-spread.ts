import {
  atSiteMinor,
  type CloudAllowance,
  type CloudAllowanceCommand,
} from '@gatehouse/shared/credits/cloud-allowance'

/** How a member's credits are shared over sites by themselves; settings of the cloud. */
export interface SpreadPolicy {
  /** So much of what is left stays in the cloud, percent. */
  readonly keptPercent: number
  /** A site gets more once it has less than this part of its share, percent. */
  readonly lowWaterPercent: number
}

/** A site that may hold a share. */
export interface SpreadSite {
  readonly siteId: string
  /** The member used the site lately. */
  readonly usedLately: boolean
  /** A person moved it last: it is left to people, but for what is over. */
  readonly byHand: boolean
  readonly sums: CloudAllowance
}

export interface SpreadFacts {
  /** What the bucket has in the cloud, minor units. */
  readonly freeMinor: number
  readonly isOver: boolean
  readonly sites: readonly SpreadSite[]
}

export interface SpreadStep {
  readonly siteId: string
  readonly command: CloudAllowanceCommand
}

/**
 * Decides what the policy moves of one bucket: what is over is asked back; else each site that the member used lately gets
 * an equal share of what is not kept, topped up when it is low. Nothing is taken from a site before the bucket is over.
 */
export function decideSpread(
  { freeMinor, isOver, sites }: SpreadFacts,
  { keptPercent, lowWaterPercent }: SpreadPolicy,
): readonly SpreadStep[] {
  if (isOver) return sites.flatMap(askBackAll)
  const chosen = sites.filter(({ usedLately, byHand }) => usedLately && !byHand)
  const atSites = sites.reduce((sum, { sums }) => sum + Math.max(0, atSiteMinor(sums)), 0)
  const left = freeMinor + atSites
  const kept = Math.ceil((left * keptPercent) / 100)
  const share = Math.floor((left - kept) / Math.max(1, chosen.length))
  let spare = freeMinor - kept
  return chosen.flatMap(({ siteId, sums }) => {
    const has = atSiteMinor(sums)
    const amountMinor = Math.min(share - has, spare)
    if (has * 100 >= share * lowWaterPercent || amountMinor <= 0) return []
    spare -= amountMinor
    return [{ siteId, command: { kind: 'move', amountMinor } as const }]
  })
}

function askBackAll({ siteId, sums }: SpreadSite): readonly SpreadStep[] {
  const amountMinor = atSiteMinor(sums)
  // Asked for once: a site that is away gives it when it is back.
  if (amountMinor <= 0 || sums.askedBackMinor > sums.givenBackMinor) return []
  return [{ siteId, command: { kind: 'askBack', amountMinor } }]
}
