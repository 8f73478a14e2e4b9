import type { Clock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Notifications } from '../database/notifications.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'
import { waitForRequest } from '../ingest/request-answers.ts'
import { isSiteOnline } from '../sites/site-health.ts'
import type { SiteLink } from './site-link.ts'

/** Reaches sites through their directory and their ledger. */
export function directoryLink(parts: {
  readonly db: Queryable
  readonly clock: Clock
  readonly notifications: Notifications
}): SiteLink {
  return {
    isOnline: (siteId) => isSiteOnline(parts.db, siteId, parts.clock.now().wallMs),
    putRequest: async (tx, { siteId, requestId, body }) => {
      const aheadMs = body === null ? 0 : await clockAheadMs(tx, siteId)
      const inSiteTime = body === null ? null : { ...body, expiresMs: body.expiresMs + aheadMs }
      await putRows(tx, siteIdSchema.parse(siteId), [{ kind: 'request', key: requestId, body: inSiteTime }])
    },
    waitForAnswer: async ({ siteId, requestId }, timeoutMs) => {
      const answer = await waitForRequest(parts, requestId, timeoutMs)
      // Another site cannot answer for this one.
      return answer?.siteId === siteId ? answer : undefined
    },
  }
}

/** How far the site's wall clock is ahead of ours, by its last heartbeat: it judges expiry by its own time. */
async function clockAheadMs(tx: Transaction, siteId: string): Promise<number> {
  const found = await tx.query<{ ahead_ms: number }>(
    `SELECT (heartbeat->>'wallMs')::bigint - heard_ms AS ahead_ms FROM site_health WHERE site_id = $1`,
    [siteId],
  )
  return Math.max(0, found.rows[0]?.ahead_ms ?? 0)
}
