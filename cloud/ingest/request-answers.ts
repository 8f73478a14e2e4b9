import type { Notifications } from '../database/notifications.ts'
import type { Queryable } from '../database/pool.ts'

/** The site's answer to a request row: the type and body of the entry that answers it. */
export interface RequestAnswer {
  readonly siteId: string
  readonly requestId: string
  readonly seq: number
  /** For example `booking.held` or `request.refused`. */
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
  readonly atMs: number
}

/** The answer to a request, when it has been projected. */
export async function readRequestAnswer(
  db: Queryable,
  requestId: string,
): Promise<RequestAnswer | undefined> {
  const { rows } = await db.query<RequestAnswer>(
    `SELECT site_id AS "siteId", request_id AS "requestId", seq, type, body, at_ms AS "atMs"
     FROM request_answers WHERE request_id = $1`,
    [requestId],
  )
  return rows[0]
}

/** Waits for the answer to a request, at most `timeoutMs`; `undefined` means undecided, never failed. */
export async function waitForRequest(
  parts: { readonly db: Queryable; readonly notifications: Notifications },
  requestId: string,
  timeoutMs: number,
): Promise<RequestAnswer | undefined> {
  const answered = parts.notifications.next('request', {
    matches: (payload) => payload === requestId,
    timeoutMs,
  })
  const present = await readRequestAnswer(parts.db, requestId)
  if (present !== undefined) {
    answered.cancel()
    return present
  }
  await answered.done
  return readRequestAnswer(parts.db, requestId)
}
