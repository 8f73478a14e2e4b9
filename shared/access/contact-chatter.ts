/**
 * What a contact told lately. One that changes more often than a leaf can is loose or wet: it is not believed until it
 * was quiet for a while, so that it raises one trouble and neither alarms nor a full ledger.
 */
export interface ContactHistory {
  /** When it changed, monotonic milliseconds, oldest first; at most `changesMax`. */
  readonly changesMs: readonly number[]
  readonly chatters: boolean
  /** What it said last. */
  readonly closed: boolean
}

/** Changes within `windowMs` that a leaf in use may make; people hold a door for each other. */
const changesMax = 16
const windowMs = 10_000
/** A contact that chattered is believed again after this. */
const quietMs = 10_000

/** What the door is told: the contact's word, that it chatters, or nothing. */
export type ContactNews = 'opened' | 'closed' | 'chatter'

export interface ContactStep {
  readonly history: ContactHistory
  readonly news?: ContactNews
}

/** Takes what a contact said at `atMs`; one that was never heard has no history. */
export function hearContact(before: ContactHistory | undefined, closed: boolean, atMs: number): ContactStep {
  const recent = (before?.changesMs ?? []).filter((changedMs) => changedMs > atMs - windowMs)
  const changesMs = before?.closed === closed ? recent : [...recent, atMs].slice(-changesMax)
  const chatters = changesMs.length >= changesMax
  if (before?.chatters || chatters) {
    const history = { changesMs, chatters: true, closed }
    return before?.chatters ? { history } : { history, news: 'chatter' }
  }
  return { history: { changesMs, chatters: false, closed }, news: wordOf(closed) }
}

/** Lets time pass for a contact: one that chattered and became quiet is believed again, as it says now. */
export function settleContact(history: ContactHistory, atMs: number): ContactStep {
  const lastMs = history.changesMs.at(-1) ?? 0
  if (!history.chatters || atMs - lastMs < quietMs) return { history }
  return { history: { ...history, changesMs: [], chatters: false }, news: wordOf(history.closed) }
}

function wordOf(closed: boolean): ContactNews {
  return closed ? 'closed' : 'opened'
}
