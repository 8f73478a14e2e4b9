import { type LedgerEvent, parseEvent } from '@gatehouse/shared/wire/v1/entries'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import type { DemoUnderTest } from './demo-under-test.ts'
import type { Sale } from './kiosk.ts'
import { expectThat, until } from './until.ts'

const booksSchema = z.object({
  items: z.array(
    z.object({
      siteId: z.string(),
      state: z.enum(['equal', 'waiting', 'different']),
      atSeq: z.int(),
      lines: z.array(
        z.object({
          what: z.string(),
          site: z.union([z.number(), z.string()]),
          cloud: z.union([z.number(), z.string()]),
          difference: z.number(),
        }),
      ),
    }),
  ),
})
type SiteBooks = z.infer<typeof booksSchema>['items'][number]

/** The cloud's figures of one site by the name of their line; hashes left out. */
export type Figures = Readonly<Record<string, number>>

const settleMaxMs = 90_000

/** Waits until HQ has compared a site at its newest entry and found every line equal; gives the lines' figures. */
export async function agreedFigures(hq: Page, demo: DemoUnderTest, siteId: string): Promise<Figures> {
  const books = await until(`equal books of ${siteId}`, () => settled(hq, demo, siteId), settleMaxMs)
  for (const { what, site, cloud, difference } of books.lines) {
    expectThat(
      difference === 0 && site === cloud,
      `${siteId}: "${what}" is ${site} at the site, ${cloud} at HQ`,
    )
  }
  return Object.fromEntries(
    books.lines.flatMap(({ what, cloud }) => (typeof cloud === 'number' ? [[what, cloud]] : [])),
  )
}

async function settled(hq: Page, demo: DemoUnderTest, siteId: string): Promise<SiteBooks | undefined> {
  const response = await hq.request.get(`${demo.cloudUrl}/api/v1/hq/reconciliation`)
  if (!response.ok()) return undefined
  const books = booksSchema.parse(await response.json()).items.find((item) => item.siteId === siteId)
  const { headSeq } = await demo.panel.site(siteId)
  return books?.state === 'equal' && books.atSeq >= headSeq && headSeq > 0 ? books : undefined
}

const pageSchema = z.object({
  headSeq: z.int(),
  items: z.array(
    z.object({
      seq: z.int(),
      entry: z.object({ type: z.string(), body: z.record(z.string(), z.unknown()) }),
    }),
  ),
})
const pageLength = 500

interface Money {
  readonly paymentId: string
  readonly method: string
  readonly amountMinor: number
}

/** A site's whole ledger, read over the edge's own API and by nothing that the product counts with. */
export async function ledgerEvents(
  demo: DemoUnderTest,
  siteId: string,
): Promise<(LedgerEvent | undefined)[]> {
  const { edge } = await demo.panel.site(siteId)
  const headers = { authorization: `Bearer ${demo.panelSecretOf(siteId)}` }
  const events: (LedgerEvent | undefined)[] = []
  for (let headSeq = 1; events.length < headSeq; ) {
    const url = `${edge.url}/api/v1/ledger?afterSeq=${events.length}&limit=${pageLength}`
    const page = pageSchema.parse(await (await fetch(url, { headers })).json())
    for (const { seq, entry } of page.items) {
      expectThat(seq === events.length + 1, `${siteId}: entry ${events.length + 1} is missing in the ledger`)
      events.push(parseEvent(entry))
    }
    headSeq = page.headSeq
  }
  return events
}

/** Adds up a site's whole ledger: bookings and payments however they came to be known, each once. */
export async function ledgerFigures(demo: DemoUnderTest, siteId: string): Promise<Figures> {
  const figures: Record<string, number> = { sessions: 0 }
  const bookings = new Set<string>()
  const payments = new Set<string>()
  const add = (what: string, by: number) => {
    figures[what] = (figures[what] ?? 0) + by
  }
  const take = (paid: Money, currency: string) => {
    if (payments.has(paid.paymentId)) return
    payments.add(paid.paymentId)
    add(`payments ${currency} ${paid.method}`, 1)
    add(`takings ${currency} ${paid.method}`, paid.amountMinor)
  }
  const giveBack = (paid: Money, currency: string) => {
    if (payments.has(paid.paymentId)) return
    payments.add(paid.paymentId)
    add(`takings ${currency} ${paid.method}`, -paid.amountMinor)
  }
  const events = await ledgerEvents(demo, siteId)
  for (const event of events) {
    if (event?.type === 'session.arrived') add('sessions', 1)
    if (event?.type === 'payment.captured') take(event.body, event.body.currency)
    if (event?.type === 'payment.refunded') giveBack(event.body, event.body.currency)
    if (event?.type === 'booking.held' || event?.type === 'booking.adopted')
      bookings.add(event.body.bookingId)
    if (event?.type === 'booking.received') {
      const { bookingId, row } = event.body
      bookings.add(bookingId)
      for (const paid of row.payments ?? []) take(paid, row.price.currency)
      for (const paid of row.refunds ?? []) giveBack(paid, row.price.currency)
    }
  }
  return { ...figures, entries: events.length, bookings: bookings.size }
}

const sumOf = (figures: Figures, start: string) =>
  Object.entries(figures).reduce((sum, [what, value]) => (what.startsWith(start) ? sum + value : sum), 0)

/** Compares a site's ledger with HQ's lines: entries, bookings and sessions in sum, payments and takings each. */
export function compareWithLedger(siteId: string, agreed: Figures, ledger: Figures): void {
  const pairs: (readonly [string, number, number])[] = [
    ['entries', ledger.entries ?? 0, agreed.entries ?? 0],
    ['bookings', ledger.bookings ?? 0, sumOf(agreed, 'bookings ')],
    ['sessions', ledger.sessions ?? 0, sumOf(agreed, 'sessions ')],
    ...Object.keys({ ...ledger, ...agreed })
      .filter((what) => /^(payments|takings) /.test(what))
      .map((what): [string, number, number] => [what, ledger[what] ?? 0, agreed[what] ?? 0]),
  ]
  for (const [what, site, hq] of pairs) {
    expectThat(site === hq, `${siteId}: ${what} add up to ${site} in the ledger, HQ says ${hq}`)
  }
}

/** Checks that the books grew by the story's sales, each of them once and nothing else. */
export function compareWithSales(
  siteId: string,
  grown: { readonly before: Figures; readonly after: Figures; readonly arrivals: number },
  sales: readonly Sale[],
): void {
  const own = sales.filter((sale) => sale.siteId === siteId)
  const growth = (start: string) => sumOf(grown.after, start) - sumOf(grown.before, start)
  const expect = (what: string, expected: number) =>
    expectThat(
      growth(what) === expected,
      `${siteId}: ${what} grew by ${growth(what)}, the screens sold ${expected}`,
    )
  expect('sessions ', grown.arrivals)
  expect('bookings ', own.filter(({ subject }) => subject === 'booking').length)
  for (const method of ['cash', 'card'] as const) {
    const paid = own.filter((sale) => sale.method === method)
    expect(`payments EUR ${method}`, paid.length)
    expect(
      `takings EUR ${method}`,
      paid.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    )
  }
}
