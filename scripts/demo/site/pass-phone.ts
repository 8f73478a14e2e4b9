import { type PassView, passViewSchema } from '@gatehouse/shared/api/pass-view'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { Member } from '../../story/member.ts'
import { HolderKeys } from './holder-keys.ts'

export interface PassPhoneOptions {
  readonly cloudUrl: string
  readonly email: string
  /** By the clock of the cloud, which the app goes by; epoch milliseconds. */
  readonly nowMs: () => number
  readonly random: Random
}

/** As the member app: a pass that is younger is not renewed. */
const youngMs = 5 * 60_000

/** The phone of a demo member: gets the member's pass of a site as the member app does, and shows it. */
export class PassPhone {
  readonly #options: PassPhoneOptions
  readonly #keys = new HolderKeys()
  readonly #kept = new Map<string, PassView>()

  constructor(options: PassPhoneOptions) {
    this.#options = options
  }

  /** What its screen shows now; throws `not_possible` when there is no pass and none to be had. */
  async show(siteId: string): Promise<string> {
    const kept = this.#kept.get(siteId)
    const isYoung = kept !== undefined && this.#options.nowMs() - kept.issuedMs < youngMs
    const view = isYoung ? kept : await this.#fetch(siteId).catch((cause) => known(kept, cause))
    this.#kept.set(siteId, view)
    return this.#keys.show(view.token, this.#options.nowMs())
  }

  async #fetch(siteId: string): Promise<PassView> {
    const { cloudUrl, email } = this.#options
    const member = await Member.logIn(cloudUrl, email)
    const kept = this.#kept.get(siteId)
    if (kept !== undefined) {
      const renewed = await member.post(`/passes/${kept.passId}/renew`, this.#key(), {})
      if (renewed.ok) return passViewSchema.parse(await renewed.json())
    }
    const { holderKey } = this.#keys
    const given = await member.post('/passes', this.#key(), { kind: 'member', siteId, holderKey })
    return passViewSchema.parse(await given.json())
  }

  #key(): string {
    return randomCode(this.#options.random, 20)
  }
}

/** Without a network the kept pass goes on. */
function known(kept: PassView | undefined, cause: unknown): PassView {
  if (kept !== undefined) return kept
  const hint = 'The phone got no pass: the cloud does not give it one just now.'
  throw new SiteError({ code: 'not_possible', op: 'demo.pass', hint, retryable: true, cause })
}
