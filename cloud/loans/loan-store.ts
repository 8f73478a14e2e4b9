import { loanIdSchema, type SiteId, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import type { CloudLoan, FreedBlock, KnownCloudLoan, Sale } from '@gatehouse/shared/loans/cloud-loan'
import type { LoanEndReason } from '@gatehouse/shared/wire/v1/loans'
import type { Queryable, Transaction } from '../database/pool.ts'

interface LoanRow {
  readonly site_id: SiteId
  readonly loan_id: string
  readonly space_id: string
  readonly from_ms: number
  readonly to_ms: number
  readonly sell_until_ms: number
  readonly terms_epoch: number
  readonly pool_id: string | null
  readonly slot: number | null
  readonly state: KnownCloudLoan['kind']
  readonly incarnation: number
  readonly end_reason: LoanEndReason | null
  readonly end_epoch: number | null
  readonly end_rev: number | null
}

interface SaleRow {
  readonly loan_id: string
  readonly booking_id: string
  readonly from_ms: number
  readonly block_to_ms: number
  readonly status: 'held' | 'confirmed' | 'freed'
  readonly hold_until_ms: number | null
  readonly epoch: number
  readonly rev: number
}

/** Which loans of a site: by their ids, or those that cover a time of a space and are not over. */
export interface WantedLoans {
  readonly loanIds: readonly string[]
  readonly covering?: { readonly spaceIds: readonly string[]; readonly fromMs: number; readonly toMs: number }
}

/** The loans wanted, locked in the order of their ids until the end of the transaction, and the site's life now. */
export async function lockLoans(
  tx: Transaction,
  siteId: SiteId,
  { loanIds, covering = { spaceIds: [], fromMs: 0, toMs: 0 } }: WantedLoans,
): Promise<{ readonly loans: Map<string, KnownCloudLoan>; readonly incarnation: number }> {
  const { rows } = await tx.query<LoanRow>(
    `SELECT * FROM loans WHERE site_id = $1 AND (loan_id = ANY ($2)
       OR space_id = ANY ($3) AND state <> 'released' AND int8range(from_ms, to_ms) && int8range($4, greatest($4, $5::bigint)))
     ORDER BY loan_id FOR UPDATE`,
    [siteId, loanIds, covering.spaceIds, covering.fromMs, covering.toMs],
  )
  // Of their own statement, so that it sees what was committed while the locks were waited for.
  const found = await tx.query<SaleRow & { readonly site_incarnation: number }>(
    `SELECT sites.incarnation AS site_incarnation, s.* FROM sites
     LEFT JOIN loan_sales s ON s.site_id = sites.site_id AND s.loan_id = ANY ($2)
     WHERE sites.site_id = $1 ORDER BY s.sale_no`,
    [siteId, rows.map(({ loan_id }) => loan_id)],
  )
  const sales = found.rows.filter(({ loan_id }) => loan_id !== null)
  return { loans: withSales(rows, sales), incarnation: found.rows[0]?.site_incarnation ?? 0 }
}

/** The loans of a site that meet an interval and are not over, as they stand; nothing is locked. */
export async function readLoans(
  db: Queryable,
  siteId: string,
  interval: { readonly fromMs: number; readonly toMs: number },
): Promise<Map<string, KnownCloudLoan>> {
  const { rows } = await db.query<LoanRow>(
    `SELECT * FROM loans WHERE site_id = $1 AND state <> 'released'
       AND int8range(from_ms, to_ms) && int8range($2, greatest($2, $3::bigint)) ORDER BY from_ms, loan_id`,
    [siteId, interval.fromMs, interval.toMs],
  )
  if (rows.length === 0) return new Map()
  const sales = await db.query<SaleRow>(
    `SELECT loan_id, booking_id, from_ms, block_to_ms, status, hold_until_ms, epoch, rev FROM loan_sales
     WHERE site_id = $1 AND loan_id = ANY ($2) ORDER BY sale_no`,
    [siteId, rows.map(({ loan_id }) => loan_id)],
  )
  return withSales(rows, sales.rows)
}

function withSales(loans: readonly LoanRow[], rows: readonly SaleRow[]): Map<string, KnownCloudLoan> {
  const sales = new Map<string, SaleRow[]>(loans.map(({ loan_id }) => [loan_id, []]))
  for (const row of rows) sales.get(row.loan_id)?.push(row)
  return new Map(loans.map((row) => [row.loan_id, loanOf(row, sales.get(row.loan_id) ?? [])]))
}

function loanOf(row: LoanRow, blocks: readonly SaleRow[]): KnownCloudLoan {
  const terms = {
    loanId: loanIdSchema.parse(row.loan_id),
    spaceId: spaceIdSchema.parse(row.space_id),
    fromMs: row.from_ms,
    toMs: row.to_ms,
    sellUntilMs: row.sell_until_ms,
    epoch: row.terms_epoch,
    ...(row.pool_id === null || row.slot === null ? {} : { pool: { poolId: row.pool_id, slot: row.slot } }),
  }
  const facts = {
    terms,
    incarnation: row.incarnation,
    sales: blocks.flatMap((block) => saleOf(block)),
    freed: blocks.filter(({ status }) => status === 'freed').map(blockOf),
  }
  if (row.state !== 'ended') return { ...facts, kind: row.state }
  const position = { epoch: row.end_epoch ?? 0, rev: row.end_rev ?? 0 }
  return { ...facts, kind: 'ended', reason: row.end_reason ?? 'close', position }
}

function saleOf(row: SaleRow): Sale[] {
  const { status, hold_until_ms } = row
  if (status === 'freed') return []
  return [{ ...blockOf(row), status, ...(hold_until_ms === null ? {} : { holdUntilMs: hold_until_ms }) }]
}

function blockOf({ booking_id, from_ms, block_to_ms, epoch, rev }: SaleRow): FreedBlock {
  return { bookingId: booking_id, fromMs: from_ms, blockToMs: block_to_ms, position: { epoch, rev } }
}

/** Writes what became of a locked loan. */
export async function writeLoan(
  tx: Transaction,
  siteId: SiteId,
  change: { readonly before: CloudLoan; readonly after: KnownCloudLoan; readonly nowMs: number },
): Promise<void> {
  const { before, after, nowMs } = change
  if (before.kind === 'unknown') await insertLoan(tx, siteId, after, nowMs)
  else if (before.kind !== after.kind || before.incarnation !== after.incarnation) {
    const end = after.kind === 'ended' ? after : undefined
    await tx.query(
      `UPDATE loans SET state = $3, incarnation = $4, changed_ms = $5, end_reason = coalesce($6, end_reason),
         end_epoch = coalesce($7, end_epoch), end_rev = coalesce($8, end_rev) WHERE site_id = $1 AND loan_id = $2`,
      [
        ...[siteId, after.terms.loanId, after.kind, after.incarnation, nowMs],
        ...[end?.reason ?? null, end?.position.epoch ?? null, end?.position.rev ?? null],
      ],
    )
  }
  await writeSales(tx, siteId, before.kind === 'unknown' ? [] : blocksOf(before), after)
}

async function insertLoan(
  tx: Transaction,
  siteId: SiteId,
  { terms, kind, incarnation }: KnownCloudLoan,
  nowMs: number,
): Promise<void> {
  const { loanId, spaceId, fromMs, toMs, sellUntilMs, epoch, pool } = terms
  await tx.query(
    `INSERT INTO loans (site_id, loan_id, space_id, from_ms, to_ms, sell_until_ms, terms_epoch, pool_id, slot, state,
       incarnation, granted_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)`,
    [
      ...[
        siteId,
        loanId,
        spaceId,
        fromMs,
        toMs,
        sellUntilMs,
        epoch,
        pool?.poolId ?? null,
        pool?.slot ?? null,
      ],
      ...[kind, incarnation, nowMs],
    ],
  )
}

interface StoredBlock extends FreedBlock {
  readonly status: 'held' | 'confirmed' | 'freed'
  readonly holdUntilMs?: number
}

function blocksOf({ sales, freed }: KnownCloudLoan): readonly StoredBlock[] {
  return [...sales, ...freed.map((block) => ({ ...block, status: 'freed' as const }))]
}

const print = ({ bookingId, fromMs, blockToMs, status, holdUntilMs, position }: StoredBlock) =>
  [bookingId, fromMs, blockToMs, status, holdUntilMs, position.epoch, position.rev].join(' ')

/** A block that goes on under another status keeps its row: only a new sale asks whether the loan is open. */
async function writeSales(
  tx: Transaction,
  siteId: SiteId,
  before: readonly StoredBlock[],
  loan: KnownCloudLoan,
): Promise<void> {
  const after = blocksOf(loan)
  const kept = new Set(after.map(print))
  const known = new Set(before.map(print))
  const gone = before.filter((block) => !kept.has(print(block)))
  const changes: { from: StoredBlock | undefined; to: StoredBlock }[] = []
  for (const to of after.filter((block) => !known.has(print(block)))) {
    const at = gone.findIndex(({ bookingId }) => bookingId === to.bookingId)
    changes.push({ from: at < 0 ? undefined : gone.splice(at, 1)[0], to })
  }
  for (const block of gone) {
    await tx.query(`DELETE FROM loan_sales WHERE ${thisBlock}`, blockKey(siteId, loan, block))
  }
  for (const { from, to } of changes) {
    if (from !== undefined) {
      await tx.query(
        `UPDATE loan_sales SET from_ms = $9, block_to_ms = $10, status = $11, hold_until_ms = $12, epoch = $13, rev = $14
         WHERE ${thisBlock}`,
        [...blockKey(siteId, loan, from), ...blockValues(to)],
      )
    }
  }
  for (const { from, to } of changes) if (from === undefined) await insertSale(tx, siteId, loan, to)
}

const thisBlock = `site_id = $1 AND loan_id = $2 AND booking_id = $3 AND from_ms = $4 AND block_to_ms = $5
  AND status = $6 AND epoch = $7 AND rev = $8`

function blockKey(siteId: SiteId, { terms }: KnownCloudLoan, block: StoredBlock): unknown[] {
  const { bookingId, fromMs, blockToMs, status, position } = block
  return [siteId, terms.loanId, bookingId, fromMs, blockToMs, status, position.epoch, position.rev]
}

function blockValues({ fromMs, blockToMs, status, holdUntilMs, position }: StoredBlock): unknown[] {
  return [fromMs, blockToMs, status, holdUntilMs ?? null, position.epoch, position.rev]
}

async function insertSale(
  tx: Transaction,
  siteId: SiteId,
  { terms }: KnownCloudLoan,
  sale: StoredBlock,
): Promise<void> {
  const { loanId, spaceId, fromMs, toMs } = terms
  await tx.query(
    `INSERT INTO loan_sales (site_id, loan_id, booking_id, space_id, loan_from_ms, loan_to_ms, from_ms, block_to_ms,
       status, hold_until_ms, epoch, rev) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [siteId, loanId, sale.bookingId, spaceId, fromMs, toMs, ...blockValues(sale)],
  )
}
