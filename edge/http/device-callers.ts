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
    /** Digests of the secrets that this request presents. */
    presentedDigests: readonly string[]
  }
}

const scopes = new Set<string>(['kiosk', 'board', 'camera', 'sensor', 'panel'])
const cookiePrefix = 'gatehouse_device'

/**
 * The cookie in which a paired screen keeps its secret. Browsers share cookies between the ports of a host, and a
 * kiosk and a board may be open in one browser, so that each port and scope has a cookie of its own.
 */
export function deviceCookie(url: string, scope: DeviceScope): string {
  return `${cookiePrefix}_${new URL(url).port || 'default'}_${scope}`
}

/**
 * Every secret that a request presents: the bearer's, the password of HTTP Basic (cameras know nothing else), or else
 * those of all paired screens of this browser.
 */
function presentedSecrets(c: Context): readonly string[] {
  const authorization = c.req.header('authorization') ?? ''
  const bearer = /^Bearer (.{8,200})$/.exec(authorization)?.[1]
  if (bearer !== undefined) return [bearer]
  const basic = /^Basic ([A-Za-z0-9+/=]{8,400})$/.exec(authorization)?.[1]
  if (basic !== undefined)
    return [
      Buffer.from(basic, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, ''),
    ]
  return Object.entries(getCookie(c)).flatMap(([name, secret]) =>
    name.startsWith(cookiePrefix) ? [secret] : [],
  )
}

/** Several guards of one request ask; only the digests are kept for them, whom they stand for is looked up each time. */
function presentedDigests(c: Context): readonly string[] {
  const kept: readonly string[] | undefined = c.get('presentedDigests')
  if (kept) return kept
  const digests = presentedSecrets(c).map(sha256Hex)
  c.set('presentedDigests', digests)
  return digests
}

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

  /** The device that makes this request, by bearer secret or cookie; of several the first of a wished scope. */
  of(c: Context, wished: readonly DeviceScope[] = []): DeviceCaller | undefined {
    const known = presentedDigests(c).flatMap((digest) => this.#byDigest.get(digest) ?? [])
    const fitting = wished.flatMap((scope) => known.find((caller) => caller.scope === scope) ?? [])
    const caller = fitting[0] ?? known[0]
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
    const caller = callers.of(c, allowed)
    if (!caller) {
      const presented = c.req.header('authorization') !== undefined || presentedSecrets(c).length > 0
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
