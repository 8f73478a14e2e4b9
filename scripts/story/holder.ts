import { type PassView, passViewSchema } from '@gatehouse/shared/api/pass-view'
import { expect } from 'vitest'
import { HolderKeys } from '../demo/site/holder-keys.ts'
import type { Member } from './member.ts'

/** A phone: makes its key, keeps a pass, and shows it without asking anybody. */
export class Holder {
  readonly #keys = new HolderKeys()

  get holderKey(): string {
    return this.#keys.holderKey
  }

  /** Fetches a pass as the member app does. */
  async fetch(member: Member, key: string, wish: object): Promise<PassView> {
    const answer = await member.post('/passes', key, { ...wish, holderKey: this.holderKey })
    expect([answer.status, await answer.clone().text()]).toEqual([201, expect.any(String)])
    return passViewSchema.parse(await answer.json())
  }

  /** What the screen shows at `atMs`. */
  show({ token }: PassView, atMs: number): string {
    return this.#keys.show(token, atMs)
  }
}
