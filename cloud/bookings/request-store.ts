import type { RequestId } from '@gatehouse/shared/ids/ids'
import type { DirectoryRequestCommand } from '@gatehouse/shared/wire/v1/directory'
import type { Queryable, Transaction } from '../database/pool.ts'
import { outcomeOf, type RequestKind, type RequestOutcome } from './request-outcome.ts'
import type { SiteAnswer, SiteLink } from './site-link.ts'

/** A request to a site, as it is kept until it is settled. */
export interface StoredRequest {
  readonly requestId: RequestId
  readonly bookingId: string
  readonly siteId: string
  readonly kind: RequestKind
  readonly paymentId?: string | undefined
  readonly expiresMs: number
}

interface RequestRow {
  readonly request_id: RequestId
  readonly booking_id: string
  readonly site_id: string
  readonly kind: RequestKind
  readonly payment_id: string | null
  readonly expires_ms: number
}

const madeAfterAll = `booking_request r
  JOIN bookings b ON b.site_id = r.site_id AND b.booking_id = r.booking_id AND b.status = 'held'
  WHERE r.state = 'withdrawn' AND r.kind = 'holdBooking'
    AND NOT EXISTS (SELECT FROM booking_request c WHERE c.booking_id = r.booking_id AND c.kind = 'cancelBooking')`

/** SQL that tells whether a request waits whose answer has come or whose time is over, at `$1::bigint`, epoch ms. */
export const requestIsOver = `EXISTS (SELECT FROM booking_request r WHERE r.state = 'waiting'
  AND (r.expires_ms <= $1::bigint OR EXISTS (SELECT FROM request_answers a
    WHERE a.site_id = r.site_id AND a.request_id = r.request_id)))`

// Long enough for a person who looks at the directory to see what was asked.
const settledKeptMs = 10 * 60_000
const settledRow = `booking_request WHERE NOT removed AND settled_ms < $1::bigint - ${settledKeptMs}`

/** SQL that tells whether there are `settledRequests` at `$1::bigint`, epoch ms. */
export const requestIsSettled = `EXISTS (SELECT FROM ${settledRow})`

/** SQL that tells whether there are `holdsMadeAfterAll`. */
export const holdIsMadeAfterAll = `EXISTS (SELECT FROM ${madeAfterAll})`

/** Keeps a request and sends it down in the same transaction; one that was sent already is not sent again. */
export async function sendRequest(
  tx: Transaction,
  link: SiteLink,
  request: {
    readonly requestId: RequestId
    readonly siteId: string
    readonly command: DirectoryRequestCommand
    readonly createdMs: number
    readonly expiresMs: number
  },
): Promise<void> {
  const { requestId, siteId, command, createdMs, expiresMs } = request
  const paymentId = 'paymentId' in command ? command.paymentId : null
  const inserted = await tx.query(
    `INSERT INTO booking_request (request_id, booking_id, site_id, kind, payment_id, created_ms, expires_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [requestId, command.bookingId, siteId, command.kind, paymentId, createdMs, expiresMs],
  )
  if (inserted.rowCount === 0) return
  await link.putRequest(tx, { siteId, requestId, body: { expiresMs, command } })
}

/** Records how a waiting request ended; one that is settled stays as it is. */
export async function settleRequest(
  db: Queryable,
  request: Pick<StoredRequest, 'requestId' | 'kind'>,
  answer: SiteAnswer,
  nowMs: number,
): Promise<RequestOutcome> {
  const outcome = outcomeOf(request.kind, answer)
  await db.query(
    `UPDATE booking_request SET state = $2, refusal = $3, settled_ms = $4
     WHERE request_id = $1 AND state = 'waiting'`,
    [request.requestId, outcome.kind, outcome.kind === 'refused' ? outcome.code : null, nowMs],
  )
  return outcome
}

/** Takes a waiting request back: its directory row becomes a tombstone. `false` when it was settled meanwhile. */
export async function withdrawRequest(
  tx: Transaction,
  link: SiteLink,
  request: Pick<StoredRequest, 'requestId' | 'siteId'>,
  nowMs: number,
): Promise<boolean> {
  const changed = await tx.query(
    `UPDATE booking_request SET state = 'withdrawn', refusal = 'request_withdrawn', settled_ms = $2, removed = true
     WHERE request_id = $1 AND state = 'waiting'`,
    [request.requestId, nowMs],
  )
  if (changed.rowCount === 0) return false
  await link.putRequest(tx, { siteId: request.siteId, requestId: request.requestId, body: null })
  return true
}

/** Waiting requests with the site's answer where it has come, oldest first. */
export async function waitingRequests(
  db: Queryable,
  max: number,
): Promise<readonly { request: StoredRequest; answer: SiteAnswer | undefined }[]> {
  const found = await db.query<RequestRow & { type: string | null; body: unknown }>(
    `SELECT r.request_id, r.booking_id, r.site_id, r.kind, r.payment_id, r.expires_ms, a.type, a.body
     FROM booking_request r
     LEFT JOIN request_answers a ON a.site_id = r.site_id AND a.request_id = r.request_id
     WHERE r.state = 'waiting' ORDER BY (a.type IS NULL), r.created_ms LIMIT $1`,
    [max],
  )
  return found.rows.map((row) => ({
    request: storedRequest(row),
    answer: row.type === null ? undefined : { type: row.type, body: row.body },
  }))
}

/** Requests settled a while before `nowMs` whose rows still burden their sites' directories, oldest first. */
export async function settledRequests(
  db: Queryable,
  nowMs: number,
  max: number,
): Promise<readonly StoredRequest[]> {
  const found = await db.query<RequestRow>(
    `SELECT request_id, booking_id, site_id, kind, payment_id, expires_ms FROM ${settledRow}
     ORDER BY settled_ms LIMIT $2`,
    [nowMs, max],
  )
  return found.rows.map(storedRequest)
}

/** Takes the rows of settled requests of one site out of its directory. */
export async function removeRequests(
  tx: Transaction,
  link: SiteLink,
  siteId: string,
  requestIds: readonly RequestId[],
): Promise<void> {
  await tx.query('UPDATE booking_request SET removed = true WHERE request_id = ANY ($1)', [requestIds])
  for (const requestId of requestIds) await link.putRequest(tx, { siteId, requestId, body: null })
}

/** Holds that the cloud had taken back and that the site made nevertheless and still keeps. */
export async function holdsMadeAfterAll(db: Queryable, max: number): Promise<readonly StoredRequest[]> {
  const found = await db.query<RequestRow>(
    `SELECT r.request_id, r.booking_id, r.site_id, r.kind, r.payment_id, r.expires_ms
     FROM ${madeAfterAll} LIMIT $1`,
    [max],
  )
  return found.rows.map(storedRequest)
}

function storedRequest(row: RequestRow): StoredRequest {
  return {
    requestId: row.request_id,
    bookingId: row.booking_id,
    siteId: row.site_id,
    kind: row.kind,
    ...(row.payment_id === null ? {} : { paymentId: row.payment_id }),
    expiresMs: row.expires_ms,
  }
}
