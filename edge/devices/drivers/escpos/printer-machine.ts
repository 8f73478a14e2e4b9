import { type PrinterTrouble, printerTroubles } from '@gatehouse/shared/profiles/printer-rules'
import {
  blockingTrouble,
  isConfirmation,
  isStatus,
  type StatusBytes,
  type StatusQuestion,
  statusQuestions,
  statusRequest,
  troublesOf,
} from './status.ts'

/** Papers that may wait for the printer. */
export const jobsMax = 8
/** Longest time for a paper from the first byte to the cut, milliseconds. */
const printingMax = 15_000
/** Unanswered questions after which the printer counts as gone. */
const missedMax = 3

export interface PrinterTiming {
  /** Between two rounds of questions. */
  readonly pollMs: number
  readonly replyTimeoutMs: number
}

/** How printing ended; `unknown` may have come out and is never repeated by itself. */
interface PaperOutcome {
  readonly outcome: 'done' | 'failed' | 'unknown'
  readonly detail?: string
}

/** What the machine wants done or told. */
export type PrinterAction =
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  | { readonly kind: 'presence'; readonly online: boolean; readonly detail?: string }
  | { readonly kind: 'trouble'; readonly trouble: PrinterTrouble; readonly active: boolean }
  | { readonly kind: 'settled'; readonly job: number; readonly outcome: PaperOutcome }
  | { readonly kind: 'garbage'; readonly amount: number }
  /** The other side is silent: a new connection may help. */
  | { readonly kind: 'reset' }

interface Job {
  readonly job: number
  readonly bytes: Uint8Array
}

/** GS r 1: answered in its turn, so after everything that was sent before it was printed. */
const confirmation = [0x1d, 0x72, 0x01]

/**
 * One printer on its own line. Only a round of four answers in a row is believed; a paper is sent after a round that saw
 * no trouble, and counts as printed when the printer answers what was sent behind it.
 *
 *   down ──up──▶ asking ──4 answers──▶ resting ──pollMs or a paper──▶ asking
 *                   │                     └─ a paper, no trouble ─▶ sent ─ confirmed ─▶ done
 *                   │                                                 └─ trouble, too long ─▶ unknown
 *                   └─ no answer, 3 times ─▶ reset ─▶ down
 *
 * Times are monotonic milliseconds. After every call the actions are taken with `drain`.
 */
export class PrinterMachine {
  readonly #timing: PrinterTiming
  #actions: PrinterAction[] = []
  #isUp = false
  #asked: { readonly question: StatusQuestion; readonly atMs: number } | undefined
  #answers: Partial<Record<StatusQuestion, number>> = {}
  #missed = 0
  #nextRoundMs = 0
  #troubles: ReadonlySet<PrinterTrouble> = new Set()
  #waiting: Job[] = []
  #sent: (Job & { readonly atMs: number }) | undefined

  constructor(timing: PrinterTiming) {
    this.#timing = timing
  }

  /** Gives what is to be done since the last call. */
  drain(): readonly PrinterAction[] {
    return this.#actions.splice(0)
  }

  up(nowMs: number): void {
    this.#isUp = true
    this.#missed = 0
    this.#answers = {}
    this.#ask(1, nowMs)
  }

  down(detail: string): void {
    this.#isUp = false
    this.#asked = undefined
    this.#endJobs(detail)
    this.#actions.push({ kind: 'presence', online: false, detail })
  }

  receive(bytes: Uint8Array, nowMs: number): void {
    let garbage = 0
    for (const byte of bytes) {
      if (isStatus(byte) && this.#asked) this.#answer(this.#asked.question, byte, nowMs)
      else if (isConfirmation(byte) && this.#sent) this.#printed(this.#sent, nowMs)
      else garbage += 1
    }
    if (garbage > 0) this.#actions.push({ kind: 'garbage', amount: garbage })
  }

  /** Time goes by. */
  tick(nowMs: number): void {
    if (!this.#isUp) return
    if (this.#asked === undefined) {
      if (nowMs >= this.#nextRoundMs) this.#ask(1, nowMs)
      return
    }
    if (nowMs - this.#asked.atMs < this.#timing.replyTimeoutMs) return
    this.#missed += 1
    if (this.#missed < missedMax) {
      this.#answers = {}
      this.#ask(1, nowMs)
      return
    }
    this.#missed = 0
    this.down('no_reply')
    this.#actions.push({ kind: 'reset' })
  }

  /** Prints `bytes` once; `job` names it in what is settled. */
  print(job: number, bytes: Uint8Array, nowMs: number): void {
    if (!this.#isUp) this.#settle(job, { outcome: 'failed', detail: 'link_down' })
    else if (this.#waiting.length >= jobsMax) this.#settle(job, { outcome: 'failed', detail: 'queue_full' })
    else {
      this.#waiting.push({ job, bytes })
      if (this.#asked === undefined) this.#ask(1, nowMs)
    }
  }

  #ask(question: StatusQuestion, nowMs: number): void {
    this.#asked = { question, atMs: nowMs }
    this.#actions.push({ kind: 'write', bytes: statusRequest(question) })
  }

  #answer(question: StatusQuestion, byte: number, nowMs: number): void {
    this.#answers[question] = byte
    this.#missed = 0
    const next = statusQuestions.find((one) => one > question)
    if (next !== undefined) {
      this.#ask(next, nowMs)
      return
    }
    this.#asked = undefined
    this.#nextRoundMs = nowMs + this.#timing.pollMs
    // A round begins with the first question and each answer asks the next.
    this.#believe(troublesOf(this.#answers as StatusBytes))
    this.#answers = {}
    this.#work(nowMs)
  }

  #believe(troubles: ReadonlySet<PrinterTrouble>): void {
    this.#actions.push({ kind: 'presence', online: true })
    for (const trouble of printerTroubles) {
      const active = troubles.has(trouble)
      if (active !== this.#troubles.has(trouble)) this.#actions.push({ kind: 'trouble', trouble, active })
    }
    this.#troubles = troubles
  }

  #work(nowMs: number): void {
    const blocking = blockingTrouble(this.#troubles)
    if (this.#sent && (blocking !== undefined || nowMs - this.#sent.atMs > printingMax)) {
      // Paper that ran out in the middle may have let most of it out.
      this.#settle(this.#sent.job, { outcome: 'unknown', detail: blocking ?? 'no_confirmation' })
      this.#sent = undefined
    }
    if (blocking) {
      for (const { job } of this.#waiting.splice(0))
        this.#settle(job, { outcome: 'failed', detail: blocking })
      return
    }
    const next = this.#sent ? undefined : this.#waiting.shift()
    if (!next) return
    this.#sent = { ...next, atMs: nowMs }
    this.#actions.push({ kind: 'write', bytes: Uint8Array.from([...next.bytes, ...confirmation]) })
  }

  #printed({ job }: Job, nowMs: number): void {
    this.#sent = undefined
    this.#settle(job, { outcome: 'done' })
    if (this.#waiting.length > 0 && this.#asked === undefined) this.#ask(1, nowMs)
  }

  #endJobs(detail: string): void {
    if (this.#sent) this.#settle(this.#sent.job, { outcome: 'unknown', detail })
    this.#sent = undefined
    for (const { job } of this.#waiting.splice(0)) this.#settle(job, { outcome: 'failed', detail })
  }

  #settle(job: number, outcome: PaperOutcome): void {
    this.#actions.push({ kind: 'settled', job, outcome })
  }
}
