import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { setCookie } from 'hono/cookie'
import { type DeviceCallers, deviceCookie } from './device-callers.ts'
import { refuse } from './problem.ts'
import { edgeRouter } from './router.ts'

const yearSeconds = 365 * 24 * 3600

const loginRoute = createRoute({
  method: 'post',
  path: '/device-login',
  summary: 'Pair a screen: trade its secret for a cookie of this site',
  request: {
    body: {
      content: { 'application/json': { schema: z.object({ secret: z.string().min(8).max(200) }) } },
      required: true,
    },
  },
  responses: {
    200: {
      description: 'Paired',
      content: { 'application/json': { schema: z.object({ deviceId: z.string(), scope: z.string() }) } },
    },
  },
})

/** `POST /device-login`: gives a screen its own credential as a cookie, so that no page holds the secret. */
export function deviceLoginRoutes(callers: DeviceCallers): OpenAPIHono {
  const app = edgeRouter()
  app.openapi(loginRoute, (c) => {
    const { secret } = c.req.valid('json')
    const caller = callers.find(secret)
    // A refusal is answered as a problem, which the route's declared answers do not list.
    if (!caller) return refuse(c, { code: 'credential_wrong' }) as never
    setCookie(c, deviceCookie(c.req.url, caller.scope), secret, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: yearSeconds,
      secure: new URL(c.req.url).protocol === 'https:',
    })
    return c.json({ deviceId: caller.deviceId, scope: caller.scope }, 200)
  })
  return app
}
