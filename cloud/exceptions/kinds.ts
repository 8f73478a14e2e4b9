import type { ExceptionFix, ExceptionKind } from '@gatehouse/shared/api/exception-view'
import { canonicalJson } from '@gatehouse/shared/ledger/chain'

/** One thing on which both sides speak; `difference` only where it can be computed (cloud minus site). */
export interface ExceptionSide {
  readonly what: string
  readonly site: number | string
  readonly cloud: number | string
  readonly difference?: number
  /** `count`, `hash`, `instant` (epoch ms), `code`, or the currency of minor units. */
  readonly unit: string
}

/** What may be done about each kind; the first is proposed. */
export const fixesOf: Readonly<Record<ExceptionKind, readonly [ExceptionFix, ...ExceptionFix[]]>> = {
  chain_fork: ['machine_replaced', 'cloud_chain_stands'],
  clone: ['machine_retired'],
  foreign_call: ['machine_checked', 'machine_replaced'],
  forged_token: ['machine_checked', 'machine_replaced', 'accepted'],
  late_decline: ['collected', 'written_off'],
  sale_contradicted: ['member_settled', 'accepted'],
  credits_owed: ['cloud_corrected', 'accepted'],
  difference: ['cloud_corrected', 'accepted'],
  chain_gap: ['entries_arrived', 'accepted'],
  history_gone: ['cloud_corrected', 'accepted'],
  unprojectable: ['entry_explained', 'accepted'],
  clock_skew: ['clock_set', 'accepted'],
}

const standing: ReadonlySet<ExceptionFix> = new Set(['accepted', 'written_off', 'cloud_chain_stands'])

/** Tells whether a fix leaves things as they are: then the same figures, found again, are no news. */
export function isStanding(fix: ExceptionFix): boolean {
  return standing.has(fix)
}

const severities: Readonly<Record<ExceptionKind, 1 | 2 | 3>> = {
  chain_fork: 3,
  clone: 3,
  foreign_call: 3,
  forged_token: 2,
  late_decline: 2,
  sale_contradicted: 2,
  credits_owed: 2,
  difference: 2,
  chain_gap: 1,
  history_gone: 3,
  unprojectable: 1,
  clock_skew: 1,
}

/** How bad a kind is: 3 a ledger or machine that cannot be trusted, 2 money, 1 the rest. */
export function severityOf(kind: ExceptionKind): 1 | 2 | 3 {
  return severities[kind]
}

/** What makes a finding the same as an earlier one: the differences, not the figures, which grow on both sides. */
export function printOf(sides: readonly ExceptionSide[]): string {
  return canonicalJson(
    sides.flatMap(({ what, difference, unit }) =>
      difference === undefined ? [] : [{ what, difference, unit }],
    ),
  )
}

/**
 * The money in a case: the sum of the differences in the currency that differs most, minor units; amounts of
 * different currencies do not add up. `undefined` when no money is concerned.
 */
export function moneyOf(
  sides: readonly ExceptionSide[],
): { readonly amountMinor: number; readonly currency: string } | undefined {
  const sums = new Map<string, number>()
  for (const { unit, difference = 0 } of sides) {
    if (!/^[A-Z]{3}$/.test(unit) || difference === 0) continue
    sums.set(unit, (sums.get(unit) ?? 0) + Math.abs(difference))
  }
  const [most] = [...sums].sort(([, a], [, b]) => b - a)
  return most && { currency: most[0], amountMinor: most[1] }
}

/** When a second person is needed; settings of the cloud. */
export interface SecondPersonRule {
  /** Above this many minor units of any currency. */
  readonly aboveMinor: number
  /** Always, whatever the amount. */
  readonly kinds: readonly ExceptionKind[]
}

/** Tells whether whoever proposes a fix needs somebody else's yes (PRODUCT G5, maker-checker). */
export function needsSecond(
  rule: SecondPersonRule,
  { kind, amountMinor }: { readonly kind: ExceptionKind; readonly amountMinor: number | undefined },
): boolean {
  return rule.kinds.includes(kind) || (amountMinor ?? 0) > rule.aboveMinor
}
