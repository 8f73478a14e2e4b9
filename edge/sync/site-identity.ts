import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { type EnrolAnswer, enrolAnswerSchema } from '@gatehouse/shared/wire/v1/sync'
import { z } from 'zod'
import { writeDurably } from '../ledger/durable-file.ts'

const keyFileSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
})

/** The key made on this machine; its private half never leaves the data folder. */
export interface SiteKey {
  readonly privateKey: KeyObject
  /** JWK `x` of the public half. */
  readonly publicKey: string
}

/** What enrolment gave: which site this is, in which life, and the keys it shares with the cloud. */
export type SiteIdentity = Omit<EnrolAnswer, 'history'>

/** Loads the site's Ed25519 key, making it on first use (file mode 600). */
export function loadSiteKey(dataFolder: string): SiteKey {
  const path = join(dataFolder, 'site-key.json')
  if (!existsSync(path)) {
    const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
    writeDurably(path, JSON.stringify(jwk))
  }
  const jwk = keyFileSchema.safeParse(readJson(path))
  if (!jwk.success) throw damaged(path, jwk.error)
  return { privateKey: createPrivateKey({ key: jwk.data, format: 'jwk' }), publicKey: jwk.data.x }
}

/** Loads the identity of an enrolled site; `undefined` before enrolment. */
export function loadIdentity(dataFolder: string): SiteIdentity | undefined {
  const path = join(dataFolder, 'identity.json')
  if (!existsSync(path)) return undefined
  const identity = enrolAnswerSchema.safeParse(readJson(path))
  if (!identity.success) throw damaged(path, identity.error)
  return identity.data
}

/** Stores what enrolment answered; durable before it returns. */
export function saveIdentity(dataFolder: string, identity: SiteIdentity): void {
  writeDurably(join(dataFolder, 'identity.json'), JSON.stringify(identity))
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw damaged(path, cause)
  }
}

function damaged(path: string, cause: unknown): SiteError {
  const hint = `${path} cannot be read; restore it from a backup, or enrol this machine again.`
  return new SiteError({ code: 'identity_damaged', op: 'identity.load', hint, retryable: false, cause })
}
