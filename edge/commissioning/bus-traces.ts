import type { Clock } from '@gatehouse/shared/clock/clock'
import type { BusSurroundings } from '../devices/bus-owner.ts'
import type { BusFamily } from '../devices/device-plan.ts'
import { frameText } from './frame-text.ts'

/** What is kept of each bus: different exchanges, however often each was repeated. */
const exchangesMax = 60
/** The same exchange among so many last ones is counted, not kept again: buses are polled in turn. */
const lookBackMax = 16
const answerBytesMax = 512

/** What was written, what came back, and how often so. */
export interface BusExchange {
  /** Of the first and of the last time, epoch ms. */
  readonly fromMs: number
  lastMs: number
  times: number
  readonly out?: string
  readonly in?: string
}

/** Figures of one bus since the edge was started. */
export interface BusCounters {
  readonly isUp: boolean
  readonly sent: number
  readonly answered: number
  /** Written on a bus that is asked in turn, and nothing came back before the next was written. */
  readonly timeouts: number
  /** How often its line was lost. */
  readonly lost: number
}

interface Trace {
  readonly family: BusFamily
  readonly exchanges: BusExchange[]
  pending: { readonly atMs: number; readonly text: string } | undefined
  answer: number[]
  up: boolean
  sent: number
  answered: number
  timeouts: number
  lost: number
}

const none: BusCounters = { isUp: false, sent: 0, answered: 0, timeouts: 0, lost: 0 }

/** Listens in on the site's buses and keeps a bounded, readable rest of each; secrets never get in. */
export class BusTraces {
  readonly #clock: Clock
  readonly #familyOf: (bus: string) => BusFamily
  readonly #byBus = new Map<string, Trace>()

  constructor(parts: { readonly clock: Clock; readonly familyOf: (bus: string) => BusFamily }) {
    this.#clock = parts.clock
    this.#familyOf = parts.familyOf
  }

  /** Puts the listening around the way in which buses are opened. */
  around(open: BusSurroundings['openTransport']): BusSurroundings['openTransport'] {
    return (bus, config, handlers) => {
      const trace: Trace = {
        ...{ family: this.#familyOf(bus), exchanges: [], pending: undefined, answer: [] },
        ...{ up: false, sent: 0, answered: 0, timeouts: 0, lost: 0 },
      }
      this.#byBus.set(bus, trace)
      const link = open(bus, config, {
        onUp: () => {
          trace.up = true
          handlers.onUp()
        },
        onBytes: (bytes) => {
          this.#heard(trace, bytes)
          handlers.onBytes(bytes)
        },
        onDown: (reason) => {
          if (trace.up) trace.lost += 1
          trace.up = false
          handlers.onDown(reason)
        },
      })
      return {
        open: () => link.open(),
        write: (bytes) => {
          const taken = link.write(bytes)
          if (taken) this.#wrote(trace, bytes)
          return taken
        },
        reset: (reason) => link.reset(reason),
        close: () => link.close(),
      }
    }
  }

  /** The rest of one bus, newest last; empty for a bus that nobody opened. */
  exchangesOf(bus: string): readonly BusExchange[] {
    const trace = this.#byBus.get(bus)
    if (!trace) return []
    this.#settle(trace, false)
    return trace.exchanges
  }

  countersOf(bus: string): BusCounters {
    const trace = this.#byBus.get(bus)
    if (!trace) return none
    const { up: isUp, sent, answered, timeouts, lost } = trace
    return { isUp, sent, answered, timeouts, lost }
  }

  #wrote(trace: Trace, bytes: Uint8Array): void {
    this.#settle(trace, true)
    trace.sent += 1
    trace.pending = { atMs: this.#clock.now().wallMs, text: frameText(trace.family, 'out', bytes) }
  }

  #heard(trace: Trace, bytes: Uint8Array): void {
    if (!isAsked(trace.family)) {
      trace.answered += 1
      this.#settle(trace, false)
      this.#keep(trace, this.#clock.now().wallMs, { in: frameText(trace.family, 'in', bytes) })
      return
    }
    const room = answerBytesMax - trace.answer.length
    trace.answer.push(...bytes.subarray(0, Math.max(0, room)))
  }

  /** Ends an exchange: what came back since something was written belongs to it. */
  #settle(trace: Trace, isNext: boolean): void {
    const { pending, answer } = trace
    if (pending === undefined || (answer.length === 0 && isAsked(trace.family) && !isNext)) return
    trace.pending = undefined
    trace.answer = []
    if (answer.length > 0) trace.answered += 1
    else if (isAsked(trace.family)) trace.timeouts += 1
    const came = answer.length > 0 ? { in: frameText(trace.family, 'in', Uint8Array.from(answer)) } : {}
    this.#keep(trace, pending.atMs, { out: pending.text, ...came })
  }

  #keep(trace: Trace, atMs: number, said: Pick<BusExchange, 'out' | 'in'>): void {
    const known = trace.exchanges
      .slice(-lookBackMax)
      .find((exchange) => exchange.out === said.out && exchange.in === said.in)
    if (known) {
      known.times += 1
      known.lastMs = atMs
      return
    }
    trace.exchanges.push({ fromMs: atMs, lastMs: atMs, times: 1, ...said })
    if (trace.exchanges.length > exchangesMax) trace.exchanges.shift()
  }
}

/** Readers and boards answer what they are asked; scanners and the keeper of the lines speak by themselves. */
function isAsked(family: BusFamily): boolean {
  return family === 'osdp' || family === 'modbus'
}
