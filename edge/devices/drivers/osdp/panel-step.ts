import type { OsdpCommand } from './commands.ts'
import { type Answer, beginExchange, type Exchange, judgeAnswer, triesMax } from './exchange.ts'
import type { OsdpFrame } from './frame.ts'
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
import type { OsdpReply } from './replies.ts'

/** Pause after the first failure and after many, milliseconds. A long pause strands a door. */
export const backoffFirstMs = 1_000
export const backoffLongestMs = 30_000
const alarms: ReadonlySet<string> = new Set<AlarmReason>([
  'wrong_key',
  'plain_text',
  'default_key',
  'mac_failed',
  'data_failed',
  'no_secure_channel',
  'capability_downgraded',
  'address_shared',
])

/** The states of one kind. */
export type StateOf<K extends PanelState['kind']> = Extract<PanelState, { kind: K }>
/** The events of one kind. */
export type EventOf<K extends PanelEvent['kind']> = Extract<PanelEvent, { kind: K }>
/** States in which a command is under way. */
export type InExchange = Extract<PanelState, { readonly exchange: Exchange }>
/** A step that asks for nothing. */
export const stay = (state: PanelState): PanelStep => ({ state, actions: [] })
/** What becomes of a command whose answer is none yet, or ends the session. */
export function notYet(
  state: InExchange | StateOf<'online'>,
  answer: Exclude<Answer, { kind: 'reply' }>,
  context: PanelContext,
): PanelStep {
  if (answer.kind === 'overheard') return { state, actions: [{ kind: 'keepWaiting' }] }
  if (answer.kind === 'again') return stay({ ...state, exchange: answer.exchange })
  return goOffline(state, context, answer.reason)
}

/** What becomes of a command that was not answered in time. */
export function silent(
  state: InExchange | StateOf<'online'>,
  exchange: Exchange,
  context: PanelContext,
): PanelStep {
  // A reader that is not there is asked once per pause, so that its neighbours wait for it once.
  const limit = state.kind === 'identifying' ? 1 : triesMax
  if (exchange.tries >= limit) return goOffline(state, context, 'no_reply')
  return stay({ ...state, exchange: { ...exchange, dueMs: context.nowMs } })
}

/** Ends whatever there was with a reader; it is asked again after its pause. */
export function goOffline(state: PanelState, context: PanelContext, reason: OfflineReason): PanelStep {
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

/** Sends a command, the first time or again. */
export function send<S extends InExchange | StateOf<'online'>>(state: S, exchange: Exchange): PanelStep {
  const sent = { ...exchange, tries: exchange.tries + 1 }
  return { state: { ...state, exchange: sent }, actions: [{ kind: 'send', bytes: exchange.bytes }] }
}

/** Begins a command; inside a session it is encrypted and signed. */
export function ask(
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

/** Judges what was heard while a command is under way, and hands on its reply; undefined is one that nobody knows. */
export function hearReply(
  state: InExchange,
  context: PanelContext,
  frame: OsdpFrame,
  go: (reply: OsdpReply | undefined, frame: OsdpFrame) => PanelStep,
): PanelStep {
  const answer = judgeAnswer(context.aes, state.exchange, frame, context.nowMs)
  return answer.kind === 'reply' ? go(answer.reply, answer.frame) : notYet(state, answer, context)
}
