import { type SiteId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { ActOrigin } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import { inTransaction, type Pool, type Queryable } from '../database/pool.ts'

/** A site and the operator it belongs to. */
export interface NewSite {
  readonly siteId: SiteId
  readonly operatorId: string
  readonly by: ActOrigin
}

/** Adds an operator; one that exists is renamed. */
export async function putOperator(
  pool: Pool,
  operatorId: string,
  name: string,
  by: ActOrigin,
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ created: boolean }>(
      `INSERT INTO operators (operator_id, name) VALUES ($1, $2)
       ON CONFLICT (operator_id) DO UPDATE SET name = excluded.name WHERE operators.name <> excluded.name
       RETURNING xmax = 0 AS created`,
      [operatorId, name],
    )
    const acts = rows.map(({ created }) => ({
      act: created ? ('operator.created' as const) : ('operator.renamed' as const),
      subject: { kind: 'operator' as const, id: operatorId },
      operatorId,
    }))
    await recordActs(tx, by, acts)
  })
}

/**
 * Adds a site with its own key; one that exists is left as it is. Returns the site key (32 bytes, base64url),
 * which keys the digests of credentials and directory rows.
 */
export async function createSite(pool: Pool, random: Random, site: NewSite): Promise<string> {
  const { siteId, operatorId, by } = site
  return inTransaction(pool, async (tx) => {
    const created = await tx.query(
      `INSERT INTO sites (site_id, operator_id, created_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [siteId, operatorId, by.nowMs],
    )
    const key = Buffer.from(random.bytes(32)).toString('base64url')
    await tx.query(`INSERT INTO site_secrets (site_id, site_key) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
      siteId,
      key,
    ])
    if (created.rowCount === 1) {
      await recordActs(tx, by, [{ act: 'site.created', subject: { kind: 'site', id: siteId }, siteId }])
    }
    return (await siteKey(tx, siteId)) ?? key
  })
}

/** Every site, in order, so that two writers take the sites' row locks in the same order. */
export async function allSites(db: Queryable): Promise<readonly SiteId[]> {
  const found = await db.query<{ site_id: string }>('SELECT site_id FROM sites ORDER BY site_id')
  return found.rows.map((row) => siteIdSchema.parse(row.site_id))
}

/** The site's key, base64url; `undefined` for an unknown site. */
export async function siteKey(db: Queryable, siteId: SiteId): Promise<string | undefined> {
  const { rows } = await db.query<{ site_key: string }>(
    'SELECT site_key FROM site_secrets WHERE site_id = $1',
    [siteId],
  )
  return rows[0]?.site_key
}

/** The public key (JWK `x`) that a life of a site enrolled with; `undefined` when there is no such life. */
export async function sitePublicKey(
  db: Queryable,
  siteId: SiteId,
  incarnation: number,
): Promise<string | undefined> {
  const { rows } = await db.query<{ public_key: string }>(
    'SELECT public_key FROM site_incarnations WHERE site_id = $1 AND incarnation = $2',
    [siteId, incarnation],
  )
  return rows[0]?.public_key
}

/** The newest life of a site; 0 before its first enrolment. */
export async function currentIncarnation(db: Queryable, siteId: SiteId): Promise<number> {
  const { rows } = await db.query<{ incarnation: number }>(
    'SELECT incarnation FROM sites WHERE site_id = $1',
    [siteId],
  )
  return rows[0]?.incarnation ?? 0
}
