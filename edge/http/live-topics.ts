import type { LiveMessage } from '@gatehouse/shared/api/views'
import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import type { LiveScreens } from './live.ts'

type Topic = Extract<LiveMessage, { kind: 'changed' }>['topic']

/** Which screens an entry concerns, by the first word of its type; the ledger topic is told of every entry. */
const topics: Readonly<Record<string, readonly Topic[]>> = {
  booking: ['bookings', 'plan'],
  payment: ['bookings', 'sessions'],
  loan: ['plan'],
  lending: ['plan'],
  access: ['doors'],
  door: ['doors'],
  lockdown: ['doors', 'board'],
  session: ['sessions', 'lanes', 'board'],
  lane: ['lanes'],
  space: ['plan', 'board'],
  incident: ['doors', 'lanes'],
}

/** Tells connected screens what the entries just committed changed. */
export function announceEntries(live: LiveScreens, entries: readonly SealedEntry[]): void {
  for (const { entry } of entries) {
    const subject = entry.type.split('.', 1)[0] ?? ''
    for (const topic of topics[subject] ?? []) live.changed(topic, subjectIds(entry.body))
  }
  live.changed('ledger')
}

function subjectIds(body: Readonly<Record<string, unknown>>): string[] {
  return ['bookingId', 'sessionId', 'doorId', 'laneId', 'spaceId'].flatMap((name) => {
    const id = body[name]
    return typeof id === 'string' ? [id] : []
  })
}
