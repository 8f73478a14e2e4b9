import { setTimeout as wait } from 'node:timers/promises'

/** A request as a kiosk sends it; repeating it means the same key and the same body. */
export interface KioskRequest {
  readonly key: string
  readonly path: string
  readonly body: unknown
}

/** An answer that reached the kiosk: from then on it has to stay true. */
export interface Acknowledged extends KioskRequest {
  readonly status: number
  readonly text: string
}

const pauseMs = 10
const traceId = /"traceId":"[^"]*",?/
/** Before its first directory has arrived, a site knows neither its kiosk nor itself. */
const notYet = /"code":"(site_not_ready|credential_wrong)"/

/** Sends requests as one kiosk, again and again until an answer arrives, and remembers every answer. */
export class KioskRequests {
  readonly #url: string
  readonly #secret: string
  readonly acknowledged: Acknowledged[] = []
  /** Requests whose first answer was lost and that were sent again. */
  repeats = 0
  #abandoned = false

  constructor(edgeUrl: string, secret: string) {
    this.#url = `${edgeUrl}/api/v1`
    this.#secret = secret
  }

  /** Gives up on everything that still waits for an answer. */
  abandon(): void {
    this.#abandoned = true
  }

  /** Sends until answered, across any number of deaths; `undefined` once abandoned. */
  async persist(request: KioskRequest): Promise<Acknowledged | undefined> {
    for (let attempt = 0; !this.#abandoned; attempt += 1) {
      const answer = await this.once(request)
      if (answer) {
        if (attempt > 0) this.repeats += 1
        this.acknowledged.push(answer)
        return answer
      }
      await wait(pauseMs)
    }
    return undefined
  }

  /** Sends once; `undefined` when the edge was gone before the whole answer had arrived. */
  async once(request: KioskRequest): Promise<Acknowledged | undefined> {
    try {
      const response = await fetch(`${this.#url}${request.path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.#secret}`,
          'content-type': 'application/json',
          'idempotency-key': request.key,
          // A connection to a process that has died must not be used for the next one.
          connection: 'close',
        },
        body: JSON.stringify(request.body),
        signal: AbortSignal.timeout(10_000),
      })
      const { status } = response
      const text = await response.text()
      // The trace names the request, not its answer.
      return notYet.test(text) ? undefined : { ...request, status, text: text.replace(traceId, '') }
    } catch {
      return undefined
    }
  }
}
