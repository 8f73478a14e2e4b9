import type { OpenAPIHono } from '@hono/zod-openapi'

const problem = { description: 'A problem (RFC 9457) with a stable code and what to do next' }

/** Adds to the document what is served beside the typed routes: operations and live messages. */
export function documentPlainRoutes(app: OpenAPIHono): void {
  const get = (path: string, summary: string, responses: Record<number, { description: string }>) =>
    app.openAPIRegistry.registerPath({ method: 'get', path, summary, responses })
  get('/healthz', 'The process answers', { 200: { description: 'Alive, with its version' } })
  get('/readyz', 'The site can work: ledger, directory, storage and clock', {
    200: { description: 'Ready, with every check' },
    503: { description: 'Not ready; the checks say why' },
  })
  get('/metrics', 'Figures of this process (Prometheus text)', { 200: { description: 'Metrics' } })
  get('/openapi.json', 'This document (OpenAPI 3.1)', { 200: { description: 'Document' } })
  get('/api/v1/live', 'WebSocket: what changed, for paired screens', {
    101: { description: 'Upgraded; messages of kind hello, changed, identified' },
    401: problem,
    403: problem,
  })
}
