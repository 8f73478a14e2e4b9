import type { Chance } from './chance.ts'
import type { LockWatch } from './lock-watch.ts'
import type { StatementResult } from './prepared-statement.ts'
import type { Quiet } from './quiet.ts'
import type { VirtualTime } from './virtual-time.ts'

/** A statement on its way to the database. */
export interface AskedStatement {
  readonly pid: number
  readonly text: string
  readonly run: () => Promise<StatementResult>
}

/** Holds statements back; what it returns is the answer, given when its turn has come. */
export type StatementGate = (asked: AskedStatement) => Promise<StatementResult>

interface Turn extends AskedStatement {
  readonly process: string
  readonly answer: (outcome: PromiseSettledResult<StatementResult>) => void
  outcome: PromiseSettledResult<StatementResult> | undefined
}

const turnsMax = 5_000
const { setImmediate: realImmediate, setTimeout: realTimeout, clearTimeout: clearRealTimeout } = globalThis
const nextTurn = () => new Promise<void>((resolve) => realImmediate(resolve))
/** Real time after which a statement is looked at that may wait for a lock; hardly one takes so long by itself. */
const lookAfterMs = 2

/** What a schedule is played with. */
export interface Stand {
  readonly quiet: Quiet
  readonly time: VirtualTime
  readonly locks: LockWatch
  /** Backends of all processes that take part. */
  readonly pids: readonly number[]
}

/**
 * Statements of several processes, one at a time in an order that is drawn.
 *
 *   asked ─▶ held ─ drawn ─▶ under way ─ answered by the database ─▶ done ─ nothing else is under way ─▶ told
 *                               └ waits for a lock: others are drawn meanwhile
 *
 * A statement is under way alone, but for those that wait for a lock. Answers are told one after the other, in the order
 * in which the statements began, so that how fast the database was makes no difference.
 */
export class Interleaving {
  readonly #stand: Stand
  #held: Turn[] = []
  #underWay: Turn[] = []
  #onAnswer: () => void = () => {}
  /** Whose turns they were, one letter each, and what waited. */
  order = ''
  /** Those that waited for each other, in words, when that happened. */
  deadlock: string | undefined

  constructor(stand: Stand) {
    this.#stand = stand
  }

  /** The gate of one process. */
  gateOf(process: string): StatementGate {
    return (asked) =>
      new Promise((resolve, reject) => {
        const answer: Turn['answer'] = (outcome) =>
          outcome.status === 'fulfilled' ? resolve(outcome.value) : reject(outcome.reason)
        this.#held.push({ ...asked, process, answer, outcome: undefined })
      })
  }

  /** Lets go one statement after the other until nobody asks any more. `onTurn` is told before each how many were let go. */
  async play(chance: Chance, onTurn: (turns: number) => void): Promise<void> {
    for (let turns = 0; turns < turnsMax; ) {
      await this.#stand.quiet.settled()
      if (this.#tellOne()) continue
      onTurn(turns)
      await this.#stand.quiet.settled()
      const next = this.#draw(chance)
      if (next === undefined && this.#underWay.length === 0) return
      if (next === undefined) await this.#breakDeadlock()
      else {
        turns += 1
        this.#begin(next)
      }
      await this.#rest()
    }
    throw new RangeError('two processes never come to an end')
  }

  #draw(chance: Chance): Turn | undefined {
    const processes = [...new Set(this.#held.map(({ process }) => process))].sort()
    const process = chance.pickAny(processes)
    const next = this.#held.find((turn) => turn.process === process)
    this.#held = this.#held.filter((turn) => turn !== next)
    return next
  }

  #begin(turn: Turn): void {
    this.order += turn.process.at(-1) ?? ''
    this.#underWay.push(turn)
    turn.run().then(
      (value) => {
        this.#settle(turn, { status: 'fulfilled', value })
      },
      (reason: unknown) => {
        this.#settle(turn, { status: 'rejected', reason })
      },
    )
  }

  #settle(turn: Turn, outcome: PromiseSettledResult<StatementResult>): void {
    turn.outcome = outcome
    this.#onAnswer()
  }

  /** Tells the first answer that is there; says whether there was one. */
  #tellOne(): boolean {
    const done = this.#underWay.find(({ outcome }) => outcome !== undefined)
    if (!done?.outcome) return false
    this.#underWay = this.#underWay.filter((turn) => turn !== done)
    this.#stand.time.owner = done.process
    done.answer(done.outcome)
    return true
  }

  /** Resolves when each statement under way is answered or waits for a lock; only another's end can change that. */
  async #rest(): Promise<void> {
    const { locks, pids } = this.#stand
    for (;;) {
      await this.#answeredSoon()
      const running = this.#running()
      if (running.length === 0) return
      const waiting = await locks.waiting(
        running.map(({ pid }) => pid),
        pids,
      )
      const stillRunning = this.#running()
      if (stillRunning.length === running.length && running.every(({ pid }) => waiting.has(pid))) {
        if (this.#underWay.at(-1)?.outcome === undefined) this.order += '*'
        return
      }
    }
  }

  /** Resolves when all statements under way are answered, or after a moment of real time. */
  async #answeredSoon(): Promise<void> {
    if (this.#running().length === 0) return
    await new Promise<void>((resolve) => {
      const timer = realTimeout(resolve, lookAfterMs)
      this.#onAnswer = () => {
        if (this.#running().length > 0) return
        clearRealTimeout(timer)
        resolve()
      }
    })
  }

  #running(): readonly Turn[] {
    return this.#underWay.filter(({ outcome }) => outcome === undefined)
  }

  /** Everything waits for each other: the last that came gives way, as the database would have it a second later. */
  async #breakDeadlock(): Promise<void> {
    const last = this.#underWay.at(-1)
    if (last === undefined) return
    this.deadlock ??= this.#underWay.map(({ process, text }) => `${process}: ${firstWords(text)}`).join(' | ')
    await this.#stand.locks.cancel(last.pid)
    while (last.outcome === undefined) await nextTurn()
  }
}

function firstWords(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 60)
}
