import { generateKeyPairSync } from 'node:crypto'
import type { PassView } from '@gatehouse/shared/api/pass-view'
import { ed25519Signer } from '@gatehouse/shared/passes/ed25519'
import type { SignMessage } from '@gatehouse/shared/passes/pass'
import {
  holderMessage,
  presentationText,
  readPresentation,
  windowAt,
} from '@gatehouse/shared/passes/presentation'

/** The key of somebody's phone: it shows passes without asking anybody. */
export class PassPhone {
  /** JWK `x`. */
  readonly holderKey: string
  readonly #sign: SignMessage

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    this.holderKey = publicKey.export({ format: 'jwk' }).x ?? ''
    this.#sign = ed25519Signer(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString())
  }

  /** What its screen shows at `atMs`; `undefined` for what is no pass. */
  show({ token }: PassView, atMs: number): string | undefined {
    const signed = readPresentation(token)
    if (!signed.ok) return undefined
    const window = windowAt(atMs)
    return presentationText(signed.value, {
      window,
      signature: this.#sign(holderMessage(signed.value.pass, window)),
    })
  }
}

/** A pass that somebody has fetched. */
export interface FetchedPass {
  readonly view: PassView
  readonly memberId: string
  readonly phone: PassPhone
  /** What its phone has shown last. */
  shown: string | undefined
  /** Machines that a presentation has opened a door of, as `machine run presentation`. */
  readonly opened: Set<string>
}
