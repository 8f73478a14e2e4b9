import type { Clock } from '@gatehouse/shared/clock/clock'
import { SignJWT } from 'jose'
import type { CloudTime } from './cloud-time.ts'
import type { SiteIdentity, SiteKey } from './site-identity.ts'

const lifeSeconds = 60
const renewBeforeMs = 20_000

export interface SiteTokenOptions {
  readonly identity: SiteIdentity
  readonly key: SiteKey
  readonly clock: Clock
  readonly cloudTime: CloudTime
}

/**
 * Makes tokens for calls to the cloud: EdDSA, `kid` = site, audience `gatehouse-cloud`, 60 s of life.
 * They are dated in the cloud's time, so that a site whose clock is wrong can still report.
 */
export function siteTokens({ identity, key, clock, cloudTime }: SiteTokenOptions): () => Promise<string> {
  let current:
    | { readonly token: string; readonly untilMonotonicMs: number; readonly skewMs: number }
    | undefined
  return async () => {
    const { monotonicMs } = clock.now()
    const { skewMs } = cloudTime
    if (current && monotonicMs < current.untilMonotonicMs && current.skewMs === skewMs) return current.token
    const issuedAt = Math.floor(cloudTime.wallMs() / 1000)
    const token = await new SignJWT({ incarnation: identity.incarnation })
      .setProtectedHeader({ alg: 'EdDSA', kid: identity.siteId })
      .setIssuer(identity.siteId)
      .setAudience('gatehouse-cloud')
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifeSeconds)
      .sign(key.privateKey)
    current = { token, untilMonotonicMs: monotonicMs + lifeSeconds * 1000 - renewBeforeMs, skewMs }
    return token
  }
}
