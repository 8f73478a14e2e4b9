import { assertNever } from '@gatehouse/shared/result/result'
import type { OsdpCommand } from './commands.ts'
import { type Answer, beginExchange, type Exchange, judgeAnswer, nextSequence, triesMax } from './exchange.ts'
import type {
  AlarmReason,
  OfflineReason,
  PanelAction,
  PanelContext,
  PanelEvent,
  PanelState,
  PanelStep,
  Session,
} from './panel-state.ts'
import type { ReaderFacts } from './reader-keys.ts'
import type { OsdpReply } from './replies.ts'
import {
  defaultKey,
  initialReplyMac,
  isWeakKey,
  panelCryptogram,
  readerCryptogram,
  sessionKeys,
  startsWith,
} from './secure-channel.ts'

/*
 * The panel's side of one reader (OSDP 2.2 §5 and annex D). Pure: what was heard and what time it is come in, what to
 * do comes out.
 *
 *   offline ─turn▶ identifying ─ID▶ describing ─CAP▶ challenging ─CCRYPT▶ proving ─R-MAC-I▶ online
 *      ▲                                                ▲                    │ default key, install window
 *      │                                                └──ACK── keying ◀──stored── storing
 *      └── silence, NAK, wrong key, plain text, MAC failure, line lost: from everywhere, with a pause of 1 → 30 s
 *
 * Cards, PINs and inputs come out of `online` alone, and `online` has a session under a key of the reader's own. There
 * is no way to it in clear. Cards and PINs that wait in the reader when a session begins are dropped; presence is told
 * after that.
 */

/** Pause after the first failure and after many, milliseconds. A long pause strands a door. */
export const backoffFirstMs = 1_000
export const backoffLongestMs = 30_000
/** A reader that stays online for this long begins with the short pause again. */
const stableMs = 10_000
/** Requests that may wait for one reader. */
export const requestsMax = 16
/** Answers to polls that may be of the time before the session; no reader is known to keep as many. */
export const oldAnswersMax = 128

const keyDrawsMax = 3
const communicationSecurity = 9
/** Capabilities whose level is half of a size, not a degree. */
const sizes: ReadonlySet<number> = new Set([10, 11])
const alarms: ReadonlySet<string> = new Set<AlarmReason>([
  'wrong_key',
  'plain_text',
  'default_key',
  'mac_failed',
  'data_failed',
  'no_secure_channel',
  'capability_downgraded',
])

type StateOf<K extends PanelState['kind']> = Extract<PanelState, { kind: K }>
type EventOf<K extends PanelEvent['kind']> = Extract<PanelEvent, { kind: K }>
type Cell<S extends PanelState['kind'], E extends PanelEvent['kind']> = (
  state: StateOf<S>,
  context: PanelContext,
  event: EventOf<E>,
) => PanelStep
/** Every state meets every event; a cell that is missing does not compile. */
type Table = {
  readonly [S in PanelState['kind']]: { readonly [E in PanelEvent['kind']]: Cell<S, E> }
}

const stay = (state: PanelState): PanelStep => ({ state, actions: [] })
const refuse = (state: PanelState, _context: PanelContext, { ticket }: EventOf<'requested'>): PanelStep => ({
  state,
  actions: [{ kind: 'ended', ticket, end: 'offline' }],
})
const lineDown = (state: PanelState, context: PanelContext): PanelStep =>
  goOffline(state, context, 'link_down')

type InExchange = Extract<PanelState, { readonly exchange: Exchange }>
const sendAgain = (state: InExchange): PanelStep => send(state, state.exchange)
const tryAgain = (state: InExchange, context: PanelContext): PanelStep =>
  silent(state, state.exchange, context)
const handshake = { turn: sendAgain, silence: tryAgain, keyStored: stay, requested: refuse, lineDown }

const table: Table = {
  offline: {
    turn: identify,
    heard: stay,
    silence: stay,
    keyStored: stay,
    requested: refuse,
    lineDown,
  },
  identifying: { ...handshake, heard: onIdentity },
  describing: { ...handshake, heard: onCapabilities },
  challenging: { ...handshake, heard: onCryptogram },
  proving: { ...handshake, heard: onInitialMac },
  storing: { turn: stay, heard: stay, silence: stay, keyStored: onKeyStored, requested: refuse, lineDown },
  keying: { ...handshake, heard: onKeySet },
  online: {
    turn: askOnline,
    heard: onOnline,
    silence: (state, context) => (state.exchange ? silent(state, state.exchange, context) : stay(state)),
    keyStored: stay,
    requested: (state, _context, { ticket, command }) =>
      state.queue.length < requestsMax
        ? stay({ ...state, queue: [...state.queue, { ticket, command }] })
        : { state, actions: [{ kind: 'ended', ticket, end: 'queue_full' }] },
    lineDown,
  },
}

