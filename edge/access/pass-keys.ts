import { ed25519Verifier, passKeyId, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import type { PassKey, PassKnowledge } from '@gatehouse/shared/passes/verify-pass'
import type { DirectoryReader } from '../sync/directory.ts'

/**
 * What a site knows of passes besides the moment: the cloud's keys and revocations of its directory, the key that it
 * pinned when it enrolled, with which it can begin before the first row has arrived, and the keys that it signs papers
 * with itself, in this life and in earlier ones. Keys are JWK `x`.
 */
export function passKnowledge(
  directory: DirectoryReader,
  {
    cloudPublicKey,
    sitePublicKey = '',
  }: { readonly cloudPublicKey: string; readonly sitePublicKey?: string },
): Omit<PassKnowledge, 'at'> {
  const own = publicKeyBytes(sitePublicKey)
  const ownId = own && passKeyId(own)
  const pinned = publicKeyBytes(cloudPublicKey)
  const pinnedId = pinned && passKeyId(pinned)
  return {
    siteId: directory.siteId,
    keyOf: (keyId): PassKey | undefined => {
      if (own && keyId === ownId) return { publicKey: own, issuer: 'site', useFromMs: 0 }
      const earlier = directory.get('site_key', keyId)
      const earlierKey = earlier && publicKeyBytes(earlier.publicKey)
      if (earlier && earlierKey) return { ...earlier, publicKey: earlierKey, issuer: 'site' }
      const row = directory.get('pass_key', keyId)
      const publicKey = row && publicKeyBytes(row.publicKey)
      if (row && publicKey)
        return { publicKey, issuer: 'cloud', useFromMs: row.useFromMs, useToMs: row.useToMs }
      // Once the cloud has named its keys only those count: the pinned one is not believed again when its row is gone.
      if (!pinned || keyId !== pinnedId || directory.all('pass_key').size > 0) return undefined
      return { publicKey: pinned, issuer: 'cloud', useFromMs: 0 }
    },
    isRevoked: (passId) => directory.get('pass_revocation', passId) !== undefined,
    verify: ed25519Verifier(),
  }
}
