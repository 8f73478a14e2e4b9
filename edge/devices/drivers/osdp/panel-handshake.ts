import { nextSequence } from './exchange.ts'
import type { AlarmReason, PanelAction, PanelContext, PanelStep, Session } from './panel-state.ts'
import { ask, type EventOf, goOffline, hearReply, type StateOf, send, stay } from './panel-step.ts'
import type { ReaderFacts } from './reader-keys.ts'
import type { OsdpReply } from './replies.ts'
import {
  defaultKey,
  initialReplyMac,
  isWeakKey,
  panelCryptogram,
  readerCryptogram,
  type SessionKeys,
  sessionKeys,
  startsWith,
} from './secure-channel.ts'

/*
 * From the first question to a session: who the reader is, what it can do, and the proof on both sides that they know the
 * same key (OSDP 2.2 annex D). The states and how they follow each other are drawn in panel-machine.ts.
 */

/** Answers to polls that may be of the time before the session; no reader is known to keep as many. */
export const oldAnswersMax = 128

const keyDrawsMax = 3
const communicationSecurity = 9
/** Capabilities whose level is half of a size, not a degree. */
const sizes: ReadonlySet<number> = new Set([10, 11])
/** Asks a reader who it is. */
export function identify(state: StateOf<'offline'>, context: PanelContext): PanelStep {
  const exchange = ask(context, { kind: 'id' }, 0)
  return send({ kind: 'identifying', exchange, backoffMs: state.backoffMs }, exchange)
}

/** ID was asked: then CAP is. */
export function onIdentity(
  state: StateOf<'identifying'>,
  context: PanelContext,
  { frame }: EventOf<'heard'>,
): PanelStep {
  return hearReply(state, context, frame, (reply) => {
    if (reply?.kind !== 'identity') return goOffline(state, context, 'refused')
    const { kind: _, ...identity } = reply
    const exchange = ask(context, { kind: 'capabilities' }, nextSequence(state.exchange.sequence))
    return stay({ kind: 'describing', identity, exchange, backoffMs: state.backoffMs })
  })
}

/** CAP was asked: a reader that can do what is needed, and no less than it could, is challenged. */
export function onCapabilities(
  state: StateOf<'describing'>,
  context: PanelContext,
  { frame }: EventOf<'heard'>,
): PanelStep {
  return hearReply(state, context, frame, (reply) => {
    if (reply?.kind !== 'capabilities') return goOffline(state, context, 'refused')
    return judgeReader(state, context, { identity: state.identity, capabilities: reply.capabilities })
  })
}

function judgeReader(state: StateOf<'describing'>, context: PanelContext, facts: ReaderFacts): PanelStep {
  const secrets = context.secrets()
  const canEncrypt = facts.capabilities.some(
    ({ function: what, level }) => what === communicationSecurity && level & 1,
  )
  const pinned = context.isInstalling() ? undefined : secrets?.facts
  if (pinned && isLess(pinned, facts)) return goOffline(state, context, 'capability_downgraded')
  if (!canEncrypt) return goOffline(state, context, 'no_secure_channel')
  const next = { facts, sequence: state.exchange.sequence, backoffMs: state.backoffMs }
  if (secrets) return challenge(context, { ...next, baseKey: secrets.key, isDefaultKey: false })
  if (context.isInstalling()) return challenge(context, { ...next, baseKey: defaultKey, isDefaultKey: true })
  return goOffline(state, context, 'no_key')
}

/** CHLNG was sent: a reader that knows the key has the panel prove the same. */
export function onCryptogram(
  state: StateOf<'challenging'>,
  context: PanelContext,
  { frame }: EventOf<'heard'>,
): PanelStep {
  const { aes } = context
  return hearReply(state, context, frame, (reply, { security }) => {
    if (reply?.kind !== 'cryptogram') return notOurKey(state, context, refusalOf(reply))
    const usedDefaultKey = security?.data[0] === 0
    if (usedDefaultKey && !state.isDefaultKey) return notOurKey(state, context, 'default_key')
    const keys = sessionKeys(aes, state.baseKey, state.random)
    const randoms = { panel: state.random, reader: reply.random }
    if (!isWhole(reply.cryptogram, readerCryptogram(aes, keys, randoms))) {
      return notOurKey(state, context, 'wrong_key')
    }
    return prove(state, context, { keys, cryptogram: panelCryptogram(aes, keys, randoms) })
  })
}

function prove(
  { random: _, ...kept }: StateOf<'challenging'>,
  context: PanelContext,
  proof: { readonly keys: SessionKeys; readonly cryptogram: Uint8Array },
): PanelStep {
  const { isDefaultKey } = kept
  const command = { kind: 'prove', cryptogram: proof.cryptogram } as const
  const exchange = ask(context, command, nextSequence(kept.exchange.sequence), { isDefaultKey })
  return stay({ ...kept, kind: 'proving', ...proof, exchange })
}

