import { emptyHead } from '@gatehouse/shared/ledger/chain'
import type { SiteSums } from '@gatehouse/shared/wire/v1/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../database/pool.ts'
import { admitLife } from '../sites/admit.ts'
import { readSiteHealth } from '../sites/site-health.ts'
import { captured, confirmed, held, sensed } from '../sites/testing/events.ts'
import type { SiteTwin } from '../sites/testing/site-twin.ts'
import { SyncServer } from '../sites/testing/sync-server.ts'
import { reconcile, type SiteReconciliation } from './reconcile.ts'
import { ReconciliationRecorder } from './recorder.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

const oneBooking = {
  bookings: { confirmed: 1 },
  takings: [{ currency: 'EUR', method: 'cash', count: 1, amountMinor: 1_000 }],
  sessions: { open: 0, departed: 0, voided: 0 },
}

async function report(twin: SiteTwin, sums: Omit<SiteSums, 'head' | 'entries'>): Promise<void> {
  const answer = await twin.post('/sync/v1/heartbeat', {
    incarnation: twin.incarnation,
    version: 'test',
    bootId: 'boot-1',
    monotonicMs: 0,
    wallMs: server.clock.now().wallMs,
    clockQuality: 'trusted',
    waiting: 0,
    devicesDown: [],
    selling: 'all',
    directory: { epoch: 1, rev: 0 },
    sums: { head: twin.head, entries: twin.head.seq, ...sums },
  })
  expect(answer.status).toBe(200)
}

async function books(siteId: string): Promise<SiteReconciliation> {
  const [found] = await reconcile(server.pool, server.clock.now().wallMs, [siteId])
  return found!
}

/** A site with one paid booking, told to the cloud. */
async function siteWithBooking(siteId: string): Promise<SiteTwin> {
  const twin = await server.enrolled(siteId)
  await twin.send(
    twin.record(held('bk_1', 'sp_1', 1, 2), captured('py_1', 'bk_1', 1_000, 'cash'), confirmed('bk_1')),
  )
  await server.projected()
  return twin
}

describe('reconciliation', () => {
  it('is equal when the site reports what the tables sum up to', async () => {
    await report(await siteWithBooking('equal'), oneBooking)
    expect(await books('equal')).toMatchObject({ state: 'equal', amountMinor: 0, atSeq: 3 })
  })

  it('sees one altered projected row, to the cent, and raises it', async () => {
    await report(await siteWithBooking('altered'), oneBooking)
    await server.pool.query(`UPDATE payments SET amount_minor = 999 WHERE site_id = 'altered'`)
    const found = await books('altered')
    expect(found).toMatchObject({ state: 'different', amountMinor: 1 })
    expect(found.lines.filter(({ difference }) => difference !== 0)).toEqual([
      { what: 'takings EUR cash', site: 1_000, cloud: 999, difference: -1, unit: 'EUR' },
    ])
    const { pool, clock, projector } = server
    await new ReconciliationRecorder({ pool, clock, projector }).record('altered')
    const { rows } = await pool.query(`SELECT kind FROM exceptions WHERE site_id = 'altered'`)
    expect(rows).toEqual([{ kind: 'difference' }])
  })

  it('sees a missing row and a changed status', async () => {
    await report(await siteWithBooking('missing'), oneBooking)
    await server.pool.query(`UPDATE bookings SET status = 'cancelled' WHERE site_id = 'missing'`)
    const different = (await books('missing')).lines.filter(({ difference }) => difference !== 0)
    expect(different.map(({ what }) => what)).toEqual(['bookings cancelled', 'bookings confirmed'])
  })

  it('waits for a site that has entries which are not here', async () => {
    const twin = await siteWithBooking('ahead')
    twin.record(sensed('sp_1', true))
    await report(twin, oneBooking)
    expect(await books('ahead')).toMatchObject({ state: 'waiting', atSeq: 4 })
  })

  it('keeps the last comparison while a site goes on between its reports', async () => {
    const twin = await siteWithBooking('goes-on')
    await report(twin, oneBooking)
    const { pool, clock, projector } = server
    await new ReconciliationRecorder({ pool, clock, projector }).record('goes-on')
    await twin.send(twin.record(sensed('sp_1', true)))
    await server.projected()
    expect(await books('goes-on')).toMatchObject({ state: 'equal', atSeq: 3 })
  })

  it('settles what an earlier life differed in once the life that took over its books agrees', async () => {
    const twin = await siteWithBooking('taken-over')
    const { pool, clock, projector } = server
    const recorder = new ReconciliationRecorder({ pool, clock, projector })
    const known = twin.head
    twin.head = { ...known, hash: 'f'.repeat(64) }
    await report(twin, oneBooking)
    await recorder.record('taken-over')
    const openCases = async () =>
      (await pool.query(`SELECT about FROM exceptions WHERE site_id = 'taken-over' AND closed_ms IS NULL`))
        .rows
    expect(await openCases()).toEqual([{ about: '1' }])
    const life = { siteId: twin.siteId, publicKey: twin.publicKey, machine: 'test', nowMs: 0 }
    twin.incarnation = await inTransaction(pool, (tx) => admitLife(tx, { ...life, origin: 'recovered' }))
    twin.head = emptyHead
    await report(twin, oneBooking)
    await recorder.record('taken-over')
    expect(await openCases()).toEqual([])
  })

  it('has nothing to compare for a site that was never heard', async () => {
    await server.enrolled('silent')
    const [health] = await readSiteHealth(server.pool, 0, ['silent'])
    expect(health?.heartbeat).toBeUndefined()
    expect(await books('silent')).toMatchObject({ state: 'waiting', lines: [] })
  })
})
