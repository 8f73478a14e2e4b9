import type { Clock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Logger } from 'pino'
import type { Notifications } from '../database/notifications.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'
import { currentTraceId } from '../http/trace.ts'
import { waitForRequest } from '../ingest/request-answers.ts'
import { isSiteOnline } from '../sites/site-health.ts'
import type { SiteLink } from './site-link.ts'

/** Writes lines of the log. */
type Log = Pick<Logger, 'info'>

/** Reaches sites through their directory and their ledger. */
export function directoryLink(parts: {
  readonly db: Queryable
  readonly clock: Clock
  readonly notifications: Notifications
  /** Gets a line for each request and each answer. */
  readonly logger?: Log
}): SiteLink {
  return {
    isOnline: (siteId) => isSiteOnline(parts.db, siteId, parts.clock.now().wallMs),
    putRequest: async (tx, { siteId, requestId, body }) => {
      const aheadMs = body === null ? 0 : await clockAheadMs(tx, siteId)
      const traceId = currentTraceId()
      const inSiteTime =
        body === null ? null : { ...body, expiresMs: body.expiresMs + aheadMs, ...(traceId && { traceId }) }
      await putRows(tx, siteIdSchema.parse(siteId), [{ kind: 'request', key: requestId, body: inSiteTime }])
      if (body === null) return
      const { kind } = body.command
      parts.logger?.info({ traceId, siteId, requestId, command: kind }, 'request goes to its site')
    },
    waitForAnswer: async ({ siteId, requestId }, timeoutMs) => {
      const answer = await waitForRequest(parts, requestId, timeoutMs)
      const outcome = answer?.type ?? 'pending'
      parts.logger?.info({ traceId: currentTraceId(), siteId, requestId, outcome }, 'answer of the site')
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
