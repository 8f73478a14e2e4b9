import type { SiteSettingsView } from '@gatehouse/shared/api/site-settings-view'
import { isOfPool, type Lending, type LendingPolicy } from '@gatehouse/shared/loans/lending-policy'

const hourMs = 3_600_000
/** What a pool that is lent for the first time begins with: nothing, until somebody says a share. */
const beginning: LendingPolicy = {
  ...{ sharePercent: 0, shareMinPercent: 0, shareMaxPercent: 0, stepPercent: 5 },
  ...{ windowMs: 4 * hourMs, leadMs: 24 * hourMs, cutOffMs: hourMs },
}

/** A pool as the form shows it: percents, and hours that may be parts of one. */
export interface PoolFields {
  readonly poolId: string
  readonly kind: string
  readonly bayClass?: string | undefined
  readonly spaces: number
  readonly share: number
  readonly least: number
  readonly most: number
  readonly window: number
  readonly lead: number
  readonly cutOff: number
  readonly step: number
}

/** Every pool that the site lends from, then every kind of space that none of them holds. */
export function poolFields({ settings, pools }: Pick<SiteSettingsView, 'settings' | 'pools'>): PoolFields[] {
  const { pools: lent } = settings.lending
  const spacesOf = (of: Parameters<typeof isOfPool>[0]) =>
    pools.filter((pool) => isOfPool(of, pool)).reduce((sum, { spaces }) => sum + spaces, 0)
  const isHeld = (pool: SiteSettingsView['pools'][number]) => lent.some((of) => isOfPool(of, pool))
  const free = pools
    .filter((pool) => !isHeld(pool))
    .map(({ kind, bayClass }) => ({
      ...{ poolId: bayClass === undefined ? kind : `${kind}-${bayClass}`, kind, bayClass },
      policy: beginning,
    }))
  return [...lent, ...free].map(({ poolId, kind, bayClass, policy }) => ({
    ...{ poolId, kind, bayClass, spaces: spacesOf({ kind, bayClass }) },
    ...{ share: policy.sharePercent, least: policy.shareMinPercent, most: policy.shareMaxPercent },
    ...{ window: policy.windowMs / hourMs, lead: policy.leadMs / hourMs, cutOff: policy.cutOffMs / hourMs },
    step: policy.stepPercent,
  }))
}

/** Whether the share of a pool lies between its bounds. */
export function isWithin({ share, least, most }: PoolFields): boolean {
  return least <= share && share <= most
}

/** What the form says is lent; a pool that can never lend anything is left out. */
export function lendingOf(fields: readonly PoolFields[], never: readonly string[]): Lending {
  const pools = fields
    .filter(({ most }) => most > 0)
    .map(({ poolId, kind, bayClass, ...of }) => ({
      ...{ poolId, kind, ...(bayClass !== undefined && { bayClass }) },
      policy: {
        ...{ sharePercent: of.share, shareMinPercent: of.least, shareMaxPercent: of.most },
        ...{ windowMs: toMs(of.window), leadMs: toMs(of.lead), cutOffMs: toMs(of.cutOff) },
        stepPercent: of.step,
      },
    }))
  return { pools, ...(never.length > 0 && { never: [...never] }) }
}

const toMs = (hours: number) => Math.round(hours * hourMs)
