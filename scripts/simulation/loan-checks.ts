import { statement } from '@gatehouse/edge/ledger/statements'
import type { Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'

interface CloudLoan {
  readonly loan_id: string
  readonly space_id: string
  readonly state: string
}

interface CloudSale {
  readonly booking_id: string
  readonly space_id: string
  readonly from_ms: number
  readonly block_to_ms: number
  readonly status: string
}

/** What the cloud holds of one site's loans. */
export interface CloudLending {
  readonly loans: readonly CloudLoan[] | null
  readonly sales: readonly CloudSale[] | null
  /** A sale in an ended loan that the row which told the site of the end does not name. */
  readonly unnamed: string | null
}

/** Columns for the statement that looks at a site's stream `s`. */
export const lendingColumns = `
  (SELECT jsonb_agg(jsonb_build_object('loan_id', l.loan_id, 'space_id', l.space_id, 'state', l.state))
   FROM loans l WHERE l.site_id = s.site_id AND l.state IN ('open', 'unconfirmed')) AS loans,
  (SELECT jsonb_agg(jsonb_build_object('booking_id', x.booking_id, 'space_id', x.space_id, 'from_ms', x.from_ms,
     'block_to_ms', x.block_to_ms, 'status', x.status))
   FROM loan_sales x WHERE x.site_id = s.site_id AND x.status <> 'freed') AS sales,
  (SELECT 'loan ' || l.loan_id || ' ended, and its row names no sale ' || x.booking_id
   FROM loans l JOIN loan_sales x ON x.site_id = l.site_id AND x.loan_id = l.loan_id AND x.status <> 'freed'
   LEFT JOIN site_directory d ON d.site_id = l.site_id AND d.kind = 'loan' AND d.key = l.loan_id
   WHERE l.site_id = s.site_id AND l.state = 'ended' AND coalesce((d.body -> 'kept') || (d.body -> 'freed'), '[]')
     @> jsonb_build_array(jsonb_build_object('bookingId', x.booking_id)) IS FALSE LIMIT 1) AS unnamed`

/**
 * One authority for each space and moment, and nothing sold twice across the tiers: whatever the cloud may sell is lent
 * in the site's own store at the same moment, and no block of the site meets a sale of the cloud.
 */
export function checkLending(machine: SiteMachine, { loans, sales }: CloudLending): string | undefined {
  const db = machine.life?.site.kernel.db
  if (!db) return undefined
  const stated = statement<{ kind: string }>(db, 'SELECT kind FROM loans WHERE loan_id = ?')
  for (const { loan_id, space_id, state } of loans ?? []) {
    const kind = stated.get(loan_id)?.kind
    if (kind === undefined || kind === 'ended') {
      return `both may sell ${space_id} of ${machine.siteId}: loan ${loan_id} is ${state} in the cloud, ${kind ?? 'unknown'} there`
    }
  }
  const meets = statement<{ booking_id: string }>(
    db,
    `SELECT booking_id FROM booking_blocks
     WHERE space_id = ? AND from_ms < ? AND block_to_ms > ? AND booking_id <> ?
       AND booking_id NOT IN (SELECT booking_id FROM cloud_bookings WHERE known = 'held') LIMIT 1`,
  )
  // A hold that the cloud gave up unpaid had no pass: its block is sold again before the site hears of the end. That no two
  // sales of the cloud meet is the store's own constraint.
  for (const sale of sales ?? []) {
    const own = meets.get(sale.space_id, sale.block_to_ms, sale.from_ms, sale.booking_id)
    if (own) {
      return `${sale.space_id} of ${machine.siteId} is sold twice: ${sale.booking_id} (${sale.status}) by the cloud, ${own.booking_id} there`
    }
  }
  return undefined
}

/** Loans as both sides see them once all is healed; the first difference in words. */
export function loanDifference(
  simulation: Simulation,
  rows: readonly { readonly site_id: string; readonly loan_id: string; readonly state: string }[],
): string | undefined {
  for (const { site_id, loan_id, state } of rows) {
    const db = simulation.sites.get(site_id)?.machine.life?.site.kernel.db
    const own = db
      ?.prepare<[string], { kind: string }>('SELECT kind FROM loans WHERE loan_id = ?')
      .get(loan_id)
    const isOver = state === 'ended' || state === 'released'
    if (own && (own.kind === 'ended') !== isOver)
      return `loan ${loan_id} is ${state} in the cloud, ${own.kind} at ${site_id}`
  }
  return undefined
}
