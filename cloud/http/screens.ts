import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-context.ts'

/** The folders of the built screens. */
export interface ScreenFolders {
  readonly frontDoor: string
  readonly memberApp: string
  readonly hq: string
}

const dayCache = 'public, max-age=86400'
const immutable = 'public, max-age=31536000, immutable'

/** Serves the front door at `/`, the member app at `/app/` and HQ at `/hq/`, each a single-page app. */
export function screenRoutes(folders: ScreenFolders): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(sayHowToCache)
  app.get('/app', (context) => context.redirect('/app/'))
  app.get('/hq', (context) => context.redirect('/hq/'))
  for (const handler of screen(folders.memberApp, '/app')) app.get('/app/*', handler)
  for (const handler of screen(folders.hq, '/hq')) app.get('/hq/*', handler)
  for (const handler of screen(folders.frontDoor, '')) app.get('/*', handler)
  app.get('/', (context) => context.html(plainFrontDoor))
  return app
}

/** The files of one screen, then `index.html` for paths that look like a page of it. */
function screen(folder: string, base: string): MiddlewareHandler<AppEnv>[] {
  if (!existsSync(join(folder, 'index.html'))) return []
  const files = serveStatic<AppEnv>({
    root: folder,
    rewriteRequestPath: (path) => path.slice(base.length),
  })
  const index = serveStatic<AppEnv>({ root: folder, path: 'index.html' })
  const page: MiddlewareHandler<AppEnv> = (context, next) => {
    const path = context.req.path.slice(base.length)
    const isPage = !/\.\w+$/.test(path) && !path.startsWith('/api/') && !path.startsWith('/sync/')
    // The front door is one page; everything else at the root is not a page of it.
    return isPage && (base !== '' || path === '/') ? index(context, next) : next()
  }
  return [files, page]
}

const sayHowToCache: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next()
  if (context.res.ok) context.res.headers.set('cache-control', cachePolicy(context))
}

function cachePolicy(context: Context<AppEnv>): string {
  const { path } = context.req
  const isPage = context.res.headers.get('content-type')?.startsWith('text/html') ?? false
  if (isPage || path.endsWith('/sw.js')) return 'no-cache'
  return path.includes('/assets/') ? immutable : dayCache
}

const plainFrontDoor = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Gatehouse</title></head>
<body><main><h1>Gatehouse</h1>
<ul><li><a href="/app/">Member app</a>: find a place, book it, pay.</li>
<li><a href="/hq/">HQ</a>: every site, its ledger and its money.</li>
<li><a href="/docs">API documentation</a></li></ul></main></body></html>
`
