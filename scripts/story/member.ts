import { demoPassword } from '../demo/world/people.ts'

/** Somebody who is logged in to the cloud, as a browser would be. */
export class Member {
  readonly #cloudUrl: string
  readonly #cookie: string

  private constructor(cloudUrl: string, cookie: string) {
    this.#cloudUrl = cloudUrl
    this.#cookie = cookie
  }

  /** Logs in with the demo password; throws when the cloud refuses. */
  static async logIn(cloudUrl: string, email: string): Promise<Member> {
    const answer = await fetch(`${cloudUrl}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: cloudUrl },
      body: JSON.stringify({ email, password: demoPassword }),
    })
    if (!answer.ok) throw new RangeError(`log-in of ${email} answered ${answer.status}`)
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ')
    return new Member(cloudUrl, cookie)
  }

  /** The login cookie, for calls that a browser would not make. */
  get cookie(): string {
    return this.#cookie
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.#cloudUrl}/api/v1${path}`, { headers: { cookie: this.#cookie } })
  }

  post(
    path: string,
    key: string,
    body: unknown,
    further: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return fetch(`${this.#cloudUrl}/api/v1${path}`, {
      method: 'POST',
      headers: {
        cookie: this.#cookie,
        origin: this.#cloudUrl,
        'content-type': 'application/json',
        'idempotency-key': key,
        ...further,
      },
      body: JSON.stringify(body),
    })
  }
}
