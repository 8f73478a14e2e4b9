import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { CloudLoanCommand } from '@gatehouse/shared/loans/cloud-command'
import type { Transaction } from '../database/pool.ts'
import { lockNextPosition } from '../directory/next-position.ts'
import { LoanDesk } from './loan-desk.ts'

/**
 * Tells the loans of a site that a new incarnation of it was issued; call it in the transaction that issues it, after the
 * row of `sites` was changed. Open loans become `unconfirmed`: nothing is sold in them until the new life stands by them
 * (`loan.confirmed`). Takes the row lock of the site's directory and then of its loans (cloud/loans/loan-desk.ts).
 */
export async function startLoanIncarnation(tx: Transaction, siteId: SiteId): Promise<void> {
  await tellAll(tx, siteId, { kind: 'startIncarnation' }, ['open'])
}

/**
 * Tells all loans that a new epoch of the cloud began; call it in the transaction that begins it, after the directories
 * were renewed. Open and unconfirmed loans become `suspended` and are never sold in again: `endRestoredLoans` ends them
 * when the site has caught up and no pass of an earlier epoch can be valid.
 */
export async function startLoanEpoch(tx: Transaction): Promise<void> {
  const { rows } = await tx.query<{ site_id: string }>(
    `SELECT DISTINCT site_id FROM loans WHERE state IN ('open', 'unconfirmed') ORDER BY site_id`,
  )
  for (const { site_id } of rows) {
    await tellAll(tx, siteIdSchema.parse(site_id), { kind: 'startEpoch' }, ['open', 'unconfirmed'])
  }
}

async function tellAll(
  tx: Transaction,
  siteId: SiteId,
  command: Extract<CloudLoanCommand, { kind: 'startIncarnation' | 'startEpoch' }>,
  states: readonly string[],
): Promise<void> {
  // Under it no other transaction opens a loan of the site.
  await lockNextPosition(tx, siteId)
  const { rows } = await tx.query<{ loan_id: string }>(
    'SELECT loan_id FROM loans WHERE site_id = $1 AND state = ANY ($2)',
    [siteId, states],
  )
  if (rows.length === 0) return
  // No clock decides here.
  const desk = await LoanDesk.open(tx, () => 0, { siteId, loanIds: rows.map(({ loan_id }) => loan_id) })
  for (const { terms } of desk.all()) desk.decide(terms.loanId, command)
  await desk.save()
}
