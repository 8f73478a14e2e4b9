import { generateKeyPairSync } from 'node:crypto'
import { type PassView, passViewSchema } from '@gatehouse/shared/api/pass-view'
import { ed25519Signer } from '@gatehouse/shared/passes/ed25519'
import type { SignMessage } from '@gatehouse/shared/passes/pass'
import {
  holderMessage,
  presentationText,
  readPresentation,
  windowAt,
} from '@gatehouse/shared/passes/presentation'
import { expect } from 'vitest'
import type { Member } from './member.ts'

/** A phone: makes its key, keeps a pass, and shows it without asking anybody. */
export class Holder {
  readonly holderKey: string
  readonly #sign: SignMessage

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    this.holderKey = publicKey.export({ format: 'jwk' }).x ?? ''
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    this.#sign = ed25519Signer(pem)
  }

  /** Fetches a pass as the member app does. */
  async fetch(member: Member, key: string, wish: object): Promise<PassView> {
    const answer = await member.post('/passes', key, { ...wish, holderKey: this.holderKey })
    expect([answer.status, await answer.clone().text()]).toEqual([201, expect.any(String)])
    return passViewSchema.parse(await answer.json())
  }

  /** What the screen shows at `atMs`. */
  show({ token }: PassView, atMs: number): string {
    const signed = readPresentation(token)
    if (!signed.ok) return expect.fail(signed.error)
    const window = windowAt(atMs)
    const signature = this.#sign(holderMessage(signed.value.pass, window))
    return presentationText(signed.value, { window, signature })
  }
}
