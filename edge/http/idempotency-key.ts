import type { MiddlewareHandler } from 'hono'
import { refuse } from './problem.ts'

const keyPattern = /^[A-Za-z0-9._:-]{8,64}$/

declare module 'hono' {
  interface ContextVariableMap {
    idempotencyKey: string
  }
}

/**
 * How the header is documented. A schema among the request's headers would be checked by the library once more, which
 * copies all headers of each request.
 */
export const idempotencyKeyParameter = {
  name: 'idempotency-key',
  in: 'header' as const,
  required: true,
  schema: { type: 'string' as const, minLength: 8, maxLength: 64 },
}

/** Demands an `Idempotency-Key` header of 8 to 64 characters on every POST and hands it on. */
export const requireIdempotencyKey: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'POST') {
    const key = c.req.header('idempotency-key')
    if (key === undefined || !keyPattern.test(key)) return refuse(c, { code: 'key_missing' })
    c.set('idempotencyKey', key)
  }
  await next()
  return undefined
}
