import { timingSafeEqual } from 'node:crypto'
import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono } from 'hono'
import type { Registry } from 'prom-client'
import type { Queryable } from './database/pool.ts'
import { problemResponse, refusal } from './http/problem.ts'

export interface MachineRoutesOptions {
  readonly db: Queryable
  readonly registry: Registry
  /** Bearer token for metrics; without it only callers on this machine may read them. */
  readonly metricsToken: string | undefined
  readonly version: string
  /** `false` while starting and stopping. */
  readonly isReady: () => boolean
}

/** `/healthz` (the process lives), `/readyz` (it can serve), `/metrics` (Prometheus text). */
export function machineRoutes(options: MachineRoutesOptions): Hono {
  const routes = new Hono()
  routes.get('/healthz', (context) => context.json({ status: 'ok', version: options.version }))
  routes.get('/readyz', async (context) => {
    const isReady = options.isReady() && (await answers(options.db))
    return isReady ? context.json({ status: 'ready' }) : problemResponse(refusal('unavailable'), undefined)
  })
  routes.get('/metrics', async (context) => {
    if (!mayReadMetrics(context, options.metricsToken)) {
      return problemResponse(refusal('forbidden'), undefined)
    }
    return context.text(await options.registry.metrics(), 200, {
      'content-type': options.registry.contentType,
    })
  })
  return routes
}

async function answers(db: Queryable): Promise<boolean> {
  try {
    await db.query('SELECT 1')
    return true
  } catch {
    return false
  }
}

function mayReadMetrics(context: Context, token: string | undefined): boolean {
  if (token === undefined) {
    const { address } = getConnInfo(context).remote
    return address !== undefined && /^(::1|(::ffff:)?127(\.\d+){3})$/.test(address)
  }
  const given = Buffer.from(context.req.header('authorization') ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
