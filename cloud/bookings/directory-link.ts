import type { Clock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { Notifications } from '../database/notifications.ts'
import type { Queryable } from '../database/pool.ts'
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
      await putRows(tx, siteIdSchema.parse(siteId), [{ kind: 'request', key: requestId, body }])
    },
    waitForAnswer: async ({ siteId, requestId }, timeoutMs) => {
      const answer = await waitForRequest(parts, requestId, timeoutMs)
      // Another site cannot answer for this one.
      return answer?.siteId === siteId ? answer : undefined
    },
  }
}
