import {
  isChangeMessage,
  isControlMessage,
  type Message,
  ShapeStream,
  type ShapeStreamOptions,
} from '@electric-sql/client'
import type { SiteTwin } from '../../sites/testing/site-twin.ts'

/** One request of the stock client. */
interface FollowerCall {
  readonly status: number
  readonly type: string | null
  readonly isLive: boolean
  readonly offset: string | null
}

/** Collects what the stock client hands out, and says when it is up to date. */
export class Follower {
  readonly messages: Message[] = []
  /** Every request of the client and how it was answered, in order. */
  readonly calls: FollowerCall[] = []
  readonly stream: ShapeStream
  readonly #abort = new AbortController()
  #upToDate: (() => void)[] = []

  constructor(baseUrl: string, twin: SiteTwin, more: Partial<ShapeStreamOptions> = {}) {
    this.stream = new ShapeStream({
      url: `${baseUrl}/sync/v1/shape`,
      params: { table: 'site_directory', where: `site_id='${twin.siteId}'` },
      headers: { authorization: async () => `Bearer ${await twin.token()}` },
      signal: this.#abort.signal,
      fetchClient: (input, init) => this.#recorded(input, init),
      ...more,
    })
    this.stream.subscribe((messages) => {
      this.messages.push(...messages)
      if (messages.some((one) => isControlMessage(one) && one.headers.control === 'up-to-date')) {
        for (const resolve of this.#upToDate.splice(0)) resolve()
      }
    })
  }

  async #recorded(...call: Parameters<typeof fetch>): Promise<Response> {
    const answer = await fetch(...call)
    const { searchParams } = new URL(String(call[0]))
    this.calls.push({
      status: answer.status,
      type: answer.headers.get('content-type'),
      isLive: searchParams.get('live') === 'true',
      offset: searchParams.get('offset'),
    })
    return answer
  }

  upToDate(): Promise<void> {
    return new Promise((resolve) => this.#upToDate.push(resolve))
  }

  keys(): unknown[] {
    return this.messages.filter(isChangeMessage).map(({ value }) => value.key)
  }

  /** Keys and epochs of the rows since the last `must-refetch`. */
  sinceRefetch(): unknown[] {
    const from = this.messages.findLastIndex(
      (one) => isControlMessage(one) && one.headers.control === 'must-refetch',
    )
    if (from < 0) return []
    const rows = this.messages.slice(from).filter(isChangeMessage)
    return rows.map(({ value }) => [value.key, value.epoch])
  }

  stop(): void {
    this.#abort.abort()
  }
}
