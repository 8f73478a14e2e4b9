import type { LiveMessage } from '@gatehouse/shared/api/views'
import type { Notifications } from '../database/notifications.ts'

type Topic = Extract<LiveMessage, { kind: 'changed' }>['topic']

/** Which parts of what a screen shows of a site are out of date. */
export interface SiteChange {
  /** Empty when anything of any site may have changed (a lost connection to the database). */
  readonly siteId: string
  readonly topics: readonly Topic[]
}

const topicsByFamily: Readonly<Record<string, readonly Topic[]>> = {
  booking: ['bookings', 'plan'],
  payment: ['bookings', 'sessions'],
  request: ['bookings'],
  access: ['doors'],
  door: ['doors'],
  reader: ['doors'],
  session: ['sessions', 'board', 'lanes', 'plan'],
  lane: ['lanes'],
  space: ['plan', 'board'],
  effect: ['devices'],
  incident: ['ledger'],
  loan: ['plan', 'bookings'],
  allowance: ['bookings'],
}

const allTopics: readonly Topic[] = [
  ...new Set(Object.values(topicsByFamily).flat()),
  'ledger',
  'link',
  'sites',
]

/** Names what entries of these types change; the ledger always. */
export function siteChange(siteId: string, types: readonly string[]): SiteChange {
  const topics = new Set<Topic>(['ledger'])
  for (const type of types) {
    for (const topic of topicsByFamily[type.split('.')[0] ?? ''] ?? []) topics.add(topic)
  }
  return { siteId, topics: [...topics] }
}

/** Calls `listener` after each committed change of a site, whichever process made it. Returns a stop function. */
export function onSiteChange(
  notifications: Notifications,
  listener: (change: SiteChange) => void,
): () => void {
  return notifications.on('site', (payload) => {
    listener(payload === '' ? { siteId: '', topics: allTopics } : (JSON.parse(payload) as SiteChange))
  })
}
