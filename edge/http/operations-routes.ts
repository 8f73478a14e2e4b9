import { Hono } from 'hono'
import type { Registry } from 'prom-client'

/** One thing that must be well before the site is ready. */
export interface ReadinessCheck {
  readonly name: string
  readonly check: () => { readonly ok: boolean; readonly detail?: string }
}

export interface OperationsOptions {
  readonly version: string
  readonly registry: Registry
  readonly readiness: readonly ReadinessCheck[]
}

/** `/healthz` (the process answers), `/readyz` (the site can work), `/metrics` (Prometheus). */
export function operationsRoutes({ version, registry, readiness }: OperationsOptions): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ status: 'ok', version }))
  app.get('/readyz', (c) => {
    const checks = readiness.map(({ name, check }) => ({ name, ...check() }))
    const ready = checks.every(({ ok }) => ok)
    return c.json({ status: ready ? 'ready' : 'not_ready', checks }, ready ? 200 : 503)
  })
  app.get('/metrics', async (c) =>
    c.text(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  )
  return app
}
