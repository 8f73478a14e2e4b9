import type { OsdpCommand } from './commands.ts'
import { encodeCommand } from './commands.ts'
import { encodeFrame, type OsdpFrame } from './frame.ts'
import { decodeReply, type OsdpReply } from './replies.ts'
import { openFrame, type SealState, sealFrame } from './sealed-frame.ts'
import { type Aes, securityTypes } from './secure-channel.ts'

/** Times that a command is sent in all before its reader counts as gone. */
export const triesMax = 3
/** Times that a reader may answer BUSY to one command. */
export const busyMax = 100
/** Pause after BUSY, milliseconds. */
export const busyPauseMs = 50

/** One command on its way: the very same bytes under the same number until it is answered or given up. */
export interface Exchange {
  readonly command: OsdpCommand
  /** Names the request behind it, when there is one. */
  readonly ticket?: number
  readonly sequence: number
  readonly bytes: Uint8Array
  /** The chain that the answer is verified with; absent for commands in clear. */
  readonly answerSeal?: SealState
  readonly tries: number
  readonly busies: number
  /** It wants the line from then on. */
  readonly dueMs: number
}

/** What an answer comes to. `again`: the same bytes once more. `overheard`: not an answer to this command. */
export type Answer =
  | {
      readonly kind: 'reply'
      readonly reply: OsdpReply | undefined
      readonly mac?: Uint8Array
      readonly frame: OsdpFrame
    }
  | { readonly kind: 'again'; readonly exchange: Exchange }
  | { readonly kind: 'overheard' }
  | {
      readonly kind: 'broken'
      readonly reason: 'restarted' | 'always_busy' | 'plain_text' | 'mac_failed' | 'data_failed'
    }

/** Everything that writing a command needs. */
export interface ExchangeParts {
  readonly address: number
  readonly check: 'crc' | 'checksum'
  readonly command: OsdpCommand
  readonly sequence: number
  readonly dueMs: number
  readonly ticket?: number
  /** Inside a session. */
  readonly seal?: SealState
  /** The handshake is in clear and says which key is meant. */
  readonly isDefaultKey?: boolean
}

/** Replies that nobody on the line may read: signed is not enough. */
const secrets: ReadonlySet<OsdpReply['kind']> = new Set<OsdpReply['kind']>(['raw', 'formatted', 'keypad'])

/** The number after `sequence`: 0 only begins anew, then 1, 2, 3, 1… (OSDP 2.2 §5.9). */
export function nextSequence(sequence: number): number {
  return (sequence % 3) + 1
}

/** Writes a command once; every repetition sends these bytes, so that a reader can repeat its answer. */
export function beginExchange(aes: Aes, parts: ExchangeParts): Exchange {
  const { address, check, command, sequence, dueMs, ticket, seal } = parts
  const telegram = encodeCommand(command)
  const header = { address, check, sequence, fromReader: false }
  const common = { command, sequence, dueMs, tries: 0, busies: 0, ...(ticket !== undefined && { ticket }) }
  if (seal) {
    const { bytes, mac } = sealFrame(aes, seal, header, telegram)
    return { ...common, bytes, answerSeal: { keys: seal.keys, otherMac: mac } }
  }
  const security = handshakeBlock(command, parts.isDefaultKey ?? false)
  return { ...common, bytes: encodeFrame({ ...header, ...(security && { security }), ...telegram }) }
}

function handshakeBlock(command: OsdpCommand, isDefaultKey: boolean) {
  const data = Uint8Array.of(isDefaultKey ? 0 : 1)
  if (command.kind === 'challenge') return { type: securityTypes.challenge, data }
  if (command.kind === 'prove') return { type: securityTypes.prove, data }
  return undefined
}

/**
 * Judges a frame that came from the reader while `exchange` is under way. BUSY and a refused check are answered by the
 * same bytes; a frame with another number is late or foreign and leaves everything as it is.
 */
export function judgeAnswer(aes: Aes, exchange: Exchange, frame: OsdpFrame, nowMs: number): Answer {
  const isPlain = frame.mac === undefined
  const plain = isPlain ? decodeReply(frame) : undefined
  // OSDP 2.2 §7.19: BUSY may be in clear inside a session, with number 0.
  if (plain?.kind === 'busy') return busyAgain(exchange, nowMs)
  const isNumbered = frame.sequence === exchange.sequence
  const isAnew = frame.sequence === 0 && plain?.kind === 'nak'
  if (!isNumbered && !isAnew && !(frame.sequence === 0 && exchange.answerSeal && isPlain)) {
    return { kind: 'overheard' }
  }
  if (plain?.kind === 'nak' && plain.reason === 'check') {
    return exchange.tries < triesMax
      ? { kind: 'again', exchange: { ...exchange, dueMs: nowMs } }
      : { kind: 'broken', reason: 'restarted' }
  }
  if (!exchange.answerSeal) {
    if (isAnew && !isNumbered) return { kind: 'broken', reason: 'restarted' }
    return isPlain ? { kind: 'reply', reply: plain, frame } : { kind: 'overheard' }
  }
  // A reader that lost its session says so in clear, and can say nothing else in clear.
  if (isPlain) return { kind: 'broken', reason: plain?.kind === 'nak' ? 'restarted' : 'plain_text' }
  const opened = openFrame(aes, exchange.answerSeal, frame)
  if (!opened.ok) return { kind: 'broken', reason: opened.error }
  const { telegram, mac, isEncrypted } = opened.value
  const reply = decodeReply(telegram)
  if (!isEncrypted && reply && secrets.has(reply.kind)) return { kind: 'broken', reason: 'plain_text' }
  return { kind: 'reply', reply, mac, frame }
}

function busyAgain(exchange: Exchange, nowMs: number): Answer {
  const busies = exchange.busies + 1
  if (busies > busyMax) return { kind: 'broken', reason: 'always_busy' }
  // Its answer proves that it is there, so the tries begin anew.
  return { kind: 'again', exchange: { ...exchange, busies, tries: 0, dueMs: nowMs + busyPauseMs } }
}
