import { compressedBytesMin, holdsSecret, lacksLength } from '@gatehouse/shared/api/compression'
import type { MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'

/**
 * Compresses pages, scripts and JSON from 1 KiB on. Left alone: event streams, WebSockets, parts of files, and every
 * answer with `Cache-Control: no-store`. Answers to commands are small, and a place waits for them: they are not
 * even measured.
 */
export function compressAnswers(): MiddlewareHandler {
  const compressing = compress({ threshold: compressedBytesMin })
  return async (context, next) => {
    if (context.req.method !== 'GET') return next()
    return await compressing(context, async () => {
      await next()
      const { headers, status } = context.res
      if (holdsSecret(headers)) headers.append('cache-control', 'no-transform')
      else if (lacksLength(headers)) {
        const body = await context.res.arrayBuffer()
        headers.set('content-length', String(body.byteLength))
        context.res = new Response(body, { status, headers })
      }
    })
  }
}