/** SCRYPT was sent: the session begins, or under the default key a new key is drawn. */
export function onInitialMac(
  state: StateOf<'proving'>,
  context: PanelContext,
  { frame }: EventOf<'heard'>,
): PanelStep {
  return hearReply(state, context, frame, (reply) => {
    if (reply?.kind !== 'initialMac') return notOurKey(state, context, refusalOf(reply))
    const replyMac = initialReplyMac(context.aes, state.keys, state.cryptogram)
    if (!isWhole(reply.mac, replyMac)) return notOurKey(state, context, 'wrong_key')
    const session = { keys: state.keys, replyMac }
    return state.isDefaultKey ? giveKey(state, context, session) : goOnline(state, session, context)
  })
}

function giveKey(state: StateOf<'proving'>, context: PanelContext, session: Session): PanelStep {
  // The window may have run out during the handshake; the default key is good for nothing else.
  if (!context.isInstalling()) return goOffline(state, context, 'no_key')
  const newKey = drawKey(context)
  if (!newKey) return goOffline(state, context, 'key_not_stored')
  const { facts, backoffMs, exchange } = state
  return {
    state: { kind: 'storing', facts, newKey, session, sequence: exchange.sequence, backoffMs },
    actions: [{ kind: 'storeKey', key: newKey }],
  }
}

/** The new key is on the disk: the reader hears of it. */
export function onKeyStored(
  state: StateOf<'storing'>,
  context: PanelContext,
  event: EventOf<'keyStored'>,
): PanelStep {
  if (!event.ok) return goOffline(state, context, 'key_not_stored')
  const { facts, newKey, session, backoffMs } = state
  const command = { kind: 'setKey', key: newKey } as const
  const exchange = ask(context, command, nextSequence(state.sequence), { session })
  return stay({ kind: 'keying', facts, newKey, exchange, backoffMs })
}

/** KEYSET was sent: the reader is challenged under its new key. */
export function onKeySet(
  state: StateOf<'keying'>,
  context: PanelContext,
  { frame }: EventOf<'heard'>,
): PanelStep {
  return hearReply(state, context, frame, (reply) => {
    if (reply?.kind !== 'ack') return goOffline(state, context, 'refused')
    const { facts, newKey, backoffMs, exchange } = state
    const next = { facts, sequence: exchange.sequence, backoffMs, newKey }
    return challenge(context, { ...next, baseKey: newKey, isDefaultKey: false })
  })
}

function goOnline(state: StateOf<'proving'>, session: Session, context: PanelContext): PanelStep {
  const { nowMs } = context
  const isPinned = context.secrets()?.facts !== undefined && !context.isInstalling()
  const pin: PanelAction[] = isPinned ? [] : [{ kind: 'pin', key: state.baseKey, facts: state.facts }]
  return {
    state: {
      kind: 'online',
      session,
      sequence: state.exchange.sequence,
      // A tamper switch that opened while nobody asked is told at once.
      queue: [{ ticket: 0, command: { kind: 'localStatus' } }],
      nextPollMs: nowMs,
      sinceMs: nowMs,
      oldAnswersLeft: oldAnswersMax,
      backoffMs: state.backoffMs,
    },
    actions: pin,
  }
}

interface ChallengeFrom {
  readonly facts: ReaderFacts
  /** The number of the last command. */
  readonly sequence: number
  readonly backoffMs: number
  readonly baseKey: Uint8Array
  readonly isDefaultKey: boolean
  readonly newKey?: Uint8Array
}

function challenge(context: PanelContext, from: ChallengeFrom): PanelStep {
  const { sequence, ...kept } = from
  const random = context.random.bytes(8)
  const command = { kind: 'challenge', random } as const
  const exchange = ask(context, command, nextSequence(sequence), { isDefaultKey: from.isDefaultKey })
  return stay({ kind: 'challenging', ...kept, random, exchange })
}

/** Inside an install window a reader that lost its key may be given another; else it stays outside, with an alarm. */
function notOurKey(
  state: StateOf<'challenging' | 'proving'>,
  context: PanelContext,
  reason: AlarmReason,
): PanelStep {
  const mayBegin = context.isInstalling() && !state.isDefaultKey && state.newKey === undefined
  if (!mayBegin) return goOffline(state, context, reason)
  const { facts, backoffMs, exchange } = state
  const { sequence } = exchange
  return challenge(context, { facts, backoffMs, sequence, baseKey: defaultKey, isDefaultKey: true })
}

function refusalOf(reply: OsdpReply | undefined): AlarmReason {
  return reply?.kind === 'nak' && reply.reason === 'unknown_command' ? 'no_secure_channel' : 'wrong_key'
}

function isLess(pinned: ReaderFacts, now: ReaderFacts): boolean {
  return pinned.capabilities.some((before) => {
    if (sizes.has(before.function)) return false
    const after = now.capabilities.find(({ function: what }) => what === before.function)
    return (after?.level ?? 0) < before.level
  })
}

const isWhole = (given: Uint8Array, expected: Uint8Array) =>
  given.length === expected.length && startsWith(expected, given)

/** Draws a key that nobody guesses; draws that are weak again and again mean that the source of chance is broken. */
function drawKey({ random }: PanelContext): Uint8Array | undefined {
  for (let draws = 0; draws < keyDrawsMax; draws += 1) {
    const key = random.bytes(16)
    if (!isWeakKey(key)) return key
  }
  return undefined
}
