import { assertNever } from '../result/result.ts'
import { type Block, blockInside, blockTouches, type SpaceBlock } from './block.ts'
import type { CloudLoan } from './cloud-loan.ts'
import type { SiteLoan } from './site-loan.ts'

/** Why nobody may sell, each with what ends it. */
export type NobodyReason =
  /** Lent, but not known to have reached the cloud; ends when the cloud has the entry. */
  | 'grant_on_its_way'
  /** The cut-off passed; ends when the site has applied the cloud's end row. */
  | 'sell_until_passed'
  /** The site asked for it back; ends likewise. */
  | 'recalled'
  /** The cloud ended it; ends when the site has applied the row. */
  | 'end_on_its_way'
  /** A new incarnation of the site has not stood by it; ends with its confirmation. */
  | 'site_restored'
  /** Granted to an earlier epoch of the cloud; ends when the site has sent again what it has, and released it. */
  | 'cloud_restored'
  /** The site sells only what it never lends until it has spoken with the cloud. */
  | 'lending_stopped'
  /** Another life of this site exists. */
  | 'site_fenced'

export type Authority =
  | { readonly kind: 'site' }
  | { readonly kind: 'cloud'; readonly loanId: string; readonly untilMs: number }
  | { readonly kind: 'nobody'; readonly because: NobodyReason; readonly loanId?: string }

/** A loan as either tier sees it, for the view: what it covers, and who sells there. */
export interface LoanStanding {
  readonly loanId: string
  readonly spaceId: string
  readonly fromMs: number
  readonly toMs: number
  readonly sellUntilMs: number
  readonly standing:
    | 'cloud_sells'
    | Exclude<NobodyReason, 'sell_until_passed' | 'lending_stopped' | 'site_fenced'>
}

/**
 * How the site sees a loan; `undefined` once it is over. `acknowledged`: the cloud's head covers its `loan.granted` (or
 * `loan.confirmed` of this incarnation). `epoch`: the cloud's, as last heard.
 */
export function standingOnSite(
  loan: SiteLoan,
  { acknowledged, epoch }: { readonly acknowledged: boolean; readonly epoch: number },
): LoanStanding | undefined {
  if (loan.kind === 'none' || loan.kind === 'ended') return undefined
  const { terms } = loan
  const standing =
    terms.epoch !== epoch
      ? 'cloud_restored'
      : loan.kind === 'recalled'
        ? 'recalled'
        : acknowledged
          ? 'cloud_sells'
          : 'grant_on_its_way'
  return { ...covered(terms), standing }
}

/** How the cloud sees a loan; `undefined` when it does not know it, or the site sells there again. */
export function standingInCloud(loan: CloudLoan): LoanStanding | undefined {
  switch (loan.kind) {
    case 'unknown':
    case 'released':
      return undefined
    case 'open':
      return { ...covered(loan.terms), standing: 'cloud_sells' }
    case 'unconfirmed':
      return { ...covered(loan.terms), standing: 'site_restored' }
    case 'suspended':
      return { ...covered(loan.terms), standing: 'cloud_restored' }
    case 'ended':
      return { ...covered(loan.terms), standing: 'end_on_its_way' }
    default:
      return assertNever(loan)
  }
}

function covered({ loanId, spaceId, fromMs, toMs, sellUntilMs }: Omit<LoanStanding, 'standing'>) {
  return { loanId, spaceId, fromMs, toMs, sellUntilMs }
}

/** What a view of authority is made from. */
export interface AuthorityContext {
  readonly nowMs: number
  /** All loans of the spaces asked for that are not over; those of one space do not meet. */
  readonly loans: readonly LoanStanding[]
  /** Stops what the site would sell; `never` names the spaces that it never lends and still sells when only stopped. */
  readonly siteStopped?: 'lending_stopped' | 'site_fenced'
  readonly never: ReadonlySet<string>
}

/** A stretch of a space's time with one authority, `[fromMs, toMs)`. */
export interface AuthoritySpan {
  readonly fromMs: number
  readonly toMs: number
  readonly authority: Authority
}

/**
 * Who may sell a space (one that is not combined) over an interval, as spans that follow each other without a gap. It
 * says who decides, not what is free. A combined space is sold by whoever sells all its parts: ask for each.
 */
export function authorityOver(
  space: { readonly spaceId: string; readonly fromMs: number; readonly toMs: number },
  context: AuthorityContext,
): readonly AuthoritySpan[] {
  const asked = { spaceId: space.spaceId, fromMs: space.fromMs, blockToMs: space.toMs }
  const loans = context.loans
    .filter((loan) => blockTouches(asked, loan))
    .sort((a, b) => a.fromMs - b.fromMs || (a.loanId < b.loanId ? -1 : 1))
  const spans: AuthoritySpan[] = []
  const own = siteAuthority(space.spaceId, context)
  let atMs = space.fromMs
  for (const loan of loans) {
    const fromMs = Math.max(loan.fromMs, atMs)
    const toMs = Math.min(loan.toMs, space.toMs)
    if (fromMs >= toMs) continue
    if (atMs < fromMs) spans.push({ fromMs: atMs, toMs: fromMs, authority: own })
    spans.push({ fromMs, toMs, authority: loanAuthority(loan, context.nowMs) })
    atMs = toMs
  }
  if (atMs < space.toMs) spans.push({ fromMs: atMs, toMs: space.toMs, authority: own })
  return spans
}

function siteAuthority(spaceId: string, { siteStopped, never }: AuthorityContext): Authority {
  if (siteStopped === undefined) return { kind: 'site' }
  if (siteStopped === 'lending_stopped' && never.has(spaceId)) return { kind: 'site' }
  return { kind: 'nobody', because: siteStopped }
}

function loanAuthority({ loanId, standing, sellUntilMs }: LoanStanding, nowMs: number): Authority {
  if (standing !== 'cloud_sells') return { kind: 'nobody', because: standing, loanId }
  if (nowMs >= sellUntilMs) return { kind: 'nobody', because: 'sell_until_passed', loanId }
  return { kind: 'cloud', loanId, untilMs: sellUntilMs }
}

/** Why the cloud does not decide a booking by itself; `at` is the first block of which that is true. */
export type DecidingAuthority =
  | { readonly kind: 'cloud'; readonly loanIds: readonly string[] }
  | {
      readonly kind: 'site'
      readonly because: 'not_lent' | 'straddles' | NobodyReason
      readonly at?: SpaceBlock
    }

/**
 * Who decides a booking, a series or a group with these blocks, one for each occurrence and each space that it occupies
 * (a combined space: its parts): the cloud only when every one lies wholly inside a loan that it sells in now, else the
 * site (ARCHITECTURE §2). `loanIds` has one for each block, in their order.
 */
export function decidingAuthority(
  blocks: readonly SpaceBlock[],
  { loans, nowMs }: Pick<AuthorityContext, 'loans' | 'nowMs'>,
): DecidingAuthority {
  const loanIds: string[] = []
  for (const block of blocks) {
    const touched = loans.filter((loan) => blockTouches(block, loan))
    const loan = touched.find((one) => isWithin(block, one))
    if (loan === undefined) {
      return { kind: 'site', because: touched.length > 0 ? 'straddles' : 'not_lent', at: block }
    }
    const authority = loanAuthority(loan, nowMs)
    if (authority.kind === 'nobody') return { kind: 'site', because: authority.because, at: block }
    loanIds.push(loan.loanId)
  }
  return loanIds.length === 0 ? { kind: 'site', because: 'not_lent' } : { kind: 'cloud', loanIds }
}

function isWithin(block: Block, loan: LoanStanding): boolean {
  return blockInside(block, loan)
}
