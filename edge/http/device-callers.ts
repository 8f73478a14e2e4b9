import { type DeviceId, deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { DirectoryReader } from '../sync/directory.ts'
import { refuse } from './problem.ts'

/** What a device on the site's network may do. `panel` reads what staff would: doors, lanes, ledger, devices. */
export type DeviceScope = 'kiosk' | 'board' | 'camera' | 'sensor' | 'panel'

/** A device that proved its credential. */
export interface DeviceCaller {
  readonly deviceId: DeviceId
  readonly scope: DeviceScope
}

declare module 'hono' {
  interface ContextVariableMap {
    traceId: string
    caller: DeviceCaller
  }
}

const scopes = new Set<string>(['kiosk', 'board', 'camera', 'sensor', 'panel'])
/** The cookie in which a paired screen keeps its secret; HttpOnly, this site only. */
export const deviceCookie = 'gatehouse_device'

/** Finds devices by the secret they present; only digests are known here. */
export class DeviceCallers {
  readonly #directory: DirectoryReader
  #heard: (deviceId: DeviceId) => void = () => {}
  #byDigest = new Map<string, DeviceCaller>()

  constructor(directory: DirectoryReader) {
    this.#directory = directory
    this.#index()
    directory.onChange((changes) => {
      if (changes.some(({ kind }) => kind === 'device')) this.#index()
    })
  }

  /** Calls `listener` for each request of a known device: a screen that asks is alive. */
  onHeard(listener: (deviceId: DeviceId) => void): void {
    this.#heard = listener
  }

  /** The device whose secret this is. */
  find(secret: string): DeviceCaller | undefined {
    return this.#byDigest.get(sha256Hex(secret))
  }

  /** The device that makes this request, by bearer secret or cookie. */
  of(c: Context): DeviceCaller | undefined {
    const bearer = /^Bearer (.{8,200})$/.exec(c.req.header('authorization') ?? '')?.[1]
    const secret = bearer ?? getCookie(c, deviceCookie)
    const caller = secret === undefined ? undefined : this.find(secret)
    if (caller) this.#heard(caller.deviceId)
    return caller
  }

  #index(): void {
    const byDigest = new Map<string, DeviceCaller>()
    for (const [key, { credentialDigest, parameters }] of this.#directory.all('device')) {
      const scope = parameters.scope
      if (credentialDigest !== undefined && typeof scope === 'string' && isScope(scope)) {
        byDigest.set(credentialDigest, { deviceId: deviceIdSchema.parse(key), scope })
      }
    }
    this.#byDigest = byDigest
  }
}

/** Lets only devices of the given scopes through: 401 without or with an unknown credential, 403 otherwise. */
export function requireScope(callers: DeviceCallers, ...allowed: readonly DeviceScope[]): MiddlewareHandler {
  return async (c, next) => {
    const caller = callers.of(c)
    if (!caller) {
      const presented =
        c.req.header('authorization') !== undefined || getCookie(c, deviceCookie) !== undefined
      return refuse(c, { code: presented ? 'credential_wrong' : 'credential_missing' })
    }
    if (!allowed.includes(caller.scope)) return refuse(c, { code: 'scope_missing' })
    c.set('caller', caller)
    await next()
    return undefined
  }
}

function isScope(scope: string): scope is DeviceScope {
  return scopes.has(scope)
}
