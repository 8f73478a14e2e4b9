import { generateKeyPairSync } from 'node:crypto'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { ed25519Signer } from '@gatehouse/shared/passes/ed25519'
import type { SignMessage } from '@gatehouse/shared/passes/pass'
import {
  holderMessage,
  presentationText,
  readPresentation,
  windowAt,
} from '@gatehouse/shared/passes/presentation'

/** The key that a phone makes for its passes, and what its screen shows with it. */
export class HolderKeys {
  /** JWK `x`, as the cloud takes it. */
  readonly holderKey: string
  readonly #sign: SignMessage

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    this.holderKey = publicKey.export({ format: 'jwk' }).x ?? ''
    this.#sign = ed25519Signer(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString())
  }

  /** The code of a pass (its `token`) at `atMs`; throws `pass_unreadable` when the token is none. */
  show(token: string, atMs: number): string {
    const signed = readPresentation(token)
    if (!signed.ok) {
      throw new SiteError({ code: 'pass_unreadable', op: 'demo.pass', hint: signed.error, retryable: false })
    }
    const window = windowAt(atMs)
    return presentationText(signed.value, {
      window,
      signature: this.#sign(holderMessage(signed.value.pass, window)),
    })
  }
}
