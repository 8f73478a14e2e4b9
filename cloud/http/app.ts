import type { RefusedRequest } from '@gatehouse/shared/api/refused-request'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { isSiteError } from '@gatehouse/shared/errors/site-error'
import type { Random } from '@gatehouse/shared/random/random'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Logger } from 'pino'
import type { Pool } from '../database/pool.ts'
import type { Auth } from '../members/auth.ts'
import { authHandler, loginFinder, requireLogin, requirePermission } from '../members/login.ts'
import { passwordRoutes } from '../members/password-routes.ts'
import { sitePasswordRoutes } from '../members/site-password-routes.ts'
import { findAddress } from './address.ts'
import { createApi } from './api.ts'
import type { AppEnv } from './app-context.ts'
import { compressAnswers } from './compression.ts'
import { documentationPage } from './documentation.ts'
import { idempotent } from './idempotency.ts'
import { limitBody, limitRate, type RequestLimits } from './limits.ts'
import { liveRoute } from './live.ts'
import type { LiveHub } from './live-hub.ts'
import { documentPlainRoutes } from './plain-routes.ts'
import { problem, refusal } from './problem.ts'
import { type ScreenFolders, screenRoutes } from './screens.ts'
import { checkHostAndOrigin, type HostRules, securityHeaders } from './security.ts'
import { traceRequests } from './trace.ts'

export interface CloudAppParts {
  readonly db: Pool
  readonly auth: Auth
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly hub: LiveHub
  readonly hostRules: HostRules
  readonly limits: RequestLimits
  /** Addresses of reverse proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
  /** The public address is https: cookies and HSTS follow. */
  readonly https: boolean
  readonly screens: ScreenFolders
  /** Machines' own doors (sync, health, metrics) with absolute paths; they check their callers themselves. */
  readonly machineRoutes: readonly Hono[]
  /** Route groups under `/api/v1`, each behind log-in. */
  readonly apiRoutes: readonly OpenAPIHono<AppEnv>[]
  /** Route groups under `/api/v1` for callers without a log-in, who prove their right by a secret. */
  readonly openRoutes: readonly OpenAPIHono<AppEnv>[]
}

/**
 * Builds the whole HTTP surface of the cloud: machines' routes, log-in, the API under `/api/v1`, live
 * messages, documentation and screens. Serve it with `serve({ fetch, websocket })`.
 */
export function createCloudApp(parts: CloudAppParts): OpenAPIHono<AppEnv> {
  const app = createApi()
  handleFailures(app, parts.logger)
  const logRefused = (request: RefusedRequest) => parts.logger.info(request, 'request refused')
  app.use(
    traceRequests(parts.random, logRefused),
    securityHeaders(parts.https),
    findAddress(parts.trustedProxies),
  )
  // Codes of enrolment are guessed at like passwords; a site uses one once.
  app.post(
    '/sync/v1/enrol',
    limitRate(parts.limits.perLogIn, parts.clock, (context) => context.get('address')),
  )
  for (const routes of parts.machineRoutes) app.route('/', routes)
  app.use(checkHostAndOrigin(parts.hostRules))
  app.use(limitRate(parts.limits.perAddress, parts.clock, (context) => context.get('address')))
  app.use(limitBody(parts.limits.bodyBytesMax))
  mountLogIn(app, parts)
  mountOpen(app, parts)
  mountApi(app, parts)
  app.use(compressAnswers())
  mountDocumentation(app)
  app.route('/', screenRoutes(parts.screens))
  return app
}

function mountLogIn(app: OpenAPIHono<AppEnv>, parts: CloudAppParts): void {
  const attempts = limitRate(parts.limits.perLogIn, parts.clock, (context) => context.get('address'))
  app.post('/api/auth/sign-in/*', attempts)
  app.post('/api/auth/sign-up/*', attempts)
  app.route('/', passwordRoutes({ ...parts, pool: parts.db }))
  app.route('/', sitePasswordRoutes({ ...parts, pool: parts.db }))
  app.on(['GET', 'POST'], '/api/auth/*', authHandler(parts.auth))
}

function mountOpen(app: OpenAPIHono<AppEnv>, parts: CloudAppParts): void {
  const one = limitRate(parts.limits.perUser, parts.clock, (context) => context.get('address'))
  app.use('/api/v1/guest/*', one)
  for (const routes of parts.openRoutes) app.route('/api/v1', routes)
}

function mountApi(app: OpenAPIHono<AppEnv>, parts: CloudAppParts): void {
  const { db, clock } = parts
  app.use('/api/v1/*', requireLogin(loginFinder(parts.auth, db)))
  app.use(
    '/api/v1/*',
    limitRate(parts.limits.perUser, clock, (context) => context.get('login').userId),
  )
  app.get('/api/v1/live', requirePermission('live.listen'), liveRoute(parts.hub, clock))
  app.use('/api/v1/*', compressAnswers(), idempotent(db, clock))
  for (const routes of parts.apiRoutes) app.route('/api/v1', routes)
}

function mountDocumentation(app: OpenAPIHono<AppEnv>): void {
  documentPlainRoutes(app)
  const describe = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Gatehouse cloud API', version: '1' },
    })
  app.get('/openapi.json', (context) => context.json(describe()))
  app.get('/docs', (context) => context.html(documentationPage(describe())))
}

function handleFailures(app: OpenAPIHono<AppEnv>, logger: Logger): void {
  app.notFound((context) => problem(context, refusal('not_found')))
  app.onError((error, context) => {
    // The JSON validator throws 400 on text that is not JSON.
    if (error instanceof HTTPException && error.status === 400) {
      return problem(context, refusal('malformed_json'))
    }
    // And 415 on another media type.
    if (error instanceof HTTPException && error.status === 415) {
      return problem(context, refusal('not_json'))
    }
    const traceId = context.get('traceId')
    logger.error(
      { err: error, traceId, method: context.req.method, path: context.req.path },
      'request failed',
    )
    const retryable = isSiteError(error) && error.retryable
    return problem(context, refusal(retryable ? 'unavailable' : 'internal'))
  })
}