/** A reader of which nothing is known yet; it is asked at once. */
export function newPanel(): PanelState {
  return { kind: 'offline', reason: 'connecting', retryAtMs: 0, backoffMs: backoffFirstMs }
}

/** Takes one event of one reader. */
export function stepPanel(state: PanelState, event: PanelEvent, context: PanelContext): PanelStep {
  // The table is typed cell by cell; the pair of the two kinds picks the cell that takes exactly them.
  const cell = table[state.kind][event.kind] as Cell<PanelState['kind'], PanelEvent['kind']>
  return cell(state, context, event)
}

/** From when on the reader wants the line, monotonic milliseconds. */
export function panelDueMs(state: PanelState): number {
  switch (state.kind) {
    case 'offline':
      return state.retryAtMs
    case 'storing':
      return Number.POSITIVE_INFINITY
    case 'online':
      if (state.exchange) return state.exchange.dueMs
      return state.queue.length > 0 ? 0 : state.nextPollMs
    case 'identifying':
    case 'describing':
    case 'challenging':
    case 'proving':
    case 'keying':
      return state.exchange.dueMs
    default:
      return assertNever(state)
  }
}

function identify(state: StateOf<'offline'>, context: PanelContext): PanelStep {
  const exchange = ask(context, { kind: 'id' }, 0)
  return send({ kind: 'identifying', exchange, backoffMs: state.backoffMs }, exchange)
}

function onIdentity(
  state: StateOf<'identifying'>,
  context: PanelContext,
  { frame }: EventOf<'heard'>,
): PanelStep {
  const answer = judgeAnswer(context.aes, state.exchange, frame, context.nowMs)
  if (answer.kind !== 'reply') return notYet(state, answer, context)
  if (answer.reply?.kind !== 'identity') return goOffline(state, context, 'refused')
  const { kind: _, ...identity } = answer.reply
  const exchange = ask(context, { kind: 'capabilities' }, nextSequence(state.exchange.sequence))
  return stay({ kind: 'describing', identity, exchange, backoffMs: state.backoffMs })
}

function onCapabilities(
  state: StateOf<'describing'>,
  context: PanelContext,
  { frame }: EventOf<'heard'>,
): PanelStep {
  const answer = judgeAnswer(context.aes, state.exchange, frame, context.nowMs)
  if (answer.kind !== 'reply') return notYet(state, answer, context)
  if (answer.reply?.kind !== 'capabilities') return goOffline(state, context, 'refused')
  const { capabilities } = answer.reply
  const secrets = context.secrets()
  const canEncrypt = capabilities.some(
    ({ function: what, level }) => what === communicationSecurity && level & 1,
  )
  const pinned = context.isInstalling() ? undefined : secrets?.facts
  if (pinned && isLess(pinned, { identity: state.identity, capabilities })) {
    return goOffline(state, context, 'capability_downgraded')
  }
  if (!canEncrypt) return goOffline(state, context, 'no_secure_channel')
  const facts = { identity: state.identity, capabilities }
  const next = { facts, sequence: state.exchange.sequence, backoffMs: state.backoffMs }
  if (secrets) return challenge(context, { ...next, baseKey: secrets.key, isDefaultKey: false })
  if (context.isInstalling()) return challenge(context, { ...next, baseKey: defaultKey, isDefaultKey: true })
  return goOffline(state, context, 'no_key')
}

function onCryptogram(
  state: StateOf<'challenging'>,
  context: PanelContext,
  { frame }: EventOf<'heard'>,
): PanelStep {
  const { aes } = context
  const answer = judgeAnswer(aes, state.exchange, frame, context.nowMs)
  if (answer.kind !== 'reply') return notYet(state, answer, context)
  if (answer.reply?.kind !== 'cryptogram') return notOurKey(state, context, refusalOf(answer.reply))
  const usedDefaultKey = answer.frame.security?.data[0] === 0
  if (usedDefaultKey && !state.isDefaultKey) return notOurKey(state, context, 'default_key')
  const keys = sessionKeys(aes, state.baseKey, state.random)
  const randoms = { panel: state.random, reader: answer.reply.random }
  if (!isWhole(answer.reply.cryptogram, readerCryptogram(aes, keys, randoms))) {
    return notOurKey(state, context, 'wrong_key')
  }
  const cryptogram = panelCryptogram(aes, keys, randoms)
  const { isDefaultKey } = state
  const command = { kind: 'prove', cryptogram } as const
  const exchange = ask(context, command, nextSequence(state.exchange.sequence), { isDefaultKey })
  const { random: _, ...kept } = state
  return stay({ ...kept, kind: 'proving', keys, cryptogram, exchange })
}

