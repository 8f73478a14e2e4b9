import { createHmac } from 'node:crypto'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { SiteId } from '@gatehouse/shared/ids/ids'
import { canonicalJson } from '@gatehouse/shared/ledger/chain'
import type { DirectoryBody, DirectoryKind } from '@gatehouse/shared/wire/v1/directory'
import { channels } from '../database/notifications.ts'
import type { Transaction } from '../database/pool.ts'

/** A row to write; `body` null removes it on the site. */
export type DirectoryWrite = {
  [K in DirectoryKind]: { readonly kind: K; readonly key: string; readonly body: DirectoryBody<K> | null }
}[DirectoryKind]

interface Position {
  readonly epoch: number
  readonly rev: number
  readonly site_key: string
}

/**
 * Writes rows of a site's directory and their log, in the given order; returns the position of the last.
 * Positions are taken under the row lock of the site's directory, so their order is the order of commits
 * with any number of processes. Throws `unknown_site` when the site does not exist.
 */
export async function putRows(
  tx: Transaction,
  siteId: SiteId,
  writes: readonly DirectoryWrite[],
): Promise<{ readonly epoch: number; readonly rev: number }> {
  const { epoch, rev: lastRev, site_key } = await takePositions(tx, siteId, writes.length)
  if (writes.length === 0) return { epoch, rev: lastRev }
  const firstRev = lastRev - writes.length + 1
  const key = Buffer.from(site_key, 'base64url')
  const rows = writes.map(({ kind, key: rowKey, body }, at) => {
    const rev = firstRev + at
    return { kind, key: rowKey, rev, body, digest: rowDigest(key, [siteId, epoch, rev, kind, rowKey, body]) }
  })
  await store(tx, siteId, epoch, rows)
  return { epoch, rev: lastRev }
}

/** HMAC-SHA-256 hex under the site key over JCS `[site, epoch, rev, kind, key, body]`. */
function rowDigest(key: Buffer, fields: readonly [string, number, number, string, string, unknown]): string {
  return createHmac('sha256', key).update(canonicalJson(fields)).digest('hex')
}

async function takePositions(tx: Transaction, siteId: SiteId, count: number): Promise<Position> {
  const { rows } = await tx.query<Position>(
    `WITH taken AS (
       INSERT INTO directory_heads (site_id, epoch, rev)
       SELECT site_id, (SELECT epoch FROM cloud_identity), $2 FROM sites WHERE site_id = $1
       ON CONFLICT (site_id) DO UPDATE SET rev = directory_heads.rev + excluded.rev
       RETURNING epoch, rev)
     SELECT taken.epoch, taken.rev, site_secrets.site_key FROM taken, site_secrets WHERE site_id = $1`,
    [siteId, count],
  )
  const [position] = rows
  if (position !== undefined) return position
  throw new SiteError({
    code: 'unknown_site',
    op: 'directory.put',
    hint: `There is no site ${siteId}. Create it before writing its directory.`,
    retryable: false,
  })
}

async function store(
  tx: Transaction,
  siteId: SiteId,
  epoch: number,
  rows: readonly { readonly kind: string; readonly key: string; readonly rev: number }[],
): Promise<void> {
  // Of a row written twice in one call the last wins; the log keeps both.
  const last = [...new Map(rows.map((row) => [`${row.kind}/${row.key}`, row])).values()]
  const columns = '(kind text, key text, rev bigint, body jsonb, digest text)'
  // The log sees the directory as it was before: all parts of a statement do.
  await tx.query(
    `WITH logged AS (
       INSERT INTO site_directory_log (site_id, epoch, rev, kind, key, operation, body, digest)
       SELECT $1, $2, sent.rev, sent.kind, sent.key,
         CASE WHEN EXISTS (SELECT FROM site_directory d
           WHERE d.site_id = $1 AND d.kind = sent.kind AND d.key = sent.key) THEN 'update' ELSE 'insert' END,
         nullif(sent.body, 'null'), sent.digest
       FROM jsonb_to_recordset($3::jsonb) AS sent ${columns}),
     stored AS (
       INSERT INTO site_directory (site_id, epoch, kind, key, rev, body, digest)
       SELECT $1, $2, sent.kind, sent.key, sent.rev, nullif(sent.body, 'null'), sent.digest
       FROM jsonb_to_recordset($4::jsonb) AS sent ${columns}
       ON CONFLICT (site_id, kind, key) DO UPDATE
         SET epoch = excluded.epoch, rev = excluded.rev, body = excluded.body, digest = excluded.digest)
     SELECT pg_notify('${channels.directory}', $1)`,
    [siteId, epoch, JSON.stringify(rows), JSON.stringify(last)],
  )
}
