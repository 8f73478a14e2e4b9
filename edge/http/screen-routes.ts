import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'

const immutable = 'public, max-age=31536000, immutable'

/** The kiosk at `/`, the level board at `/board` and the site's admin below `/admin`, from their built files. */
export function screenRoutes(folders: { readonly kiosk: string; readonly admin: string }): Hono {
  const app = new Hono()
  if (!existsSync(join(folders.kiosk, 'index.html'))) {
    app.get('/', (c) => c.text('The screens are not built. Run ./scripts/start, which builds them.', 503))
    return app
  }
  const assets = (root: string, under: string) =>
    app.get(
      `${under}/assets/*`,
      serveStatic({
        root,
        rewriteRequestPath: (path) => path.slice(under.length),
        onFound: (_path, c) => c.header('cache-control', immutable),
      }),
    )
  const page = (folder: string) =>
    serveStatic({
      path: join(folder, 'index.html'),
      onFound: (_path, c) => c.header('cache-control', 'no-cache'),
    })
  assets(folders.kiosk, '')
  assets(folders.admin, '/admin')
  for (const path of ['/', '/board', '/book/*', '/check-in/*', '/parking/*', '/pass', '/receipt', '/help'])
    app.get(path, page(folders.kiosk))
  for (const path of ['/admin', '/admin/*']) app.get(path, page(folders.admin))
  app.get('/*', serveStatic({ root: folders.kiosk }))
  return app
}
