import type { Clock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { type DirectoryWrite, putRows } from '../directory/put-rows.ts'
import { addSigningKey, isSuccessorDue, knownKeys, type SigningKey } from './signing-keys.ts'

export interface TendParts {
  readonly pool: Pool
  readonly clock: Clock
  /** The key that sites pinned at enrolment: the first that passes are signed with. */
  readonly identity: { readonly publicKey: string; readonly privateKey: string }
}

const batchMax = 500
/** A revocation stays in the directory this long after its pass has run out. */
const revocationKeptMs = 24 * 3_600_000
/** Passes that ran out are kept so long for whoever asks what was given. */
const passKeptMs = 365 * 24 * 3_600_000

/**
 * Keeps the keys of passes in order: the first, successors in time, every site told, rows removed when nobody needs
 * them. Safe to run at any time, in any number of processes; run it every few seconds.
 */
export async function tendPasses({ pool, clock, identity }: TendParts): Promise<void> {
  const nowMs = clock.now().wallMs
  if (isSuccessorDue(await knownKeys(pool, nowMs), nowMs)) {
    await inTransaction(pool, async (tx) => {
      await tx.query('LOCK TABLE pass_signing_key IN SHARE ROW EXCLUSIVE MODE')
      if (isSuccessorDue(await knownKeys(tx, nowMs), nowMs)) await addSigningKey(tx, identity, nowMs)
    })
  }
  const keys = await knownKeys(pool, nowMs)
  const stale = await staleRows(pool, keys, nowMs)
  for (const [siteId, rows] of stale) {
    await inTransaction(pool, (tx) => writeRows(tx, siteId, rows))
  }
  await pool.query('DELETE FROM pass WHERE to_ms < $1', [nowMs - passKeptMs])
}

async function writeRows(tx: Transaction, siteId: string, rows: readonly DirectoryWrite[]): Promise<void> {
  await putRows(tx, siteIdSchema.parse(siteId), rows)
}

interface StaleRow {
  readonly site_id: string
  readonly kind: 'pass_key' | 'pass_revocation'
  readonly key: string
}

/** What sites miss or need no longer, by site. */
async function staleRows(
  pool: Pool,
  keys: readonly SigningKey[],
  nowMs: number,
): Promise<ReadonlyMap<string, readonly DirectoryWrite[]>> {
  const bodies = new Map(keys.map((key) => [key.keyId, keyBody(key)]))
  const { rows } = await pool.query<StaleRow>(
    `WITH wanted AS (SELECT key, body FROM jsonb_to_recordset($1::jsonb) AS sent (key text, body jsonb))
     SELECT sites.site_id, 'pass_key' AS kind, wanted.key FROM sites, wanted
     WHERE NOT EXISTS (SELECT FROM site_directory d
       WHERE d.site_id = sites.site_id AND d.kind = 'pass_key' AND d.key = wanted.key AND d.body = wanted.body)
     UNION ALL
     SELECT site_id, kind, key FROM site_directory WHERE body IS NOT NULL AND (
       kind = 'pass_key' AND key NOT IN (SELECT key FROM wanted)
       OR kind = 'pass_revocation' AND (body ->> 'toMs')::bigint < $2)
     ORDER BY 1, 2, 3 LIMIT ${batchMax}`,
    [JSON.stringify([...bodies].map(([key, body]) => ({ key, body }))), nowMs - revocationKeptMs],
  )
  const bySite = new Map<string, DirectoryWrite[]>()
  for (const { site_id, kind, key } of rows) {
    const write: DirectoryWrite =
      kind === 'pass_key' ? { kind, key, body: bodies.get(key) ?? null } : { kind, key, body: null }
    bySite.set(site_id, [...(bySite.get(site_id) ?? []), write])
  }
  return bySite
}

function keyBody({ publicKey, useFromMs, useToMs }: SigningKey) {
  return { publicKey, useFromMs, ...(useToMs === undefined ? {} : { useToMs }) }
}
