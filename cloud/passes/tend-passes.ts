import type { Clock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { type DirectoryWrite, putRows } from '../directory/put-rows.ts'
import { addSigningKey, isSuccessorDue, knownKeys, type SigningKey } from './signing-keys.ts'
import { earlierKeys } from './site-keys.ts'

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
 * Keeps the keys of passes in order: the first, successors in time, every site told, also of those that it signed papers
 * with in earlier lives, rows removed when nobody needs them. Safe to run at any time, in any number of processes; run it every few seconds.
 */
export async function tendPasses({ pool, clock, identity }: TendParts): Promise<void> {
  const nowMs = clock.now().wallMs
  let keys = await knownKeys(pool, nowMs)
  if (isSuccessorDue(keys, nowMs)) {
    await inTransaction(pool, async (tx) => {
      await tx.query('LOCK TABLE pass_signing_key IN SHARE ROW EXCLUSIVE MODE')
      if (isSuccessorDue(await knownKeys(tx, nowMs), nowMs)) await addSigningKey(tx, identity, nowMs)
    })
    keys = await knownKeys(pool, nowMs)
  }
  const stale = await staleRows(pool, keys, nowMs)
  for (const [siteId, rows] of stale) {
    await inTransaction(pool, (tx) => writeRows(tx, siteId, rows))
  }
}

/** Forgets passes that ran out long ago. */
export async function prunePasses({ pool, clock }: Pick<TendParts, 'pool' | 'clock'>): Promise<void> {
  await pool.query('DELETE FROM pass WHERE to_ms < $1', [clock.now().wallMs - passKeptMs])
}

async function writeRows(tx: Transaction, siteId: string, rows: readonly DirectoryWrite[]): Promise<void> {
  await putRows(tx, siteIdSchema.parse(siteId), rows)
}

/** A row as it should be; `body` is `null` when the row is needed no longer. */
type StaleRow = { readonly site_id: string } & Extract<
  DirectoryWrite,
  { kind: 'pass_key' | 'site_key' | 'pass_revocation' }
>

/** What sites miss or need no longer, by site. */
async function staleRows(
  pool: Pool,
  keys: readonly SigningKey[],
  nowMs: number,
): Promise<ReadonlyMap<string, readonly DirectoryWrite[]>> {
  const passKeys = keys.map((key) => ({ key: key.keyId, body: keyBody(key) }))
  const siteKeys = (await earlierKeys(pool, nowMs)).map(({ siteId, keyId, body }) => ({
    ...{ site_id: siteId, key: keyId, body },
  }))
  const { rows } = await pool.query<StaleRow>(
    `WITH wanted AS (
       SELECT site_id, 'pass_key' AS kind, key, body
       FROM sites, jsonb_to_recordset($1::jsonb) AS sent (key text, body jsonb)
       UNION ALL
       SELECT site_id, 'site_key', key, body
       FROM jsonb_to_recordset($2::jsonb) AS sent (site_id text, key text, body jsonb))
     SELECT * FROM wanted WHERE NOT EXISTS (SELECT FROM site_directory d WHERE d.site_id = wanted.site_id
       AND d.kind = wanted.kind AND d.key = wanted.key AND d.body = wanted.body)
     UNION ALL
     SELECT site_id, kind, key, NULL FROM site_directory d WHERE body IS NOT NULL AND (
       kind IN ('pass_key', 'site_key') AND NOT EXISTS (SELECT FROM wanted WHERE wanted.site_id = d.site_id
         AND wanted.kind = d.kind AND wanted.key = d.key)
       OR kind = 'pass_revocation' AND (body ->> 'toMs')::bigint < $3)
     ORDER BY 1, 2, 3 LIMIT ${batchMax}`,
    [JSON.stringify(passKeys), JSON.stringify(siteKeys), nowMs - revocationKeptMs],
  )
  const bySite = new Map<string, DirectoryWrite[]>()
  for (const { site_id, ...write } of rows) bySite.set(site_id, [...(bySite.get(site_id) ?? []), write])
  return bySite
}

function keyBody({ publicKey, useFromMs, useToMs }: SigningKey) {
  return { publicKey, useFromMs, ...(useToMs === undefined ? {} : { useToMs }) }
}
