import { passKeyId, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { Queryable } from '../database/pool.ts'
import { keyAroundMs } from './signing-keys.ts'

/** A key that a site signed tickets and receipts with before another machine took its place. */
export interface EarlierKey {
  readonly siteId: string
  readonly keyId: string
  readonly body: DirectoryBody<'site_key'>
}

interface LivesOfKey {
  readonly site_id: string
  readonly public_key: string
  readonly use_from_ms: number
  readonly use_to_ms: number
}

/**
 * The keys of earlier lives whose papers are still honoured (ARCHITECTURE §5): each until its successor enrolled, and so
 * long after. The key that a site has now is its own matter.
 */
export async function earlierKeys(db: Queryable, nowMs: number): Promise<readonly EarlierKey[]> {
  const { rows } = await db.query<LivesOfKey>(
    `WITH lives AS (SELECT site_id, public_key, enrolled_ms,
       lead(enrolled_ms) OVER life AS ended_ms, last_value(public_key) OVER life AS last_key
       FROM site_incarnations WINDOW life AS (PARTITION BY site_id ORDER BY incarnation
         ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))
     SELECT site_id, public_key, min(enrolled_ms) AS use_from_ms, max(ended_ms) AS use_to_ms
     FROM lives WHERE public_key <> last_key GROUP BY site_id, public_key
     HAVING max(ended_ms) > $1`,
    [nowMs - keyAroundMs],
  )
  return rows.flatMap(({ site_id, public_key, use_from_ms, use_to_ms }) => {
    const bytes = publicKeyBytes(public_key)
    if (!bytes) return []
    const body = { publicKey: public_key, useFromMs: Number(use_from_ms), useToMs: Number(use_to_ms) }
    return [{ siteId: site_id, keyId: passKeyId(bytes), body }]
  })
}
