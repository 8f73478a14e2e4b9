import type { Context, MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'

/** Smaller answers travel in one packet anyway. */
const compressedBytesMin = 1_024

/**
 * Compresses pages, scripts and JSON from 1 KiB on. Left alone: event streams, WebSockets, parts of files, and every
 * answer with `Cache-Control: no-store`, which is how an answer that holds a secret says so (BREACH: the length of
 * a compressed answer tells about a secret beside text that somebody else chose). Answers to commands are small, and
 * a place waits for them: they are not even measured.
 */
export function compressAnswers(): MiddlewareHandler {
  const compressing = compress({ threshold: compressedBytesMin })
  return async (context, next) => {
    if (context.req.method !== 'GET') return next()
    return await compressing(context, async () => {
      await next()
      await measure(context)
    })
  }
}

/** The library judges by `Content-Length`, which JSON made in memory does not have yet. */
async function measure(context: Context): Promise<void> {
  const { headers } = context.res
  if (headers.get('cache-control')?.includes('no-store')) {
    headers.set('cache-control', `${headers.get('cache-control')}, no-transform`)
    return
  }
  const isJson = headers.get('content-type')?.startsWith('application/json') ?? false
  if (!isJson || headers.has('content-length') || headers.has('content-encoding')) return
  const body = await context.res.arrayBuffer()
  headers.set('content-length', String(body.byteLength))
  context.res = new Response(body, { status: context.res.status, headers })
}
