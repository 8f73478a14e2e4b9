import { assertNever } from '@gatehouse/shared/result/result'
import { judgeAnswer, nextSequence } from './exchange.ts'
import {
  identify,
  onCapabilities,
  onCryptogram,
  onIdentity,
  onInitialMac,
  onKeySet,
  onKeyStored,
} from './panel-handshake.ts'
import type { PanelAction, PanelContext, PanelEvent, PanelState, PanelStep } from './panel-state.ts'
import {
  ask,
  backoffFirstMs,
  type EventOf,
  goOffline,
  type InExchange,
  notYet,
  type StateOf,
  send,
  silent,
  stay,
} from './panel-step.ts'
import type { OsdpReply } from './replies.ts'

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

/** A reader that stays online for this long begins with the short pause again. */
const stableMs = 10_000
/** Requests that may wait for one reader. */
export const requestsMax = 16

type Cell<S extends PanelState['kind'], E extends PanelEvent['kind']> = (
  state: StateOf<S>,
  context: PanelContext,
  event: EventOf<E>,
) => PanelStep
/** Every state meets every event; a cell that is missing does not compile. */
type Table = {
  readonly [S in PanelState['kind']]: { readonly [E in PanelEvent['kind']]: Cell<S, E> }
}

const refuse = (state: PanelState, _context: PanelContext, { ticket }: EventOf<'requested'>): PanelStep => ({
  state,
  actions: [{ kind: 'ended', ticket, end: 'offline' }],
})
const lineDown = (state: PanelState, context: PanelContext): PanelStep =>
  goOffline(state, context, 'link_down')

const sendAgain = (state: InExchange): PanelStep => send(state, state.exchange)
const tryAgain = (state: InExchange, context: PanelContext): PanelStep =>
  silent(state, state.exchange, context)
const answeredTwice = (state: PanelState, context: PanelContext): PanelStep =>
  goOffline(state, context, 'address_shared')
const handshake = {
  ...{ turn: sendAgain, silence: tryAgain, keyStored: stay, requested: refuse },
  ...{ answeredTwice, lineDown },
}

const table: Table = {
  offline: {
    turn: identify,
    heard: stay,
    silence: stay,
    keyStored: stay,
    answeredTwice: stay,
    requested: refuse,
    lineDown,
  },
  identifying: { ...handshake, heard: onIdentity },
  describing: { ...handshake, heard: onCapabilities },
  challenging: { ...handshake, heard: onCryptogram },
  proving: { ...handshake, heard: onInitialMac },
  storing: {
    ...{ turn: stay, heard: stay, silence: stay, keyStored: onKeyStored },
    ...{ answeredTwice, requested: refuse, lineDown },
  },
  keying: { ...handshake, heard: onKeySet },
  online: {
    turn: askOnline,
    heard: onOnline,
    answeredTwice,
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

function mustBeginAnew(nak: Extract<OsdpReply, { kind: 'nak' }>): boolean {
  return (
    nak.reason === 'sequence' || nak.reason === 'no_secure_channel' || nak.reason === 'secure_channel_needed'
  )
}
