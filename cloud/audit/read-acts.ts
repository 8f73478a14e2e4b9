import type { ActPage, ActView, AuditSummary } from '@gatehouse/shared/api/audit-view'
import type { Queryable } from '../database/pool.ts'
import type { ActCode } from './act.ts'
import { actRecordSchema } from './act-record.ts'

/** Which acts somebody may read: all, or those at the sites named. */
export type ReadableActs = 'all' | readonly string[]

/** What of the audit is asked for; newest first. Times are epoch ms, `[fromMs, toMs)`. */
export interface ActQuery {
  readonly readable: ReadableActs
  readonly limit: number
  readonly beforeSeq?: number | undefined
  readonly act?: ActCode | undefined
  readonly actor?: string | undefined
  readonly site?: string | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

interface ActRow {
  readonly seq: number
  readonly hash: string
  readonly prev: string
  readonly act: string
  readonly occurred_ms: number
  readonly record: string
  readonly actor_name: string | null
  readonly subject_name: string | null
  readonly site_name: string | null
}

const siteName = `(SELECT d.body ->> 'name' FROM site_directory d WHERE d.site_id = a.site_id AND d.kind = 'site' LIMIT 1)`
const actorName = '(SELECT u.name FROM login_user u WHERE u.id = a.actor_id)'
const subjectId = `a.record::jsonb #>> '{subject,id}'`
const subjectName = `CASE a.record::jsonb #>> '{subject,kind}'
  WHEN 'user' THEN (SELECT u.name FROM login_user u WHERE u.id = ${subjectId})
  WHEN 'member' THEN (SELECT m.display_name FROM member m WHERE m.member_id = ${subjectId})
  WHEN 'credits' THEN (SELECT m.display_name FROM credit_buckets b JOIN member m USING (member_id)
    WHERE b.bucket_id = ${subjectId})
  WHEN 'site' THEN (SELECT d.body ->> 'name' FROM site_directory d
    WHERE d.site_id = ${subjectId} AND d.kind = 'site' LIMIT 1)
  END`
const namedMax = 500

/** Reads one page of acts; pages are cut by place in the chain, so new acts never move old ones. */
export async function readActs(db: Queryable, query: ActQuery): Promise<ActPage> {
  const { readable, limit } = query
  const found = await db.query<ActRow>(
    `SELECT a.seq, a.hash, a.prev, a.act, a.occurred_ms, a.record, 
       ${actorName} AS actor_name, ${subjectName} AS subject_name, ${siteName} AS site_name
     FROM admin_acts a
     WHERE ($1::text[] IS NULL OR site_id = ANY ($1))
       AND ($2::bigint IS NULL OR seq < $2)
       AND ($3::text IS NULL OR act = $3)
       AND ($4::text IS NULL OR actor_id = $4)
       AND ($5::text IS NULL OR site_id = $5)
       AND ($6::bigint IS NULL OR occurred_ms >= $6)
       AND ($7::bigint IS NULL OR occurred_ms < $7)
     ORDER BY seq DESC LIMIT $8`,
    [
      ...[readable === 'all' ? null : readable, query.beforeSeq ?? null, query.act ?? null],
      ...[query.actor ?? null, query.site ?? null, query.fromMs ?? null, query.toMs ?? null, limit + 1],
    ],
  )
  const items = found.rows.slice(0, limit).map((row) => actView(row, readable === 'all'))
  const last = items.at(-1)
  return { items, ...(found.rows.length > limit && last !== undefined && { nextBeforeSeq: last.seq }) }
}

function actView(row: ActRow, withAddress: boolean): ActView {
  const { address, ...told } = actRecordSchema.parse(JSON.parse(row.record))
  return {
    ...told,
    seq: row.seq,
    hash: row.hash,
    prev: row.prev,
    act: row.act,
    occurredMs: row.occurred_ms,
    ...(row.actor_name !== null && { actorName: row.actor_name }),
    ...(row.subject_name !== null && { subjectName: row.subject_name }),
    ...(row.site_name !== null && { siteName: row.site_name }),
    // Where a person sat is for HQ alone.
    ...(withAddress && address !== undefined && { address }),
  }
}

interface ChainRow {
  readonly head_seq: number
  readonly head_hash: string
  readonly acts: number
  readonly wrong_seq: number | null
  readonly last_seq: number
  readonly last_hash: string
}

/**
 * Walks the whole chain in the database: every text has its hash, every act names the one before it, none is
 * missing, and the end is where the head says. A full scan; about a second for some hundred thousand acts.
 */
export async function checkActChain(db: Queryable): Promise<AuditSummary['chain']> {
  const { rows } = await db.query<ChainRow>(
    `WITH walked AS (
       SELECT seq, hash, prev, record,
         lag(seq, 1, 0::bigint) OVER chain AS seq_before,
         lag(hash, 1, repeat('0', 64)) OVER chain AS hash_before
       FROM admin_acts WINDOW chain AS (ORDER BY seq)),
     told AS (
       SELECT count(*) AS acts, coalesce(max(seq), 0) AS last_seq,
         min(CASE WHEN seq <> seq_before + 1 THEN seq_before + 1 ELSE seq END) FILTER (
           WHERE seq <> seq_before + 1 OR prev <> hash_before
             OR hash <> encode(sha256(convert_to(record, 'UTF8')), 'hex')
             OR record::jsonb ->> 'seq' IS DISTINCT FROM seq::text) AS wrong_seq
       FROM walked)
     SELECT head.seq AS head_seq, head.hash AS head_hash, told.*,
       coalesce((SELECT hash FROM admin_acts WHERE seq = told.last_seq), repeat('0', 64)) AS last_hash
     FROM told LEFT JOIN admin_act_head head ON true`,
  )
  const [row] = rows
  const [headSeq, headHash] = [row?.head_seq ?? 0, row?.head_hash ?? '']
  const acts = row?.acts ?? 0
  const brokenAtSeq = row === undefined ? 1 : (row.wrong_seq ?? endBreak(row))
  if (brokenAtSeq === undefined) return { state: 'intact', acts, headSeq, headHash }
  return { state: 'broken', acts, headSeq, headHash, brokenAtSeq }
}

/** Where the last act is not the one that the head names. */
function endBreak({ head_seq, head_hash, last_seq, last_hash }: ChainRow): number | undefined {
  if (last_seq === head_seq && last_hash === head_hash) return undefined
  return last_seq === head_seq ? last_seq : Math.min(last_seq, head_seq ?? 0) + 1
}

/** Who acted and at which sites, among what somebody may read; for the filters of the screen. */
export async function readActFilters(
  db: Queryable,
  readable: ReadableActs,
): Promise<Pick<AuditSummary, 'actors' | 'sites'>> {
  const names = async (id: string, name: string) => {
    const { rows } = await db.query<{ id: string; name: string | null }>(
      `SELECT a.id, ${name} AS name FROM (
         SELECT DISTINCT ${id} AS id, ${id} FROM admin_acts
         WHERE ${id} IS NOT NULL AND ($1::text[] IS NULL OR site_id = ANY ($1))) a
       ORDER BY 2 NULLS LAST, 1 LIMIT ${namedMax}`,
      [readable === 'all' ? null : readable],
    )
    return rows.map((row) => ({ id: row.id, ...(row.name !== null && { name: row.name }) }))
  }
  return { actors: await names('actor_id', actorName), sites: await names('site_id', siteName) }
}
