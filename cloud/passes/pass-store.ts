import type { Queryable, Transaction } from '../database/pool.ts'

/** A pass as the cloud keeps it: to whom it was given, never the private half of a key. */
export interface StoredPass {
  readonly passId: string
  readonly siteId: string
  readonly kind: 'booking' | 'member' | 'guest'
  readonly userId: string
  readonly memberId: string
  readonly bookingId: string | undefined
  readonly guestId: string | undefined
  /** JWK `x`. */
  readonly holderKey: string
  readonly issuedMs: number
  readonly toMs: number
  readonly revokedMs: number | undefined
}

interface PassRow {
  readonly pass_id: string
  readonly site_id: string
  readonly kind: StoredPass['kind']
  readonly user_id: string
  readonly member_id: string
  readonly booking_id: string | null
  readonly guest_id: string | null
  readonly holder_key: string
  readonly issued_ms: number
  readonly to_ms: number
  readonly revoked_ms: number | null
}

const columns =
  'pass_id, site_id, kind, user_id, member_id, booking_id, guest_id, holder_key, issued_ms, to_ms, revoked_ms'

/** Keeps a new pass; the same one twice is kept once. */
export async function putPass(db: Queryable, pass: StoredPass): Promise<void> {
  await db.query(
    `INSERT INTO pass (pass_id, site_id, kind, user_id, member_id, booking_id, guest_id, holder_key, issued_ms, to_ms,
       created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9) ON CONFLICT DO NOTHING`,
    [
      ...[pass.passId, pass.siteId, pass.kind, pass.userId, pass.memberId, pass.bookingId ?? null],
      ...[pass.guestId ?? null, pass.holderKey, pass.issuedMs, pass.toMs],
    ],
  )
}

/** One pass of a member, locked; `undefined` when there is none by that id or it is somebody else's. */
export async function lockPass(
  tx: Transaction,
  memberId: string,
  passId: string,
): Promise<StoredPass | undefined> {
  const { rows } = await tx.query<PassRow>(
    `SELECT ${columns} FROM pass WHERE member_id = $1 AND pass_id = $2 FOR UPDATE`,
    [memberId, passId],
  )
  return rows.map(storedPass)[0]
}

/**
 * How many passes a new one of the member comes to that have neither run out nor been taken back, but for guests';
 * none when it was given already. Other new ones of the member wait until the transaction ends.
 */
export async function countBeforeNew(
  tx: Transaction,
  { memberId, passId }: Pick<StoredPass, 'memberId' | 'passId'>,
  nowMs: number,
): Promise<number> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('passes of ' || $1, 0))`, [memberId])
  const { rows } = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pass WHERE member_id = $1 AND to_ms > $2 AND revoked_ms IS NULL
       AND kind <> 'guest' AND NOT EXISTS (SELECT FROM pass WHERE member_id = $1 AND pass_id = $3)`,
    [memberId, nowMs, passId],
  )
  return rows[0]?.count ?? 0
}

/** Where a page of passes goes on: after the one given then, by that id. */
export interface PassCursor {
  readonly givenMs: number
  readonly passId: string
}

/** What `passCursorText` writes. */
export const passCursorPattern = /^\d{1,15}\.ps_[0-9A-Za-z]{1,40}$/

/** The cursor as a caller sends it back. */
export function passCursorText({ givenMs, passId }: PassCursor): string {
  return `${givenMs}.${passId}`
}

/** Reads what fits `passCursorPattern`. */
export function readPassCursor(text: string): PassCursor {
  const [givenMs = '', passId = ''] = text.split('.')
  return { givenMs: Number(givenMs), passId }
}

/** Passes of a member that have neither run out nor been taken back, the ones given last first; at most `limit`. */
export async function passesInForce(
  db: Queryable,
  asked: {
    readonly memberId: string
    readonly nowMs: number
    readonly after: PassCursor | undefined
    readonly limit: number
  },
): Promise<(StoredPass & { readonly givenMs: number })[]> {
  const { memberId, nowMs, after, limit } = asked
  const { rows } = await db.query<PassRow & { readonly created_ms: number }>(
    `SELECT ${columns}, created_ms FROM pass
      WHERE member_id = $1 AND to_ms > $2 AND revoked_ms IS NULL
        AND ($3::bigint IS NULL OR (created_ms, pass_id) < ($3, $4))
      ORDER BY created_ms DESC, pass_id DESC LIMIT $5`,
    [memberId, nowMs, after?.givenMs ?? null, after?.passId ?? '', limit],
  )
  return rows.map((row) => ({ ...storedPass(row), givenMs: row.created_ms }))
}

/** Notes a renewal. */
export async function renewPass(
  tx: Transaction,
  passId: string,
  { issuedMs, toMs }: { readonly issuedMs: number; readonly toMs: number },
): Promise<void> {
  await tx.query('UPDATE pass SET issued_ms = $2, to_ms = $3 WHERE pass_id = $1', [passId, issuedMs, toMs])
}

/** Notes that a pass was taken back. */
export async function markRevoked(tx: Transaction, passId: string, nowMs: number): Promise<void> {
  await tx.query('UPDATE pass SET revoked_ms = $2 WHERE pass_id = $1', [passId, nowMs])
}

function storedPass(row: PassRow): StoredPass {
  return {
    passId: row.pass_id,
    siteId: row.site_id,
    kind: row.kind,
    userId: row.user_id,
    memberId: row.member_id,
    bookingId: row.booking_id ?? undefined,
    guestId: row.guest_id ?? undefined,
    holderKey: row.holder_key,
    issuedMs: row.issued_ms,
    toMs: row.to_ms,
    revokedMs: row.revoked_ms ?? undefined,
  }
}
