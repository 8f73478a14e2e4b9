import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Random } from '@gatehouse/shared/random/random'
import { assertNever } from '@gatehouse/shared/result/result'
import { GarbageMeter } from '../../garbage-meter.ts'
import type { DeviceLogger } from '../../ports/device-logger.ts'
import type { ByteLink, ByteLinkHandlers } from '../../transports/byte-link.ts'
import { nodeAes } from './aes.ts'
import { Deframer } from './deframer.ts'
import { frameBytesMax, markByte, type OsdpFrame } from './frame.ts'
import { newPanel, panelDueMs, stepPanel } from './panel-machine.ts'
import type {
  AlarmReason,
  OfflineReason,
  PanelAction,
  PanelContext,
  PanelEvent,
  PanelState,
  ReaderFact,
  RequestCommand,
  RequestEnd,
} from './panel-state.ts'
import type { ReaderKeys } from './reader-keys.ts'

/** One reader on the line, and who hears of it. */
export interface OsdpReaderOnLine {
  readonly deviceId: string
  readonly address: number
  readonly check: 'crc' | 'checksum'
  readonly pollMs: number
  /** How long the reader may think, milliseconds; transmission comes on top. */
  readonly replyTimeoutMs: number
  presence(presence: { readonly online: boolean; readonly reason?: OfflineReason }): void
  fact(fact: ReaderFact): void
  alarm(reason: AlarmReason): void
  garbage(reason: string): void
}

/** The one owner of a line with OSDP readers: one frame under way, readers in turn. */
export interface OsdpLine {
  open(): void
  /** Begins to ask a reader; undefined when another reader has its address. */
  add(reader: OsdpReaderOnLine): OsdpReaderHandle | undefined
  close(): Promise<void>
}

/** One reader that is asked. */
export interface OsdpReaderHandle {
  request(command: RequestCommand): Promise<RequestEnd>
  remove(): void
}

/** What a line is opened with. */
export interface OsdpLineOptions {
  readonly bus: string
  readonly openLink: (handlers: ByteLinkHandlers) => ByteLink
  /** Bits per second, from which transmission times follow; of the slowest part of the way. */
  readonly baudRate: number
  readonly clock: Clock
  readonly random: Random
  readonly logger: DeviceLogger
  readonly keys: ReaderKeys
  /** Whether a person has opened the install window of a reader. */
  readonly isInstalling: (deviceId: string) => boolean
}

/** Silence after an answer that did not come, milliseconds, so that a late one meets nobody's question. */
const quietMs = 20
/** Bytes of a usual answer: the wait for the first byte allows for so many. */
const answerBytes = 128
/** Longest gap inside an answer, milliseconds; converters and serial servers hand bytes on in packets. */
const gapMaxMs = 50
/** With no reader heard for this long the connection is made anew; converters die half-open. */
const silentLinkMaxMs = 60_000
const bitsPerByte = 10
/** A second answer to one question comes within this, milliseconds. */
const answeredTwiceMaxMs = 500

interface OnLine {
  readonly reader: OsdpReaderOnLine
  state: PanelState
  readonly requests: Map<number, (end: RequestEnd) => void>
}

/** What a reader answered last, to notice a second answer to the same question. */
interface Answered {
  readonly one: OnLine
  readonly frame: OsdpFrame
  readonly atMs: number
}

interface Awaited {
  readonly one: OnLine
  readonly untilMs: number
  /** Until when the longest frame would be here; nothing is waited for longer. */
  readonly lastMs: number
}

class Line implements OsdpLine {
  readonly #options: OsdpLineOptions
  readonly #link: ByteLink
  readonly #garbage: GarbageMeter
  readonly #deframer = new Deframer()
  /** In the order of their turns: who had the line goes to the end. */
  readonly #readers = new Map<number, OnLine>()
  /** Readers that answer and had a turn since one had it that may keep silent. */
  readonly #served = new Set<OnLine>()
  #awaited: Awaited | undefined
  #answered: Answered | undefined
  #up = false
  #closed = false
  #quietUntilMs = 0
  #heardMs = 0
  #nextTicket = 1
  #timer: NodeJS.Timeout | undefined

