import type { Clock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import type { Notifications } from '../database/notifications.ts'
import type { Pool } from '../database/pool.ts'
import { problemResponse, refusal } from '../http/problem.ts'
import { refuseForeignCall } from '../sites/foreign-call.ts'
import { RefusedCalls } from '../sites/refused-calls.ts'
import { requireSite, type SiteEnv } from '../sites/site-access.ts'
import { currentIncarnation } from '../sites/site-store.ts'
import { ledgerFormat } from './ledger-format.ts'
import { type StreamKeeper, streamEndpoint } from './stream-endpoint.ts'
import type { StreamId } from './stream-store.ts'

const longPollMs = 20_000

export interface StreamRoutesOptions {
  readonly pool: Pool
  readonly clock: Clock
  readonly notifications: Notifications
  /** Called with the entries that were committed; must not throw. */
  readonly onAppended: (stream: StreamId, entries: readonly SealedEntry[]) => void
}

/**
 * The ledgers of sites as streams, to be mounted under `/sync/v1`: one per life of a site, made by its
 * enrolment, JSON mode, never closed, never deleted. Only a site's own token reaches its stream.
 */
export function streamRoutes(options: StreamRoutesOptions): Hono<SiteEnv> {
  return streamEndpoint({ ...options, longPollMs, keeper: ledgerKeeper(options) })
}

function ledgerKeeper({ pool, clock }: StreamRoutesOptions): StreamKeeper<SiteEnv> {
  const refused = new RefusedCalls(pool, clock)
  return {
    path: '/stream/:siteId/:incarnation',
    admit: every(requireSite(pool, clock, refused), ownStream(pool, clock)),
    onRefused: async ({ siteId }, why) => {
      if (why === 'wrong_stream') await refused.note(siteIdSchema.parse(siteId), why)
    },
    open: (context: Context<SiteEnv>) => {
      const { siteId } = context.get('site')
      const incarnation = Number(context.req.param('incarnation'))
      return Promise.resolve({ id: { siteId, incarnation }, format: ledgerFormat })
    },
  }
}

/**
 * The newest life reads those before it, to take over their books; it never writes there, and who was replaced reads
 * nothing but its own.
 */
async function mayReadPast(pool: Pool, site: StreamId, context: Context<SiteEnv>): Promise<boolean> {
  const asked = context.req.param('incarnation') ?? ''
  if (!/^[1-9]\d{0,8}$/.test(asked) || !['GET', 'HEAD'].includes(context.req.method)) return false
  return (
    Number(asked) < site.incarnation && (await currentIncarnation(pool, site.siteId)) === site.incarnation
  )
}

function ownStream(pool: Pool, clock: Clock): MiddlewareHandler<SiteEnv> {
  return async (context, next) => {
    const site = context.get('site')
    const asked = [context.req.param('siteId'), context.req.param('incarnation')]
    if (asked[0] !== site.siteId) {
      const nowMs = clock.now().wallMs
      return refuseForeignCall(pool, site, { flow: 'stream', asked: asked.join('/'), nowMs })
    }
    if (asked[1] !== String(site.incarnation) && !(await mayReadPast(pool, site, context))) {
      return problemResponse(refusal('forbidden'), undefined)
    }
    await next()
    return undefined
  }
}
