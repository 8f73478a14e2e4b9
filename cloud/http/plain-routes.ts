import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from './app-context.ts'

type Method = 'get' | 'post' | 'put'

/** Served without log-in: operations, the log-in itself, and the exchange of an enrolment code. */
const open: readonly (readonly [Method, string, string])[] = [
  ['get', '/healthz', 'The process lives'],
  ['get', '/readyz', 'It can serve: its database answers'],
  ['get', '/metrics', 'Figures of this process (Prometheus text); this machine only, or by bearer token'],
  ['get', '/openapi.json', 'This document (OpenAPI 3.1)'],
  ['get', '/docs', 'This document as a page'],
  ['post', '/api/auth/sign-in/email', 'Log in by e-mail and password; sets the session cookie'],
  ['post', '/api/auth/sign-out', 'Log out'],
  ['get', '/api/auth/get-session', 'Who is logged in, or null'],
  ['post', '/sync/v1/enrol', 'A site trades its one-time code and public key for its identity'],
]

/** Served to people who are logged in. */
const forPeople: readonly (readonly [Method, string, string])[] = [
  ['get', '/api/v1/live', 'WebSocket: what changed, as far as this person may know'],
]

/** Served to sites with a token signed by their own key. */
const forSites: readonly (readonly [Method, string, string])[] = [
  ['post', '/sync/v1/handshake', 'Compares heads and says whether the site may go on'],
  ['post', '/sync/v1/heartbeat', 'Health of the site and the sums of its books, every 10 s'],
  ['put', '/sync/v1/stream/{siteId}/{incarnation}', 'Creates the stream of a ledger (Durable Streams)'],
  [
    'post',
    '/sync/v1/stream/{siteId}/{incarnation}',
    'Appends entries; Gatehouse-Head is the acknowledgement',
  ],
  ['get', '/sync/v1/stream/{siteId}/{incarnation}', 'Reads the stream of a ledger (Durable Streams)'],
  ['get', '/sync/v1/shape', 'The directory of the site (Electric shape)'],
]

/** Adds to the document what is served beside the typed routes. */
export function documentPlainRoutes(app: OpenAPIHono<AppEnv>): void {
  const registry = app.openAPIRegistry
  const login = registry.registerComponent('securitySchemes', 'login', {
    ...{ type: 'apiKey', in: 'cookie', name: 'better-auth.session_token' },
    description: 'Cookie of a log-in',
  })
  const site = registry.registerComponent('securitySchemes', 'site', {
    ...{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    description: 'Short-lived EdDSA token signed by the site',
  })
  const add = (routes: typeof open, scheme: string | undefined) => {
    for (const [method, path, summary] of routes) {
      const security = scheme === undefined ? [] : [{ [scheme]: [] }]
      const responses = { 200: { description: 'See the summary' }, 401: { description: 'Not known' } }
      registry.registerPath({ method, path, summary, security, responses })
    }
  }
  add(open, undefined)
  add(forPeople, login.name)
  add(forSites, site.name)
}
