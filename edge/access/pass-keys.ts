import { ed25519Verifier, passKeyId, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import type { PassKey, PassKnowledge } from '@gatehouse/shared/passes/verify-pass'
import type { DirectoryReader } from '../sync/directory.ts'

/**
 * What a site knows of passes besides the moment: the cloud's keys and revocations of its directory, and the key that
 * it pinned when it enrolled, with which it can begin before the first row has arrived.
 */
export function passKnowledge(directory: DirectoryReader, cloudPublicKey: string): Omit<PassKnowledge, 'at'> {
  const pinned = publicKeyBytes(cloudPublicKey)
  const pinnedId = pinned && passKeyId(pinned)
  return {
    siteId: directory.siteId,
    keyOf: (keyId): PassKey | undefined => {
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
