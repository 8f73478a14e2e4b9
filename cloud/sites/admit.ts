import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { PastLife } from '@gatehouse/shared/wire/v1/sync'
import { endLostAllowances } from '../credits/new-life.ts'
import type { Transaction } from '../database/pool.ts'
import { startLoanIncarnation } from '../loans/new-lives.ts'

/** A life that begins. */
export interface NewLife {
  readonly siteId: SiteId
  /** Ed25519, JWK `x`. */
  readonly publicKey: string
  readonly machine: string
  readonly machineMark?: string | undefined
  /** `enrolled` begins books of its own; the others take over those of the life before. */
  readonly origin: 'enrolled' | 'recovered' | 'adopted'
  readonly nowMs: number
}

/** Admits the next life of a site; one that takes over closes the books of the life before it at their last entry. */
export async function admitLife(tx: Transaction, life: NewLife): Promise<number> {
  const { siteId, publicKey, machine, machineMark, origin, nowMs } = life
  const { rows } = await tx.query<{ incarnation: number }>(
    'UPDATE sites SET incarnation = incarnation + 1 WHERE site_id = $1 RETURNING incarnation',
    [siteId],
  )
  const incarnation = rows[0]?.incarnation ?? 1
  const takesOver = origin !== 'enrolled' && incarnation > 1
  await tx.query(
    `INSERT INTO site_incarnations
       (site_id, incarnation, public_key, machine, enrolled_ms, machine_mark, origin, books_from)
     VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $8 THEN (SELECT coalesce(books_from, incarnation)
       FROM site_incarnations WHERE site_id = $1 AND incarnation = $2 - 1) END)`,
    [siteId, incarnation, publicKey, machine, nowMs, machineMark ?? null, origin, takesOver],
  )
  await tx.query('INSERT INTO streams (site_id, incarnation) VALUES ($1, $2)', [siteId, incarnation])
  if (takesOver) {
    // Waits for an append in flight: what it brings still counts.
    await tx.query(
      'UPDATE streams SET taken_over_at_seq = head_seq WHERE site_id = $1 AND incarnation = $2',
      [siteId, incarnation - 1],
    )
  }
  await startLoanIncarnation(tx, siteId)
  await endLostAllowances(tx, siteId)
  return incarnation
}

/** The lives whose books a life took over, in order, each up to the entry at which that happened. */
export async function pastLives(
  tx: Transaction,
  siteId: SiteId,
  incarnation: number,
): Promise<readonly PastLife[]> {
  const { rows } = await tx.query<{ incarnation: number; seq: number; hash: string }>(
    `SELECT s.incarnation, coalesce(s.taken_over_at_seq, s.head_seq) AS seq, coalesce(e.hash, repeat('0', 64)) AS hash
     FROM site_incarnations i
     JOIN streams s ON s.site_id = i.site_id AND s.incarnation BETWEEN i.books_from AND i.incarnation - 1
     LEFT JOIN ledger_entries e ON e.site_id = s.site_id AND e.incarnation = s.incarnation
       AND e.seq = coalesce(s.taken_over_at_seq, s.head_seq)
     WHERE i.site_id = $1 AND i.incarnation = $2 ORDER BY s.incarnation`,
    [siteId, incarnation],
  )
  return rows.map(({ seq, hash, ...life }) => ({ ...life, head: { seq, hash } }))
}
