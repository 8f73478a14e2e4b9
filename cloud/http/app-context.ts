import type { HttpBindings } from '@hono/node-server'
import type { Login } from '../members/permissions.ts'

/** What middleware leaves for the handlers of a request. */
export interface AppEnv {
  Bindings: Partial<HttpBindings>
  Variables: {
    /** 32 hexadecimal characters, the same from browser through cloud to edge (W3C Trace Context). */
    traceId: string
    /** The caller's address, of the socket or from the trusted proxy. */
    address: string
    /** Present behind `requireLogin`. */
    login: Login
  }
}
