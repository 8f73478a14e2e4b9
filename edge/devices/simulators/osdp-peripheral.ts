import type { Random } from '@gatehouse/shared/random/random'
import { nodeAes } from '../drivers/osdp/aes.ts'
import { decodeCommand, type OsdpCommand, type Telegram } from '../drivers/osdp/commands.ts'
import { checksum, crc16, encodeFrame, type OsdpFrame } from '../drivers/osdp/frame.ts'
import type { ReaderCapability, ReaderIdentity } from '../drivers/osdp/reader-keys.ts'
import { encodeReply, type OsdpReply } from '../drivers/osdp/replies.ts'
import { openFrame, sealFrame, signFrame } from '../drivers/osdp/sealed-frame.ts'
import {
  defaultKey,
  initialReplyMac,
  panelCryptogram,
  readerCryptogram,
  type SessionKeys,
  securityTypes,
  sessionKeys,
  startsWith,
} from '../drivers/osdp/secure-channel.ts'

/** What a simulated reader is and can do. */
export interface PeripheralFacts {
  readonly identity: ReaderIdentity
  readonly capabilities: readonly ReaderCapability[]
}

/** Something a simulated reader has to tell; the next poll takes it. */
export type Report = Extract<OsdpReply, { kind: 'raw' | 'formatted' | 'keypad' | 'localStatus' | 'inputs' }>

type Session =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'challenged'
      readonly keys: SessionKeys
      readonly randoms: { readonly panel: Uint8Array; readonly reader: Uint8Array }
      readonly isDefaultKey: boolean
    }
  | { readonly kind: 'secure'; readonly keys: SessionKeys; readonly replyMac: Uint8Array }

/** Reports that wait for a poll; the oldest is dropped. */
const reportsMax = 16
const clientId = Uint8Array.of(0x47, 0x48, 0x53, 0x49, 0x4d, 0x30, 0x30, 0x31)

/** The reader's side of OSDP 2.2: one reader, as its firmware would be. Frames in, at most one frame out. */
export class OsdpPeripheral {
  /** The key of its own; without one only the default key opens a session. */
  key: Uint8Array | undefined
  tamper = false
  /** How its inputs stand; told when it is asked. */
  inputs: readonly boolean[] = []
  /** What it was told to show and do, in order. */
  readonly obeyed: OsdpCommand[] = []
  /** Told to answer BUSY this many times. */
  busy = 0
  /** A faulty or forged reader: tells its cards in clear, session or none. */
  speaksInClear = false
  /** Signs its answers and does not encrypt them, as some firmware does with its status. */
  signsOnly = false
  /** A faulty line: the MAC of the next answer is wrong. */
  spoilsNextMac = false
  /** Commands that it does not know. */
  readonly refuses = new Set<OsdpCommand['kind']>()
  /** Set back to the default key without saying so: it answers with that one whatever is asked. */
  saysDefaultKey = false
  facts: PeripheralFacts
  readonly #random: Random
  #reports: Report[] = []
  #session: Session = { kind: 'none' }
  #last: { readonly sequence: number; readonly covered: Uint8Array; readonly answer: Uint8Array } | undefined

  constructor(facts: PeripheralFacts, random: Random) {
    this.facts = facts
    this.#random = random
  }

  get isSecure(): boolean {
    return this.#session.kind === 'secure'
  }

  /** Something happened at the reader. */
  report(report: Report): void {
    this.#reports = [...this.#reports, report].slice(-reportsMax)
  }

  /** As after a power cut: the session and what waited are gone, the key stays. */
  restart(): void {
    this.#session = { kind: 'none' }
    this.#last = undefined
    this.#reports = []
  }

  /** Answers one command frame; undefined when a reader would keep silent. */
  answer(frame: OsdpFrame): Uint8Array | undefined {
    if (this.busy > 0) {
      this.busy -= 1
      return this.#write(frame, { kind: 'busy' }, { sequence: 0 })
    }
    const last = this.#last
    if (
      last &&
      frame.sequence === last.sequence &&
      frame.sequence !== 0 &&
      same(last.covered, frame.covered)
    ) {
      return last.answer
    }
    if (frame.sequence === 0) this.#session = { kind: 'none' }
    else if (!last || frame.sequence !== (last.sequence % 3) + 1) {
      return this.#write(frame, { kind: 'nak', reason: 'sequence' })
    }
    const answer = this.#decide(frame)
    this.#last = { sequence: frame.sequence, covered: frame.covered, answer }
    return answer
  }

  #decide(frame: OsdpFrame): Uint8Array {
    const type = frame.security?.type
    if (type === securityTypes.challenge) return this.#challenged(frame)
    if (type === securityTypes.prove) return this.#proved(frame)
    if (this.#session.kind === 'secure') return this.#secured(frame)
    if (type !== undefined) return this.#write(frame, { kind: 'nak', reason: 'secure_channel_needed' })
    return this.#write(frame, this.#obey(frame))
  }

