import * as cloud from '@gatehouse/cloud/http/hq/access-views'
import { expect, it } from 'vitest'
import * as screen from './views.ts'

const entry = { incarnation: 1, seq: 7, hash: 'a'.repeat(64) }
const site = { siteId: 'quay-street', siteName: 'Quay Street', timeZone: 'Europe/Berlin' }
const page = {
  asOfMs: 9,
  keptDays: 365,
  choices: {
    sites: [{ siteId: 'quay-street', name: 'Quay Street' }],
    places: [{ id: 'out-1', name: 'Exit 1' }],
  },
  nextCursor: '5.1.7.quay-street',
}
const access: cloud.AccessPage = {
  ...page,
  items: [
    {
      ...entry,
      ...site,
      ...{ atMs: 5, result: 'refused', reason: 'unknown_ticket', place: 'lane', placeId: 'out-1' },
    },
  ],
}
const incidents: cloud.IncidentPage = {
  ...page,
  openCount: 1,
  items: [
    {
      ...entry,
      ...site,
      ...{
        incidentId: 'inc_1',
        kind: 'door_forced',
        silent: false,
        needsPerson: false,
        state: 'ended',
        sinceMs: 5,
        endedMs: 6,
      },
      ...{ about: 'main', place: 'door', placeId: 'main', ended: entry },
    },
  ],
}

it.each([
  ['access', cloud.accessPageSchema, screen.accessPageSchema, access],
  ['incidents', cloud.incidentPageSchema, screen.incidentPageSchema, incidents],
])('reads %s as the cloud writes it', (_name, written, read, sample) => {
  expect(written.safeParse(sample).success).toBe(true)
  expect(read.safeParse(sample).error).toBeUndefined()
})