  constructor(options: OsdpLineOptions) {
    this.#options = options
    this.#garbage = new GarbageMeter(options.clock, options.logger, { bus: options.bus })
    this.#link = options.openLink({
      onUp: () => this.#lineUp(),
      onBytes: (bytes) => this.#receive(bytes),
      onDown: () => this.#lineDown(),
    })
  }

  open(): void {
    this.#link.open()
  }

  add(reader: OsdpReaderOnLine): OsdpReaderHandle | undefined {
    if (this.#readers.has(reader.address)) return undefined
    const one: OnLine = { reader, state: newPanel(), requests: new Map() }
    this.#readers.set(reader.address, one)
    this.#arm()
    return {
      request: (command) => this.#request(one, command),
      remove: () => this.#remove(one),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    for (const one of [...this.#readers.values()]) this.#remove(one)
    await this.#link.close()
  }

  #now(): number {
    return this.#options.clock.now().monotonicMs
  }

  #lineUp(): void {
    this.#up = true
    this.#heardMs = this.#now()
    this.#deframer.reset()
    this.#arm()
  }

  #lineDown(): void {
    this.#up = false
    this.#awaited = undefined
    for (const one of this.#readers.values()) this.#step(one, { kind: 'lineDown' })
    this.#arm()
  }

  #remove(one: OnLine): void {
    if (this.#readers.get(one.reader.address) !== one) return
    this.#readers.delete(one.reader.address)
    this.#served.delete(one)
    if (this.#awaited?.one === one) this.#awaited = undefined
    for (const end of one.requests.values()) end('unknown')
    one.requests.clear()
    this.#arm()
  }

  #request(one: OnLine, command: RequestCommand): Promise<RequestEnd> {
    return new Promise((resolve) => {
      if (this.#readers.get(one.reader.address) !== one) return resolve('offline')
      const ticket = this.#nextTicket
      this.#nextTicket += 1
      one.requests.set(ticket, resolve)
      this.#step(one, { kind: 'requested', ticket, command })
      this.#arm()
    })
  }

  #receive(bytes: Uint8Array): void {
    const { frames, garbageBytes } = this.#deframer.receive(bytes)
    if (garbageBytes > 0) this.#garbage.count(garbageBytes, 'bytes_not_a_frame')
    for (const frame of frames) this.#hear(frame)
    const awaited = this.#awaited
    if (awaited && this.#deframer.isInFrame) {
      const untilMs = Math.min(awaited.lastMs, Math.max(awaited.untilMs, this.#now() + gapMaxMs))
      this.#awaited = { ...awaited, untilMs }
    }
    this.#arm()
  }

  #hear(frame: OsdpFrame): void {
    // Some converters hand back what was sent.
    if (!frame.fromReader) return
    const awaited = this.#awaited
    if (awaited?.one.reader.address !== frame.address) {
      this.#noticeTwice(frame)
      this.#garbage.count(frame.covered.length, 'frame_not_asked_for')
      return
    }
    this.#heardMs = this.#now()
    this.#awaited = undefined
    const isAnswer = this.#step(awaited.one, { kind: 'heard', frame })
    if (isAnswer) {
      this.#answered = { one: awaited.one, frame, atMs: this.#heardMs }
      return
    }
    this.#awaited = awaited
    this.#noticeTwice(frame)
    this.#garbage.count(frame.covered.length, 'frame_too_late')
  }

  /**
   * One reader that is asked again repeats its answer byte for byte. Another answer under the same number, shortly after
   * the first, is that of a second reader that was set to the same address.
   */
  #noticeTwice(frame: OsdpFrame): void {
    const answered = this.#answered
    if (!answered || answered.one.reader.address !== frame.address) return
    if (this.#now() - answered.atMs > answeredTwiceMaxMs || frame.sequence !== answered.frame.sequence) return
    if (Buffer.compare(frame.covered, answered.frame.covered) === 0) return
    this.#answered = undefined
    if (this.#awaited?.one === answered.one) this.#awaited = undefined
    this.#step(answered.one, { kind: 'answeredTwice' })
  }

  #tick(): void {
    const nowMs = this.#now()
    const awaited = this.#awaited
    if (awaited && nowMs >= awaited.untilMs) {
      this.#awaited = undefined
      this.#quietUntilMs = nowMs + quietMs
      this.#step(awaited.one, { kind: 'silence' })
    }
    if (!this.#awaited && nowMs >= this.#quietUntilMs) this.#giveTurn(nowMs)
    if (this.#up && this.#readers.size > 0 && nowMs - this.#heardMs > silentLinkMaxMs)
      this.#link.reset('silent')
    this.#arm()
  }

  /** The next reader in turn that is due; between two that may keep silent, all that answer have theirs. */
  #giveTurn(nowMs: number): void {
    const due = [...this.#readers.values()].filter(({ state }) => panelDueMs(state) <= nowMs)
    const [one] = [
      ...due.filter((each) => answers(each.state) && !this.#served.has(each)),
      ...due.filter(({ state }) => !answers(state)),
      ...due,
    ]
    if (!one) return
    if (answers(one.state)) this.#served.add(one)
    else this.#served.clear()
    this.#readers.delete(one.reader.address)
    this.#readers.set(one.reader.address, one)
    this.#step(one, { kind: 'turn' })
  }

  /** Takes a step of one reader and does what comes of it. False: what was heard was no answer. */
  #step(one: OnLine, event: PanelEvent): boolean {
    const step = stepPanel(one.state, event, this.#context(one))
    one.state = step.state
    for (const action of step.actions) this.#act(one, action)
    return !step.actions.some(({ kind }) => kind === 'keepWaiting')
  }

  #context({ reader }: OnLine): PanelContext {
    const { random, keys, isInstalling } = this.#options
    const { address, check, pollMs, deviceId } = reader
    return {
      ...{ aes: nodeAes, random, nowMs: this.#now(), address, check, pollMs },
      secrets: () => keys.read(deviceId),
      isInstalling: () => isInstalling(deviceId),
    }
  }

  #act(one: OnLine, action: PanelAction): void {
    const { reader } = one
    const { keys } = this.#options
    switch (action.kind) {
      case 'send':
        this.#send(one, action.bytes)
        break
      case 'keepWaiting':
        break
      case 'storeKey':
        this.#step(one, { kind: 'keyStored', ok: keys.write(reader.deviceId, { key: action.key }) })
        break
      case 'pin':
        keys.write(reader.deviceId, { key: action.key, facts: action.facts })
        break
      case 'presence':
        reader.presence(action)
        break
      case 'alarm':
        reader.alarm(action.reason)
        break
      case 'fact':
        reader.fact(action.fact)
        break
      case 'garbage':
        reader.garbage(action.reason)
        break
      case 'ended':
        one.requests.get(action.ticket)?.(action.end)
        one.requests.delete(action.ticket)
        break
      default:
        assertNever(action)
    }
  }

  #send(one: OnLine, bytes: Uint8Array): void {
    const stale = this.#deframer.reset()
    if (stale > 0) this.#garbage.count(stale, 'frame_not_whole')
    const marked = new Uint8Array(bytes.length + 1)
    marked[0] = markByte
    marked.set(bytes, 1)
    const patienceMs = (bytesInAnswer: number) =>
      one.reader.replyTimeoutMs +
      ((marked.length + bytesInAnswer) * bitsPerByte * 1_000) / this.#options.baudRate
    const nowMs = this.#now()
    this.#awaited = {
      one,
      untilMs: nowMs + patienceMs(answerBytes),
      lastMs: nowMs + patienceMs(frameBytesMax) + gapMaxMs,
    }
    // A full buffer means a stuck line; the missing answer is noticed as such.
    this.#link.write(marked)
  }

  #arm(): void {
    clearTimeout(this.#timer)
    if (this.#closed || !this.#up) return
    const dues = [...this.#readers.values()].map(({ state }) => panelDueMs(state))
    const dueMs = this.#awaited?.untilMs ?? Math.max(this.#quietUntilMs, Math.min(...dues))
    if (!Number.isFinite(dueMs)) return
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, Math.ceil(dueMs - this.#now())))
  }
}

/** Whether a reader's last word is that it is there: its turn costs its neighbours no waiting. */
function answers(state: PanelState): boolean {
  return state.kind === 'online' && (state.exchange === undefined || state.exchange.tries === 0)
}

/** Opens a line of OSDP readers; the line has no other owner. */
export function createOsdpLine(options: OsdpLineOptions): OsdpLine {
  return new Line(options)
}
