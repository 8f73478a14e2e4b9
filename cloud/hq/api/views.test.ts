import * as cloud from '@gatehouse/cloud/http/hq/views'
import { expect, it } from 'vitest'
import type { z } from 'zod'
import * as screen from './views.ts'

const site: cloud.SiteSummary = {
  siteId: 'quay-street',
  name: 'Quay Street',
  kind: 'parking',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  link: 'offline',
  waiting: 3,
  devicesDown: 1,
  selling: 'all',
  incarnation: 1,
  headSeq: 9,
  headHash: 'a'.repeat(64),
  cloudSeq: 6,
  lagEntries: 3,
  entriesToday: 9,
  takingsTodayMinor: 350,
  occupied: 4,
  capacity: 120,
  exceptions: 0,
  openIncidents: 1,
  diff: { state: 'waiting', amountMinor: 350 },
}
const overview: cloud.Overview = {
  asOfMs: 1,
  totals: { takingsMinor: 350, currency: 'EUR', occupiedPercent: 3.3, exceptions: 0, entriesToday: 9 },
  sites: [site],
  occupancyByHour: [{ fromMs: 0, percent: 3.3 }],
  takingsByHour: [{ fromMs: 0, amountMinor: 350 }],
}
const detail: cloud.SiteDetail = {
  ...site,
  asOfMs: 1,
  devicesDownIds: ['reader-1'],
  bookings: {},
  sessions: { open: 1, departed: 0, voided: 0 },
  openExceptions: [{ exceptionId: 1, siteId: 'quay-street', kind: 'difference', about: 'x', openedMs: 1 }],
  hours: [],
}
const ledger: cloud.LedgerPage = {
  items: [
    {
      incarnation: 1,
      seq: 1,
      hash: 'b',
      prev: 'a',
      atMs: 1,
      quality: 'trusted',
      receivedMs: 2,
      type: 'site.started',
      commandId: 'c',
      body: {},
    },
  ],
  nextBeforeSeq: 1,
}
const books: z.infer<typeof cloud.reconciliationSchema> = {
  asOfMs: 1,
  items: [
    {
      siteId: 'quay-street',
      name: 'Quay Street',
      incarnation: 1,
      state: 'different',
      atSeq: 9,
      atMs: 1,
      amountMinor: 350,
      lines: [{ what: 'takings EUR cash', site: 700, cloud: 350, difference: -350, unit: 'EUR' }],
    },
  ],
}

it.each([
  ['overview', cloud.overviewSchema, screen.overviewSchema, overview],
  ['site', cloud.siteDetailSchema, screen.siteDetailSchema, detail],
  ['ledger', cloud.ledgerPageSchema, screen.ledgerPageSchema, ledger],
  ['books', cloud.reconciliationSchema, screen.reconciliationSchema, books],
])('reads the %s as the cloud writes it', (_name, written, read, sample) => {
  expect(written.safeParse(sample).success).toBe(true)
  expect(read.safeParse(sample).error).toBeUndefined()
})
