import { encodeRequest, type ModbusReply, type ModbusRequest, ReplySearch } from './modbus-rtu.ts'

/*
 * The one owner of a Modbus line. Pure: time and bytes come in as arguments, what to do comes out.
 *
 *            submit                    reply, silence, link lost
 *   idle ───────────────▶ waiting ─────────────────────────────▶ settling ──quietMs──▶ idle
 *
 * One request is on the line at a time. Writes go before reads. A write that was sent and not answered is
 * `unknown` and never repeated; one whose deadline passed in the queue is `not_sent`.
 */

/** How a request ended. */
export type MasterEnd =
  | { readonly kind: 'replied'; readonly reply: ModbusReply }
  | { readonly kind: 'no_reply' }
  | { readonly kind: 'not_sent'; readonly reason: 'link_down' | 'late' | 'queue_full' }

/** Something the shell must do. */
export type MasterOutput =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly ticket: number; readonly end: MasterEnd }
  | { readonly kind: 'garbage'; readonly bytes: number }

/** How long a request may wait and take. */
export interface RequestTiming {
  /** Monotonic milliseconds after which it must not be sent any more. */
  readonly deadlineMs: number
  /** How long the board may take to answer, milliseconds, transmission included. */
  readonly replyTimeoutMs: number
}

interface Waiting extends RequestTiming {
  readonly ticket: number
  readonly request: ModbusRequest
}

/** Requests that may wait at once, writes and reads together. */
export const masterQueueMax = 64

export class ModbusMaster {
  readonly #quietMs: number
  readonly #writes: Waiting[] = []
  readonly #reads: Waiting[] = []
  #up = false
  #nextTicket = 1
  #current: { readonly waiting: Waiting; readonly search: ReplySearch; readonly untilMs: number } | undefined
  #quietUntilMs = 0

  /** `quietMs`: silence kept after a missing answer, so that a late one is not taken for the next. */
  constructor(quietMs: number) {
    this.#quietMs = quietMs
  }

  /** Monotonic time at which `tick` has something to do; undefined when only bytes can change anything. */
  get wakeAtMs(): number | undefined {
    if (this.#current) return this.#current.untilMs
    return this.#writes.length + this.#reads.length > 0 ? this.#quietUntilMs : undefined
  }

  /** Queues a request; its end comes with the returned ticket, perhaps at once. */
  submit(
    request: ModbusRequest,
    timing: RequestTiming,
    nowMs: number,
  ): { ticket: number; outputs: MasterOutput[] } {
    const ticket = this.#nextTicket
    this.#nextTicket += 1
    const refuse = (reason: 'link_down' | 'queue_full') => ({
      ticket,
      outputs: [{ kind: 'ended', ticket, end: { kind: 'not_sent', reason } } satisfies MasterOutput],
    })
    if (!this.#up) return refuse('link_down')
    if (this.#writes.length + this.#reads.length >= masterQueueMax) return refuse('queue_full')
    const queue = request.kind === 'writeOutput' ? this.#writes : this.#reads
    queue.push({ ticket, request, ...timing })
    return { ticket, outputs: this.#advance(nowMs) }
  }

  /** Takes bytes from the line. */
  receive(bytes: Uint8Array, nowMs: number): MasterOutput[] {
    const { search, waiting } = this.#current ?? {}
    if (!search || !waiting) return [{ kind: 'garbage', bytes: bytes.length }]
    const before = search.skipped
    const reply = search.receive(bytes)
    const outputs: MasterOutput[] = []
    const skipped = search.skipped - before + (reply ? search.pending : 0)
    if (skipped > 0) outputs.push({ kind: 'garbage', bytes: skipped })
    if (!reply) return outputs
    this.#current = undefined
    outputs.push({ kind: 'ended', ticket: waiting.ticket, end: { kind: 'replied', reply } })
    return [...outputs, ...this.#advance(nowMs)]
  }

  /** Lets time pass. */
  tick(nowMs: number): MasterOutput[] {
    const current = this.#current
    if (!current || nowMs < current.untilMs) return this.#advance(nowMs)
    this.#current = undefined
    this.#quietUntilMs = nowMs + this.#quietMs
    const outputs: MasterOutput[] = []
    if (current.search.pending > 0) outputs.push({ kind: 'garbage', bytes: current.search.pending })
    outputs.push({ kind: 'ended', ticket: current.waiting.ticket, end: { kind: 'no_reply' } })
    return [...outputs, ...this.#advance(nowMs)]
  }

  /** The line is connected and empty. */
  linkUp(nowMs: number): MasterOutput[] {
    this.#up = true
    this.#quietUntilMs = 0
    return this.#advance(nowMs)
  }

  /** The line is gone: what was sent has no answer, what waited was not sent. */
  linkDown(): MasterOutput[] {
    this.#up = false
    const outputs: MasterOutput[] = []
    if (this.#current) {
      outputs.push({ kind: 'ended', ticket: this.#current.waiting.ticket, end: { kind: 'no_reply' } })
      this.#current = undefined
    }
    for (const { ticket } of [...this.#writes.splice(0), ...this.#reads.splice(0)]) {
      outputs.push({ kind: 'ended', ticket, end: { kind: 'not_sent', reason: 'link_down' } })
    }
    return outputs
  }

  #advance(nowMs: number): MasterOutput[] {
    const outputs: MasterOutput[] = []
    while (this.#up && !this.#current && nowMs >= this.#quietUntilMs) {
      const waiting = this.#writes.shift() ?? this.#reads.shift()
      if (!waiting) break
      if (nowMs > waiting.deadlineMs) {
        outputs.push({ kind: 'ended', ticket: waiting.ticket, end: { kind: 'not_sent', reason: 'late' } })
        continue
      }
      this.#current = {
        waiting,
        search: new ReplySearch(waiting.request),
        untilMs: nowMs + waiting.replyTimeoutMs,
      }
      outputs.push({ kind: 'send', bytes: encodeRequest(waiting.request) })
    }
    return outputs
  }
}
