import type { Queryable } from '../database/pool.ts'

/** What a person at HQ must look at (ARCHITECTURE §4). */
export type ExceptionKind =
  | 'chain_gap'
  | 'chain_fork'
  | 'clone'
  | 'foreign_call'
  | 'unprojectable'
  | 'difference'

export interface NewException {
  readonly siteId: string
  readonly kind: ExceptionKind
  /** Names the case: the same open case is not opened twice. */
  readonly about: string
  readonly detail: Readonly<Record<string, unknown>>
  readonly nowMs: number
}

/** Opens an exception; an open one about the same case stays as it is. Tells whether it opened one. */
export async function openException(db: Queryable, exception: NewException): Promise<boolean> {
  const { rowCount } = await db.query(
    `INSERT INTO exceptions (site_id, kind, about, detail, opened_ms) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (site_id, kind, about) WHERE closed_ms IS NULL DO NOTHING`,
    [exception.siteId, exception.kind, exception.about, JSON.stringify(exception.detail), exception.nowMs],
  )
  return rowCount === 1
}
