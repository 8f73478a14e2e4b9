import type { SiteSettingsView } from '@gatehouse/shared/api/site-settings-view'
import { isOfPool, type LendableSpace, type Lending } from '@gatehouse/shared/loans/lending-policy'

/** A site as far as it decides what may be said of its lending. */
export interface LendingSite {
  /** The site's row with what it says of lending now. */
  readonly site: { readonly lending?: Lending | undefined }
  readonly spaces: ReadonlyMap<string, LendableSpace & { readonly name: string }>
}

type Kind = Pick<LendableSpace, 'kind' | 'bayClass'>

/** What a site can lend: its spaces, and their kinds (bays: each class) with how many there are of each. */
export function lendable({ spaces }: LendingSite): Pick<SiteSettingsView, 'pools' | 'spaces'> {
  const counted = new Map<string, SiteSettingsView['pools'][number]>()
  const named = lendableSpaces(spaces)
  for (const [, { kind, bayClass }] of named) {
    const pool = { kind, ...(bayClass && { bayClass }) }
    const name = nameOf(pool)
    counted.set(name, { ...pool, spaces: (counted.get(name)?.spaces ?? 0) + 1 })
  }
  return {
    pools: [...counted.values()],
    spaces: named.map(([spaceId, { name }]) => ({ spaceId, name })),
  }
}

/**
 * Whether a site can lend like that: pools of what it can lend, each kind once, and spaces that it has, each once. What its
 * row says already may stay when the spaces are gone, so that their end keeps nobody from changing something else.
 */
export function canLend({ site, spaces }: LendingSite, { pools, never = [] }: Lending): boolean {
  const known = site.lending
  const can = lendableSpaces(spaces)
  const isLendable = (pool: Kind) => can.some(([, space]) => isOfPool(pool, space))
  const isKnown = (pool: Kind) => known?.pools.some((one) => nameOf(one) === nameOf(pool)) ?? false
  return (
    pools.every((pool) => isLendable(pool) || isKnown(pool)) &&
    isOnce(pools.map(({ poolId }) => poolId)) &&
    isOnce(pools.map(nameOf)) &&
    isOnce(never) &&
    never.every((spaceId) => spaces.has(spaceId) || known?.never?.includes(spaceId) === true)
  )
}

/** Combined spaces belong to no pool (`shared/loans/lending-policy.ts`). */
function lendableSpaces(spaces: LendingSite['spaces']) {
  return [...spaces].filter(([, { bookable, parts }]) => bookable && (parts ?? []).length === 0)
}

function nameOf({ kind, bayClass }: Kind): string {
  return `${kind}/${bayClass ?? ''}`
}

function isOnce(names: readonly string[]): boolean {
  return new Set(names).size === names.length
}