  #challenged(frame: OsdpFrame): Uint8Array {
    const command = decodeCommand(frame)
    const isDefaultKey = this.saysDefaultKey || frame.security?.data[0] === 0
    const baseKey = isDefaultKey ? defaultKey : this.key
    // A reader with a key of its own refuses the key that everybody knows.
    if (command?.kind !== 'challenge' || !baseKey || (isDefaultKey && this.key && !this.saysDefaultKey)) {
      return this.#write(frame, { kind: 'nak', reason: 'secure_channel_needed' })
    }
    const randoms = { panel: command.random, reader: this.#random.bytes(8) }
    const keys = sessionKeys(nodeAes, baseKey, randoms.panel)
    this.#session = { kind: 'challenged', keys, randoms, isDefaultKey }
    const cryptogram = readerCryptogram(nodeAes, keys, randoms)
    const reply: OsdpReply = { kind: 'cryptogram', clientId, random: randoms.reader, cryptogram }
    const data = Uint8Array.of(isDefaultKey ? 0 : 1)
    return this.#write(frame, reply, { security: { type: securityTypes.cryptogram, data } })
  }

  #proved(frame: OsdpFrame): Uint8Array {
    const command = decodeCommand(frame)
    const session = this.#session
    if (session.kind !== 'challenged' || command?.kind !== 'prove') {
      return this.#write(frame, { kind: 'nak', reason: 'secure_channel_needed' })
    }
    const { keys, randoms } = session
    const isRight = startsWith(panelCryptogram(nodeAes, keys, randoms), command.cryptogram)
    const mac = initialReplyMac(nodeAes, keys, command.cryptogram)
    this.#session = isRight ? { kind: 'secure', keys, replyMac: mac } : { kind: 'none' }
    const security = { type: securityTypes.initialMac, data: Uint8Array.of(isRight ? 1 : 0xff) }
    return this.#write(frame, { kind: 'initialMac', mac }, { security })
  }

  #secured(frame: OsdpFrame): Uint8Array {
    const session = this.#session
    if (session.kind !== 'secure') return this.#write(frame, { kind: 'nak', reason: 'no_secure_channel' })
    const opened = openFrame(nodeAes, { keys: session.keys, otherMac: session.replyMac }, frame)
    if (!opened.ok) {
      this.#session = { kind: 'none' }
      return this.#write(frame, { kind: 'nak', reason: 'secure_channel_needed' })
    }
    const reply = this.#obey(opened.value.telegram)
    if (this.speaksInClear && reply.kind === 'raw') return this.#write(frame, reply)
    const header = { address: frame.address, sequence: frame.sequence, check: frame.check, fromReader: true }
    const state = { keys: session.keys, otherMac: opened.value.mac }
    const sealed = this.signsOnly
      ? signFrame(nodeAes, state, header, encodeReply(reply))
      : sealFrame(nodeAes, state, header, encodeReply(reply))
    this.#session = { ...session, replyMac: sealed.mac }
    return this.spoilsNextMac ? this.#spoiled(sealed.bytes, frame.check === 'crc') : sealed.bytes
  }

  /** The same frame with a wrong MAC and a right check. */
  #spoiled(bytes: Uint8Array, isCrc: boolean): Uint8Array {
    this.spoilsNextMac = false
    const wrong = bytes.slice()
    const end = wrong.length - (isCrc ? 2 : 1)
    wrong[end - 1] = (wrong[end - 1] ?? 0) ^ 1
    const checked = wrong.subarray(0, end)
    const check = isCrc ? crc16(checked) : checksum(checked)
    wrong[end] = check & 0xff
    if (isCrc) wrong[end + 1] = check >> 8
    return wrong
  }

  #obey(telegram: Telegram): OsdpReply {
    const command = decodeCommand(telegram)
    const { identity, capabilities } = this.facts
    if (!command || this.refuses.has(command.kind)) return { kind: 'nak', reason: 'unknown_command' }
    switch (command.kind) {
      case 'poll':
        return this.#takeReport()
      case 'id':
        return { kind: 'identity', ...identity }
      case 'capabilities':
        return { kind: 'capabilities', capabilities }
      case 'localStatus':
        return { kind: 'localStatus', tamper: this.tamper, powerFailed: false }
      case 'inputStatus':
        return { kind: 'inputs', active: this.inputs }
      case 'outputStatus':
        return { kind: 'outputs', active: [] }
      case 'readerStatus':
        return { kind: 'readers', states: [0] }
      case 'setCommunication':
        return { kind: 'communication', address: command.address, baudRate: command.baudRate }
      case 'setKey':
        return this.#setKey(command.key)
      default:
        this.obeyed.push(command)
        return { kind: 'ack' }
    }
  }

  #setKey(key: Uint8Array): OsdpReply {
    if (this.#session.kind !== 'secure') return { kind: 'nak', reason: 'secure_channel_needed' }
    this.key = key
    return { kind: 'ack' }
  }

  #takeReport(): OsdpReply {
    // A reader tells nothing of cards outside a session, unless it is one that should not be trusted.
    if (this.#session.kind !== 'secure' && !this.speaksInClear) return { kind: 'ack' }
    const [report, ...rest] = this.#reports
    this.#reports = rest
    return report ?? { kind: 'ack' }
  }

  #write(
    { address, sequence, check }: OsdpFrame,
    reply: OsdpReply,
    header: Partial<Pick<OsdpFrame, 'sequence' | 'security'>> = {},
  ): Uint8Array {
    return encodeFrame({ address, sequence, check, fromReader: true, ...header, ...encodeReply(reply) })
  }
}

const same = (one: Uint8Array, other: Uint8Array) => one.length === other.length && startsWith(one, other)
