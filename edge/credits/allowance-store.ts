import type { Drawn } from '@gatehouse/shared/credits/draw'
import type { HeldAllowance, SiteAllowance } from '@gatehouse/shared/credits/site-allowance'
import { allowanceIdSchema } from '@gatehouse/shared/ids/ids'
import { allowanceRowSchema } from '@gatehouse/shared/wire/v1/allowances'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

interface StoredAllowance {
  readonly allowance_id: string
  readonly row: string
  readonly epoch: number
  readonly rev: number
  readonly given_back_minor: number
  readonly drawn_minor: number
  readonly restored_minor: number
}

const columns = 'allowance_id, row, epoch, rev, given_back_minor, drawn_minor, restored_minor'

/** An allowance as the entries left it. */
export function loadAllowance(db: SiteDatabase, allowanceId: string): SiteAllowance {
  const row = statement<StoredAllowance>(db, `SELECT ${columns} FROM allowances WHERE allowance_id = ?`).get(
    allowanceId,
  )
  return row ? heldOf(row) : { kind: 'none' }
}

/** Everything the site may spend of a member's credits. */
export function allowancesOf(db: SiteDatabase, memberId: string): readonly HeldAllowance[] {
  return statement<StoredAllowance>(db, `SELECT ${columns} FROM allowances WHERE member_id = ?`)
    .all(memberId)
    .map(heldOf)
}

/** Keeps an allowance as it is now. */
export function saveAllowance(db: SiteDatabase, allowance: HeldAllowance): void {
  const { allowanceId, row, position, givenBackMinor, drawnMinor, restoredMinor } = allowance
  statement(
    db,
    `INSERT INTO allowances (allowance_id, member_id, row, epoch, rev, given_back_minor, drawn_minor,
       restored_minor, moved_minor, overdraft_minor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (allowance_id) DO UPDATE SET row = excluded.row, epoch = excluded.epoch, rev = excluded.rev,
       given_back_minor = excluded.given_back_minor, drawn_minor = excluded.drawn_minor,
       restored_minor = excluded.restored_minor, moved_minor = excluded.moved_minor,
       overdraft_minor = excluded.overdraft_minor`,
  ).run(
    ...[allowanceId, row.memberId, JSON.stringify(row), position.epoch, position.rev],
    ...[givenBackMinor, drawnMinor, restoredMinor, row.movedMinor, row.overdraftMinor],
  )
}

/** What a payment drew, less what was given back of it, in the order of drawing. */
export function drawsOf(db: SiteDatabase, paymentId: string): readonly Drawn[] {
  return statement<{ allowance_id: string; amount_minor: number }>(
    db,
    'SELECT allowance_id, amount_minor FROM allowance_draws WHERE payment_id = ? ORDER BY ordinal',
  )
    .all(paymentId)
    .map(({ allowance_id, amount_minor }) => ({
      allowanceId: allowanceIdSchema.parse(allowance_id),
      amountMinor: amount_minor,
    }))
}

/** Keeps that a payment drew an amount from an allowance. */
export function saveDraw(db: SiteDatabase, paymentId: string, { allowanceId, amountMinor }: Drawn): void {
  statement(
    db,
    `INSERT INTO allowance_draws (payment_id, ordinal, allowance_id, amount_minor)
     VALUES (?, (SELECT count(*) FROM allowance_draws WHERE payment_id = ?), ?, ?)`,
  ).run(paymentId, paymentId, allowanceId, amountMinor)
}

/** Keeps that so much of what a payment drew from an allowance was given back. */
export function reduceDraw(db: SiteDatabase, paymentId: string, { allowanceId, amountMinor }: Drawn): void {
  statement(
    db,
    'UPDATE allowance_draws SET amount_minor = amount_minor - ? WHERE payment_id = ? AND allowance_id = ?',
  ).run(amountMinor, paymentId, allowanceId)
}

function heldOf(row: StoredAllowance): HeldAllowance {
  return {
    kind: 'held',
    allowanceId: allowanceIdSchema.parse(row.allowance_id),
    row: allowanceRowSchema.parse(JSON.parse(row.row)),
    position: { epoch: row.epoch, rev: row.rev },
    givenBackMinor: row.given_back_minor,
    drawnMinor: row.drawn_minor,
    restoredMinor: row.restored_minor,
  }
}
