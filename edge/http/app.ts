import { upgradeWebSocket } from '@hono/node-server'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { compressAnswers } from './compression.ts'
import { type DeviceCallers, requireScope } from './device-callers.ts'
import { deviceLoginRoutes } from './device-login.ts'
import type { LiveScreens } from './live.ts'
import { documentPlainRoutes } from './plain-routes.ts'
import { refuse } from './problem.ts'
import { type GuardOptions, guardRequests } from './request-guards.ts'
import { edgeRouter } from './router.ts'
import { screenRoutes } from './screen-routes.ts'

export interface EdgeAppOptions {
  readonly guards: GuardOptions
  readonly version: string
  readonly operations: Hono
  /** Absent until the site is enrolled: everything else then answers `site_not_ready`. */
  readonly site?: {
    readonly callers: DeviceCallers
    readonly live: LiveScreens
    /** Sub-apps of the modules, all under `/api/v1`. */
    readonly routes: readonly OpenAPIHono[]
  }
  /** Folders of the built kiosk and of the built admin. */
  readonly screens: { readonly kiosk: string; readonly admin: string }
  readonly onError: (error: unknown, traceId: string) => void
}

/** Puts together everything the edge answers over HTTP. */
export function createEdgeApp(options: EdgeAppOptions): OpenAPIHono {
  const { site } = options
  const app = edgeRouter()
  app.onError((error, c) => {
    // The JSON validator throws 400 on text that is not JSON, and 415 on another media type.
    if (error instanceof HTTPException && error.status === 400) return refuse(c, { code: 'invalid_json' })
    if (error instanceof HTTPException && error.status === 415) return refuse(c, { code: 'not_json' })
    options.onError(error, c.get('traceId'))
    return refuse(c, { code: 'internal' })
  })
  app.notFound((c) => refuse(c, { code: 'not_found' }))
  guardRequests(app, options.guards, site?.callers)
  app.route('/', options.operations)
  app.use(compressAnswers())
  if (site) {
    app.route('/api/v1', deviceLoginRoutes(site.callers))
    for (const routes of site.routes) app.route('/api/v1', routes)
    app.get('/api/v1/live', requireScope(site.callers, 'kiosk', 'board', 'panel'), liveSocket(site.live))
  } else {
    app.all('/api/*', (c) => refuse(c, { code: 'site_not_ready' }))
  }
  documentPlainRoutes(app)
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Gatehouse edge', version: options.version },
  })
  app.route('/', screenRoutes(options.screens))
  return app
}

function liveSocket(live: LiveScreens) {
  return upgradeWebSocket((c) => {
    let remove = () => {}
    return {
      onOpen: (_event, socket) => {
        remove = live.add(socket, c.get('caller').deviceId)
      },
      onClose: () => remove(),
    }
  })
}
