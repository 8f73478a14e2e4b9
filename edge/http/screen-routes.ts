import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'

const immutable = 'public, max-age=31536000, immutable'

/** The kiosk at `/` and the level board at `/board`, from the built files in `folder`. */
export function screenRoutes(folder: string): Hono {
  const app = new Hono()
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', (c) => c.text('The screens are not built. Run ./scripts/start, which builds them.', 503))
    return app
  }
  app.get(
    '/assets/*',
    serveStatic({ root: folder, onFound: (_path, c) => c.header('cache-control', immutable) }),
  )
  const page = serveStatic({
    path: join(folder, 'index.html'),
    onFound: (_path, c) => c.header('cache-control', 'no-cache'),
  })
  for (const path of ['/', '/board', '/book/*', '/check-in/*', '/parking/*', '/pass', '/receipt', '/help'])
    app.get(path, page)
  app.get('/*', serveStatic({ root: folder }))
  return app
}
