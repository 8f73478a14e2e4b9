import { type Answer, type BadCall, callRaw } from './bad-calls.ts'
import type { Member } from './member.ts'
import type { StoryWorld } from './story-world.ts'

let browsers = 0

/** Calls the cloud as a member's browser does, unless a call says otherwise. */
export class CloudBrowser {
  readonly #world: StoryWorld
  readonly #member: Member
  readonly #name: number
  #keys = 0

  constructor(world: StoryWorld, member: Member) {
    this.#world = world
    this.#member = member
    browsers += 1
    this.#name = browsers
  }

  /** An idempotency key that was not used before. */
  nextKey(): string {
    this.#keys += 1
    return `bad-cloud-${this.#name}-${this.#keys}`
  }

  call(path: string, given: BadCall = {}, cookie = this.#member.cookie): Promise<Answer> {
    const { url: origin } = this.#world.cloud
    const own = { cookie, origin, 'content-type': 'application/json', 'idempotency-key': this.nextKey() }
    return callRaw(`${origin}${path}`, { ...given, headers: { ...own, ...given.headers } })
  }

  /** Text goes as it is, anything else as JSON. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return this.call(path, { method: 'POST', body: text, headers })
  }
}
