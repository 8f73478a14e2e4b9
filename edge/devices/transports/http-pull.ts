import type { Random } from '@gatehouse/shared/random/random'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { type DigestChallenge, digestAnswer, digestChallenge } from './http-digest.ts'

/** The web server of one device, and how this edge logs in there. */
export interface HttpPullConfig {
  /** Origin of the device, for example `http://10.0.0.7`. */
  readonly url: string
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** `basic` sends the password itself, readable to whoever listens where the address is not https. */
  readonly auth: 'digest' | 'basic'
}

/** What a device answered. */
export interface PulledPage {
  readonly status: number
  readonly type: string
  readonly body: Uint8Array
}

/** Why there is no page. */
export type PullRefusal =
  | 'no_reply'
  /** The device refuses this name and password, or wants some where none are configured. */
  | 'wrong_password'
  /** It offers no Digest that can be answered, and the password is not to be sent in clear. */
  | 'no_digest'
  | 'too_large'
  /** The path leads to another host. */
  | 'wrong_path'
  /** More questions wait than a device gets. */
  | 'queue_full'

/** Asks a device, one question after the other. */
export interface HttpPull {
  get(path: string): Promise<Result<PulledPage, PullRefusal>>
  close(): void
}

/** Time for a whole answer, milliseconds. */
const answerTimeoutMax = 5_000
/** A picture of a camera fits; what is longer is no answer to us. */
const bodyBytesMax = 4 * 1024 * 1024
const queueMax = 8
const unauthorized = 401

interface Login {
  readonly challenge: DigestChallenge
  readonly clientNonce: string
  /** How often the nonce was used. */
  count: number
}

class Puller implements HttpPull {
  readonly #config: HttpPullConfig
  readonly #random: Random
  readonly #abort = new AbortController()
  /** A device that counts nonces takes them in order only, so questions wait for each other. */
  #turn: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #login: Login | undefined

  constructor(config: HttpPullConfig, random: Random) {
    this.#config = config
    this.#random = random
  }

  async get(path: string): Promise<Result<PulledPage, PullRefusal>> {
    const base = new URL(this.#config.url)
    const url = URL.canParse(path, base.origin) ? new URL(path, base) : undefined
    if (!url || url.origin !== base.origin) return err('wrong_path')
    if (this.#waiting >= queueMax) return err('queue_full')
    this.#waiting += 1
    const page = this.#turn.then(() => this.#ask(url))
    this.#turn = page
    return page.finally(() => {
      this.#waiting -= 1
    })
  }

  close(): void {
    this.#abort.abort()
  }

  async #ask(url: URL): Promise<Result<PulledPage, PullRefusal>> {
    const first = await this.#send(url)
    if (!first.ok || first.value.status !== unauthorized) return first
    const { username, auth } = this.#config
    if (username === undefined || auth === 'basic') return err('wrong_password')
    const challenge = digestChallenge(first.value.challenge)
    if (!challenge) return err('no_digest')
    const spent = this.#login?.challenge
    // The same nonce again, and not called stale: it is the password that is wrong.
    if (spent?.nonce === challenge.nonce && !challenge.stale) return err('wrong_password')
    const clientNonce = Buffer.from(this.#random.bytes(16)).toString('hex')
    this.#login = { challenge, clientNonce, count: 0 }
    const second = await this.#send(url)
    if (!second.ok || second.value.status !== unauthorized) return second
    this.#login = undefined
    return err('wrong_password')
  }

  async #send(url: URL): Promise<Result<PulledPage & { readonly challenge: string }, PullRefusal>> {
    const authorization = this.#authorization(url)
    try {
      const answer = await fetch(url, {
        headers: authorization === undefined ? {} : { authorization },
        // A redirection would carry the question, and perhaps the answer to a challenge, somewhere else.
        redirect: 'manual',
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(answerTimeoutMax)]),
      })
      const body = await bounded(answer)
      if (!body) return err('too_large')
      const { status, headers } = answer
      const type = headers.get('content-type') ?? ''
      return ok({ status, type, body, challenge: headers.get('www-authenticate') ?? '' })
    } catch {
      return err('no_reply')
    }
  }

  #authorization({ pathname, search }: URL): string | undefined {
    const { username, password = '', auth } = this.#config
    if (username === undefined) return undefined
    if (auth === 'basic') return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const login = this.#login
    if (!login) return undefined
    login.count += 1
    const { challenge, clientNonce, count } = login
    const asked = { method: 'GET', uri: `${pathname}${search}`, count, clientNonce }
    return digestAnswer({ challenge, username, password, ...asked })
  }
}

/** Reads a body that may be longer than it says; undefined when it is too long. */
async function bounded(answer: Response): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of answer.body ?? []) {
    parts.push(part)
    length += part.length
    if (length > bodyBytesMax) return undefined
  }
  return Buffer.concat(parts)
}

/** Opens the way to the web server of one device. Nothing is asked before the first `get`. */
export function createHttpPull(config: HttpPullConfig, random: Random): HttpPull {
  return new Puller(config, random)
}
