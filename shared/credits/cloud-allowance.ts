import { assertNever, err, ok, type Result } from '../result/result.ts'
import type { AllowanceEvent } from './site-allowance.ts'

/**
 * A share of a member's credits as the cloud knows it: what it moved is no longer its own to spend, until the site says
 * that it gave it back (ARCHITECTURE §2). No clock moves anything.
 *
 *   moved ─────────▶ at the site ─────asked back─────▶ at the site ──allowance.received──▶ the bucket's again
 *          row                         row                            givenBackMinor
 *
 * Sums over the life of the allowance, minor units; but for `askedBackMinor` and the overdraft none ever shrinks.
 */
export interface CloudAllowance {
  readonly movedMinor: number
  readonly askedBackMinor: number
  readonly overdraftMinor: number
  /** What the site acknowledged: the last row it applied moved so much in all. */
  readonly receivedMinor: number
  readonly givenBackMinor: number
  readonly drawnMinor: number
  readonly restoredMinor: number
}

/** The allowance before anything was moved. */
export const nothingMoved: CloudAllowance = {
  ...{ movedMinor: 0, askedBackMinor: 0, overdraftMinor: 0, receivedMinor: 0 },
  ...{ givenBackMinor: 0, drawnMinor: 0, restoredMinor: 0 },
}

/** What is out of the bucket because of it, minor units: moved and not given back. */
export function outMinor({ movedMinor, givenBackMinor }: CloudAllowance): number {
  return movedMinor - givenBackMinor
}

/** What the site may still have of it, as far as the cloud has heard, minor units; never less than it has. */
export function atSiteMinor(allowance: CloudAllowance): number {
  return outMinor(allowance) - allowance.drawnMinor + allowance.restoredMinor
}

export type CloudAllowanceCommand =
  | { readonly kind: 'move'; readonly amountMinor: number }
  | { readonly kind: 'askBack'; readonly amountMinor: number }
  | { readonly kind: 'setOverdraft'; readonly overdraftMinor: number }

/** What the transaction knows; read after the locks of bucket and allowance were taken. */
export interface CloudAllowanceContext {
  /** What the bucket holds that is not spent, not expired and not at a site, minor units. */
  readonly bucketFreeMinor: number
  /**
   * False from the start of a new epoch until every site of the member has sent what it keeps: the lost epoch may have
   * moved the same credits elsewhere.
   */
  readonly sitesCaughtUp: boolean
}

export type CloudAllowanceRefusal = 'not_positive' | 'credits_insufficient' | 'sites_not_caught_up'

/**
 * Decides a movement; write the row with the changed sums in the same transaction. Refusals: `not_positive`,
 * `credits_insufficient` (more than the bucket has free, or than the site may still have), `sites_not_caught_up`.
 */
export function decideCloudAllowance(
  allowance: CloudAllowance,
  command: CloudAllowanceCommand,
  { bucketFreeMinor, sitesCaughtUp }: CloudAllowanceContext,
): Result<CloudAllowance, CloudAllowanceRefusal> {
  switch (command.kind) {
    case 'move': {
      const { amountMinor } = command
      if (!(amountMinor > 0)) return err('not_positive')
      if (!sitesCaughtUp) return err('sites_not_caught_up')
      if (amountMinor > bucketFreeMinor) return err('credits_insufficient')
      // What was asked back in vain is not taken out of what is moved now.
      const { givenBackMinor: askedBackMinor } = allowance
      return ok({ ...allowance, movedMinor: allowance.movedMinor + amountMinor, askedBackMinor })
    }
    case 'askBack': {
      const { amountMinor } = command
      if (!(amountMinor > 0)) return err('not_positive')
      if (amountMinor > atSiteMinor(allowance)) return err('credits_insufficient')
      // Not added to what an earlier row asked for in vain: the site spent that meanwhile.
      return ok({ ...allowance, askedBackMinor: allowance.givenBackMinor + amountMinor })
    }
    case 'setOverdraft': {
      if (command.overdraftMinor < 0) return err('not_positive')
      return ok({ ...allowance, overdraftMinor: command.overdraftMinor })
    }
    default:
      return assertNever(command)
  }
}

/**
 * Takes an entry of the site into account. What the site received counts as moved also where a restored cloud does not
 * know of it; then the bucket may owe, which a person must see.
 */
export function evolveCloudAllowance(allowance: CloudAllowance, event: AllowanceEvent): CloudAllowance {
  switch (event.type) {
    case 'allowance.received': {
      const { row, givenBackMinor } = event.body
      return {
        ...allowance,
        movedMinor: Math.max(allowance.movedMinor, row.movedMinor),
        receivedMinor: Math.max(allowance.receivedMinor, row.movedMinor),
        givenBackMinor: Math.max(allowance.givenBackMinor, givenBackMinor),
      }
    }
    case 'allowance.drawn':
      return { ...allowance, drawnMinor: allowance.drawnMinor + event.body.amountMinor }
    case 'allowance.restored':
      return { ...allowance, restoredMinor: allowance.restoredMinor + event.body.amountMinor }
    default:
      return assertNever(event)
  }
}
