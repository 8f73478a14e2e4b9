import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hour } from '../bookings/testing/booking-site.ts'
import type { AppliedRow } from '../sync/directory.ts'
import { elmSale, type LoanSite, openLoanSite } from './testing/loan-site.ts'

const day = 24 * hour
const salesMax = 40

let folder: string
let site: LoanSite
let running: AbortController
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sales-'))
  site = openLoanSite(folder)
  running = new AbortController()
})
afterEach(() => {
  site.close()
})

/** An hour a day in a space of every row's own time, as one fetch brings them. */
function sales(change: object = {}): AppliedRow[] {
  const { epoch, rev } = site.directory.position()
  return Array.from({ length: salesMax }, (_, at) => {
    const times = {
      fromMs: elmSale.fromMs + at * day,
      toMs: elmSale.toMs + at * day,
      blockToMs: elmSale.blockToMs + at * day,
    }
    const body = { ...elmSale, ...times, payments: [], ...change }
    return { kind: 'booking', key: `bk_${at}`, epoch, rev: rev + 1 + at, body }
  })
}

async function fetched(rows: readonly AppliedRow[], replace = false): Promise<void> {
  await site.directory.prepare(rows, running.signal)
  if (running.signal.aborted) return
  const { epoch, rev } = rows.at(-1) ?? expect.fail('no rows')
  site.directory.apply(rows, { epoch, rev, handle: 'h', offset: `${rev}_0` }, replace)
}

const received = () => site.entries('booking.received').map(({ bookingId }) => bookingId)
const all = Array.from({ length: salesMax }, (_, at) => `bk_${at}`)

describe('many sold bookings of one fetch', () => {
  test('let others in between, and are all carried out once, in their order', async () => {
    const seen: number[] = []
    const fetching = fetched(sales())
    await site.submit('stopLending', { reason: 'adopted' })
    seen.push(received().length)
    await fetching
    expect(seen[0]).toBeGreaterThan(0)
    expect(seen[0]).toBeLessThan(salesMax)
    expect(received()).toEqual(all)
    expect(site.directory.all('booking').size).toBe(salesMax)
  })

  test('go on where a crash stopped them', async () => {
    const before = site.directory.position()
    const rows = sales()
    const fetching = fetched(rows)
    running.abort()
    await fetching
    expect(received()).toEqual(all.slice(0, 8))
    expect(site.directory.position()).toEqual(before)
    expect(site.directory.all('booking').size).toBe(0)
    site.close()
    site = openLoanSite(folder)
    running = new AbortController()
    await fetched(rows)
    expect(received()).toEqual(all)
    expect(site.directory.position()).toMatchObject({ rev: rows.at(-1)?.rev })
  })

  test('leave the copy in force as it is until the whole new one is swapped in', async () => {
    const spaces = site.directory.all('space').size
    const site_ = { ...sales()[0], kind: 'site', key: 'harbour-house', body: site.directory.site() ?? {} }
    const fetching = fetched([site_ as AppliedRow, ...sales()], true)
    await site.submit('stopLending', { reason: 'adopted' })
    expect(received().length).toBeLessThan(salesMax)
    expect(site.directory.all('space').size).toBe(spaces)
    await fetching
    expect(site.directory.all('space').size).toBe(0)
    expect(received()).toEqual(all)
  })

  test('are each reported once when they are refused', async () => {
    await fetched(sales({ toMs: elmSale.fromMs }))
    expect(site.refused).toHaveLength(salesMax)
    expect(site.directory.all('booking').size).toBe(salesMax)
  })

  test('are not carried out again when they could not be stored at first', async () => {
    const rows = sales()
    site.db.exec("CREATE TRIGGER full BEFORE INSERT ON directory BEGIN SELECT raise(ABORT, 'x'); END")
    await expect(fetched(rows)).rejects.toThrow()
    expect(site.directory.all('booking').size).toBe(0)
    site.db.exec('DROP TRIGGER full')
    await fetched(rows)
    expect(received()).toEqual(all)
  })
})
