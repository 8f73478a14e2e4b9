import type { Queryable, Transaction } from '../database/pool.ts'

/** An invitation as the cloud keeps it: the digest of its secret, the name sealed. */
export interface Invitation {
  readonly guestId: string
  readonly bookingId: string
  readonly siteId: string
  readonly userId: string
  readonly memberId: string
  readonly secretDigest: string
  readonly sealedName: Buffer | undefined
  readonly invitedMs: number
  readonly toMs: number
  /** Of the phone that opened the link, JWK `x`. */
  readonly holderKey: string | undefined
  readonly openedMs: number | undefined
  /** When the link or the pass that it was spent on was taken back. */
  readonly takenBackMs: number | undefined
}

interface Row {
  readonly guest_id: string
  readonly booking_id: string
  readonly site_id: string
  readonly user_id: string
  readonly member_id: string
  readonly secret_digest: string
  readonly sealed_name: Buffer | null
  readonly invited_ms: number
  readonly to_ms: number
  readonly holder_key: string | null
  readonly opened_ms: number | null
  readonly taken_back_ms: number | null
}

// A pass is taken back among the member's passes as well.
const invitations = `
  SELECT i.guest_id, i.booking_id, i.site_id, i.user_id, i.member_id, i.secret_digest, i.sealed_name, i.invited_ms,
    i.to_ms, i.holder_key, i.opened_ms, coalesce(i.taken_back_ms, p.revoked_ms) AS taken_back_ms
  FROM guest_invitation i LEFT JOIN pass p ON p.pass_id = 'ps_' || substr(i.guest_id, 4)`

/** The id of the pass that an invitation is spent on. */
export function passIdOfGuest(guestId: string): string {
  return `ps_${guestId.slice(3)}`
}

/** Keeps a new invitation; one under a known id or secret changes nothing. */
export async function putInvitation(
  tx: Transaction,
  invitation: Omit<Invitation, 'holderKey' | 'openedMs' | 'takenBackMs'>,
): Promise<void> {
  const { guestId, bookingId, siteId, userId, memberId } = invitation
  await tx.query(
    `INSERT INTO guest_invitation (guest_id, booking_id, site_id, user_id, member_id, secret_digest, sealed_name,
       invited_ms, to_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
    [
      ...[guestId, bookingId, siteId, userId, memberId, invitation.secretDigest],
      ...[invitation.sealedName ?? null, invitation.invitedMs, invitation.toMs],
    ],
  )
}

/** The invitations to a booking of a member, the first one first. */
export async function invitationsTo(
  db: Queryable,
  { memberId, bookingId }: { readonly memberId: string; readonly bookingId: string },
): Promise<readonly Invitation[]> {
  const { rows } = await db.query<Row>(
    `${invitations} WHERE i.booking_id = $1 AND i.member_id = $2 ORDER BY i.invited_ms, i.guest_id`,
    [bookingId, memberId],
  )
  return rows.map(invitationOf)
}

/** Makes other changes to the guests of this booking wait until the transaction ends. */
export async function lockGuests(tx: Transaction, bookingId: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('guests of ' || $1, 0))`, [bookingId])
}

/** The invitation whose secret has this digest (hex). */
export async function findInvitation(db: Queryable, secretDigest: string): Promise<Invitation | undefined> {
  const { rows } = await db.query<Row>(`${invitations} WHERE i.secret_digest = $1`, [secretDigest])
  return rows.map(invitationOf)[0]
}

/** The same, locked: of two phones at once the second sees what the first made of it. */
export async function lockInvitation(tx: Transaction, secretDigest: string): Promise<Invitation | undefined> {
  await tx.query('SELECT FROM guest_invitation WHERE secret_digest = $1 FOR UPDATE', [secretDigest])
  return findInvitation(tx, secretDigest)
}

/** Notes which phone opened a link. */
export async function markOpened(
  tx: Transaction,
  guestId: string,
  { holderKey, nowMs }: { readonly holderKey: string; readonly nowMs: number },
): Promise<void> {
  await tx.query('UPDATE guest_invitation SET holder_key = $2, opened_ms = $3 WHERE guest_id = $1', [
    ...[guestId, holderKey, nowMs],
  ])
}

/** Notes that an invitation of a member was taken back; the first time counts. Tells whether there is one. */
export async function markTakenBack(
  tx: Transaction,
  asked: { readonly memberId: string; readonly bookingId: string; readonly guestId: string },
  nowMs: number,
): Promise<boolean> {
  const { memberId, bookingId, guestId } = asked
  const { rowCount } = await tx.query(
    `UPDATE guest_invitation SET taken_back_ms = coalesce(taken_back_ms, $4)
     WHERE guest_id = $1 AND booking_id = $2 AND member_id = $3`,
    [guestId, bookingId, memberId, nowMs],
  )
  return rowCount === 1
}

function invitationOf(row: Row): Invitation {
  return {
    guestId: row.guest_id,
    bookingId: row.booking_id,
    siteId: row.site_id,
    userId: row.user_id,
    memberId: row.member_id,
    secretDigest: row.secret_digest,
    sealedName: row.sealed_name ?? undefined,
    invitedMs: row.invited_ms,
    toMs: row.to_ms,
    holderKey: row.holder_key ?? undefined,
    openedMs: row.opened_ms ?? undefined,
    takenBackMs: row.taken_back_ms ?? undefined,
  }
}
