import type { AllowanceId } from '../ids/ids.ts'
import { isAtOrBefore, type Position } from '../loans/block.ts'
import { assertNever } from '../result/result.ts'
import type { AllowanceRow } from '../wire/v1/allowances.ts'
import type { LedgerEvent } from '../wire/v1/entries.ts'

/**
 * A share of a member's credits as the site knows it: the site alone spends it, without asking (ARCHITECTURE §2).
 *
 *   none ──row applied: allowance.received──▶ held ──┐ received again · drawn · restored
 *                                              ▲──────┘       no clock takes anything away
 */
export type SiteAllowance =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'held'
      readonly allowanceId: AllowanceId
      readonly row: AllowanceRow
      readonly position: Position
      /** Sums over its life, minor units; none of them ever shrinks. */
      readonly givenBackMinor: number
      readonly drawnMinor: number
      readonly restoredMinor: number
    }

export type HeldAllowance = Extract<SiteAllowance, { kind: 'held' }>
export type AllowanceEvent = Extract<LedgerEvent, { type: `allowance.${string}` }>

/** The allowance before its first row. */
export const noAllowance: SiteAllowance = { kind: 'none' }

/** What is left of it, minor units; below zero when the overdraft was used. */
export function leftMinor({ row, givenBackMinor, drawnMinor, restoredMinor }: HeldAllowance): number {
  return row.movedMinor - givenBackMinor - drawnMinor + restoredMinor
}

/**
 * Decides what a directory row changes: what is asked back and still there is given back. A row at or before the one
 * that was applied changes nothing. What the cloud moved once stays moved, even when a restored cloud forgot it.
 */
export function receiveAllowance(
  allowance: SiteAllowance,
  {
    allowanceId,
    row: sent,
    position,
  }: { readonly allowanceId: AllowanceId; readonly row: AllowanceRow; readonly position: Position },
): readonly AllowanceEvent[] {
  const held = allowance.kind === 'held' ? allowance : undefined
  if (held && isAtOrBefore(position, held.position)) return []
  const row = { ...sent, movedMinor: Math.max(sent.movedMinor, held?.row.movedMinor ?? 0) }
  const before = held?.givenBackMinor ?? 0
  const left = held ? leftMinor({ ...held, row }) : row.movedMinor
  const givenBackMinor = Math.max(before, Math.min(row.askedBackMinor, before + Math.max(0, left)))
  return [{ type: 'allowance.received', body: { allowanceId, ...position, row, givenBackMinor } }]
}

/** Applies one recorded entry of this allowance. What the ledger cannot hold in this order changes nothing. */
export function evolveAllowance(allowance: SiteAllowance, event: AllowanceEvent): SiteAllowance {
  switch (event.type) {
    case 'allowance.received': {
      const { allowanceId, epoch, rev, row, givenBackMinor } = event.body
      const sums = allowance.kind === 'held' ? allowance : { drawnMinor: 0, restoredMinor: 0 }
      return { ...sums, kind: 'held', allowanceId, row, position: { epoch, rev }, givenBackMinor }
    }
    case 'allowance.drawn':
      if (allowance.kind === 'none') return allowance
      return { ...allowance, drawnMinor: allowance.drawnMinor + event.body.amountMinor }
    case 'allowance.restored':
      if (allowance.kind === 'none') return allowance
      return { ...allowance, restoredMinor: allowance.restoredMinor + event.body.amountMinor }
    default:
      return assertNever(event)
  }
}