function onInitialMac(
  state: StateOf<'proving'>,
  context: PanelContext,
  { frame }: EventOf<'heard'>,
): PanelStep {
  const { aes } = context
  const answer = judgeAnswer(aes, state.exchange, frame, context.nowMs)
  if (answer.kind !== 'reply') return notYet(state, answer, context)
  if (answer.reply?.kind !== 'initialMac') return notOurKey(state, context, refusalOf(answer.reply))
  const replyMac = initialReplyMac(aes, state.keys, state.cryptogram)
  if (!isWhole(answer.reply.mac, replyMac)) return notOurKey(state, context, 'wrong_key')
  const session = { keys: state.keys, replyMac }
  const { facts, backoffMs, exchange } = state
  if (!state.isDefaultKey) return goOnline(state, session, context)
  // The window may have run out during the handshake; the default key is good for nothing else.
  if (!context.isInstalling()) return goOffline(state, context, 'no_key')
  const newKey = drawKey(context)
  if (!newKey) return goOffline(state, context, 'key_not_stored')
  return {
    state: { kind: 'storing', facts, newKey, session, sequence: exchange.sequence, backoffMs },
    actions: [{ kind: 'storeKey', key: newKey }],
  }
}

function onKeyStored(
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

function onKeySet(state: StateOf<'keying'>, context: PanelContext, { frame }: EventOf<'heard'>): PanelStep {
  const answer = judgeAnswer(context.aes, state.exchange, frame, context.nowMs)
  if (answer.kind !== 'reply') return notYet(state, answer, context)
  if (answer.reply?.kind !== 'ack') return goOffline(state, context, 'refused')
  const { facts, newKey, backoffMs, exchange } = state
  const next = { facts, sequence: exchange.sequence, backoffMs, newKey }
  return challenge(context, { ...next, baseKey: newKey, isDefaultKey: false })
}

function askOnline(state: StateOf<'online'>, context: PanelContext): PanelStep {
  if (state.exchange) return send(state, state.exchange)
  const [request, ...queue] = state.queue
  const sequence = nextSequence(state.sequence)
  const command = request?.command ?? ({ kind: 'poll' } as const)
  const { session } = state
  const exchange = ask(context, command, sequence, { session, ...(request && { ticket: request.ticket }) })
  return send({ ...state, queue, sequence, exchange }, exchange)
}

function onOnline(state: StateOf<'online'>, context: PanelContext, { frame }: EventOf<'heard'>): PanelStep {
  const { exchange, ...rest } = state
  if (!exchange) return { state, actions: [{ kind: 'keepWaiting' }] }
  const answer = judgeAnswer(context.aes, exchange, frame, context.nowMs)
  if (answer.kind !== 'reply') return notYet({ ...rest, exchange }, answer, context)
  const { reply, mac = state.session.replyMac } = answer
  if (reply?.kind === 'nak' && mustBeginAnew(reply)) return goOffline(state, context, 'restarted')
  const isPoll = exchange.ticket === undefined
  const left = isPoll ? oldLeft(state, reply) : state.oldAnswersLeft
  const isStable = context.nowMs - state.sinceMs >= stableMs
  const online: PanelState = {
    ...rest,
    session: { ...state.session, replyMac: mac },
    nextPollMs: context.nowMs + context.pollMs,
    oldAnswersLeft: left,
    ...(isStable && { backoffMs: backoffFirstMs }),
  }
  const { ticket } = exchange
  const end = reply?.kind === 'nak' || reply === undefined ? 'refused' : 'done'
  const ended: PanelAction[] = ticket === undefined ? [] : [{ kind: 'ended', ticket, end }]
  const isFirstEmpty = state.oldAnswersLeft > 0 && left === 0
  const presence: PanelAction[] = isFirstEmpty ? [{ kind: 'presence', online: true }] : []
  const told = state.oldAnswersLeft > 0 ? withoutPersons(factsOf(reply)) : factsOf(reply)
  return { state: online, actions: [...ended, ...told, ...presence] }
}

/** The first poll that finds nothing waiting ends the time in which cards may be old. */
function oldLeft({ oldAnswersLeft }: StateOf<'online'>, reply: OsdpReply | undefined): number {
  return reply?.kind === 'ack' ? 0 : Math.max(0, oldAnswersLeft - 1)
}

/** Whoever showed a card or pressed keys before the session may be gone; what the reader is now stays true. */
function withoutPersons(actions: readonly PanelAction[]): PanelAction[] {
  return actions.map((action) => {
    if (action.kind !== 'fact' || action.fact.kind === 'local' || action.fact.kind === 'inputs') return action
    return { kind: 'garbage', reason: 'told_too_late' }
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

/** What a reply inside a session tells; handshake replies tell nothing there. */
function factsOf(reply: OsdpReply | undefined): PanelAction[] {
  switch (reply?.kind) {
    case undefined:
      return [{ kind: 'garbage', reason: 'reply_not_understood' }]
    case 'raw':
      return [{ kind: 'fact', fact: { kind: 'raw', bitCount: reply.bitCount, bits: reply.bits } }]
    case 'formatted':
      return [{ kind: 'fact', fact: { kind: 'formatted', text: inOrder(reply) } }]
    case 'keypad':
      return [{ kind: 'fact', fact: { kind: 'keys', keys: reply.keys } }]
    case 'localStatus': {
      const { tamper, powerFailed } = reply
      return [{ kind: 'fact', fact: { kind: 'local', tamper, powerFailed } }]
    }
    case 'inputs':
      return [{ kind: 'fact', fact: { kind: 'inputs', active: reply.active } }]
    case 'ack':
    case 'nak':
    case 'busy':
    case 'identity':
    case 'capabilities':
    case 'outputs':
    case 'readers':
    case 'communication':
    case 'cryptogram':
    case 'initialMac':
      return []
    default:
      return assertNever(reply)
  }
}

/** A card that was drawn through the other way tells its characters from the last to the first. */
function inOrder({ text, backwards }: Extract<OsdpReply, { kind: 'formatted' }>): string {
  return backwards ? [...text].reverse().join('') : text
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

function mustBeginAnew(nak: Extract<OsdpReply, { kind: 'nak' }>): boolean {
  return (
    nak.reason === 'sequence' || nak.reason === 'no_secure_channel' || nak.reason === 'secure_channel_needed'
  )
}

function notYet(
  state: InExchange | StateOf<'online'>,
  answer: Exclude<Answer, { kind: 'reply' }>,
  context: PanelContext,
): PanelStep {
  if (answer.kind === 'overheard') return { state, actions: [{ kind: 'keepWaiting' }] }
  if (answer.kind === 'again') return stay({ ...state, exchange: answer.exchange })
  return goOffline(state, context, answer.reason)
}

function silent(state: InExchange | StateOf<'online'>, exchange: Exchange, context: PanelContext): PanelStep {
  // A reader that is not there is asked once per pause, so that its neighbours wait for it once.
  const limit = state.kind === 'identifying' ? 1 : triesMax
  if (exchange.tries >= limit) return goOffline(state, context, 'no_reply')
  return stay({ ...state, exchange: { ...exchange, dueMs: context.nowMs } })
}

function goOffline(state: PanelState, context: PanelContext, reason: OfflineReason): PanelStep {
  const { nowMs } = context
  const backoffMs = reason === 'link_down' ? backoffFirstMs : state.backoffMs
  const next: PanelState = {
    kind: 'offline',
    reason,
    retryAtMs: reason === 'link_down' ? nowMs : nowMs + backoffMs,
    backoffMs: Math.min(backoffLongestMs, backoffMs * (reason === 'link_down' ? 1 : 2)),
  }
  const isAlarm = (word: OfflineReason): word is AlarmReason => alarms.has(word)
  return {
    state: next,
    actions: [
      ...unansweredRequests(state),
      { kind: 'presence', online: false, reason },
      ...(isAlarm(reason) ? [{ kind: 'alarm', reason } as const] : []),
    ],
  }
}

function unansweredRequests(state: PanelState): PanelAction[] {
  if (state.kind !== 'online') return []
  const sent = state.exchange?.ticket
  return [
    ...(sent === undefined ? [] : [{ kind: 'ended', ticket: sent, end: 'unknown' } as const]),
    ...state.queue.map(({ ticket }) => ({ kind: 'ended', ticket, end: 'offline' }) as const),
  ]
}

function send<S extends InExchange | StateOf<'online'>>(state: S, exchange: Exchange): PanelStep {
  const sent = { ...exchange, tries: exchange.tries + 1 }
  return { state: { ...state, exchange: sent }, actions: [{ kind: 'send', bytes: exchange.bytes }] }
}

function ask(
  context: PanelContext,
  command: OsdpCommand,
  sequence: number,
  options: { readonly session?: Session; readonly isDefaultKey?: boolean; readonly ticket?: number } = {},
): Exchange {
  const { aes, address, check, nowMs } = context
  const { session, ...rest } = options
  const seal = session && { keys: session.keys, otherMac: session.replyMac }
  return beginExchange(aes, {
    ...{ address, check, command, sequence, dueMs: nowMs },
    ...rest,
    ...(seal && { seal }),
  })
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
