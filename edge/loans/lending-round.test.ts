import type { LendingPolicy } from '@gatehouse/shared/loans/lending-policy'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { friday10, hour, minute, post } from '../bookings/testing/booking-site.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { elmSale, endOf, type LoanSite, openLoanSite } from './testing/loan-site.ts'

let site: LoanSite
beforeEach(() => {
  site = openLoanSite()
})
afterEach(() => {
  expect(checkRebuild(site.db, site.modules)).toMatchObject({ equal: true })
  expect(site.bugs).toEqual([])
  site.close()
})

const policy: LendingPolicy = {
  sharePercent: 50,
  shareMinPercent: 0,
  shareMaxPercent: 100,
  windowMs: 4 * hour,
  leadMs: 8 * hour,
  cutOffMs: hour,
  stepPercent: 50,
}
const desks = { poolId: 'desks', kind: 'desk', policy }

function lend(pools: object[], never: string[] = []): void {
  const row = site.directory.site()
  site.apply('site', 'harbour-house', { ...row, lending: { pools, never } })
}
const granted = () => site.entries('loan.granted')

describe('a round of lending', () => {
  test('lends nothing where the site row says nothing', async () => {
    expect(await site.rounds.run()).toEqual({ granted: 0, recalled: 0 })
    expect(granted()).toEqual([])
  })

  test('lends the share of the pool in each window ahead, and a second one adds nothing', async () => {
    lend([desks])
    expect(await site.rounds.run()).toEqual({ granted: 2, recalled: 0 })
    // Windows of four hours from 1970 on: 13:00 and 17:00 in Berlin that day.
    expect(granted().map(({ fromMs }) => (fromMs - friday10) / hour)).toEqual([3, 7])
    for (const { spaceId, fromMs, toMs, sellUntilMs, pool, epoch } of granted()) {
      expect(['desk-1', 'desk-2']).toContain(spaceId)
      expect([toMs - fromMs, fromMs - sellUntilMs, epoch]).toEqual([4 * hour, hour, 1])
      expect(pool).toEqual({ poolId: 'desks', slot: 1 })
    }
    expect(await site.rounds.run()).toEqual({ granted: 0, recalled: 0 })
  })

  test('runs once for whoever asks while it runs, and anew afterwards', async () => {
    lend([desks])
    const both = await Promise.all([site.rounds.run(), site.rounds.run()])
    expect(both).toEqual([
      { granted: 2, recalled: 0 },
      { granted: 2, recalled: 0 },
    ])
    expect(granted()).toHaveLength(2)
    site.clock.advance(4 * hour)
    expect(await site.rounds.run()).toEqual({ granted: 1, recalled: 0 })
  })

  test('lends another space in place of one that cannot be used in a window', async () => {
    const desk = site.directory.get('space', 'desk-1')
    site.apply('space', 'desk-1', { ...desk, availableToMs: friday10 + 2 * hour })
    lend([desks])
    await site.rounds.run()
    expect(granted().map(({ spaceId, fromMs }) => [spaceId, (fromMs - friday10) / hour])).toEqual([
      ['desk-2', 3],
      ['desk-2', 7],
    ])
  })

  test('numbers the slots of one window, and never lends what is named so, taken, or out of service', async () => {
    lend([{ ...desks, policy: { ...policy, sharePercent: 100, leadMs: 5 * hour } }])
    await site.rounds.run()
    expect(granted().map(({ pool }) => pool?.slot)).toEqual([1, 2])
    const rooms = {
      ...desks,
      poolId: 'rooms',
      kind: 'meeting_room',
      policy: { ...policy, sharePercent: 100 },
    }
    lend([rooms], ['oak'])
    await post(site, {
      path: '/bookings',
      key: 'key-taken-1',
      body: {
        spaceId: 'elm',
        fromMs: friday10 + 4 * hour,
        toMs: friday10 + 5 * hour,
        guestName: 'Robin Demo',
      },
    })
    await site.rounds.run()
    const lent = granted().filter(({ pool }) => pool?.poolId === 'rooms')
    expect(lent.map(({ spaceId, fromMs }) => [spaceId, (fromMs - friday10) / hour])).toEqual([['elm', 7]])
  })

  test.each([
    ['the cloud is not heard', () => Object.assign(site.link, { state: { state: 'offline', sinceMs: 0 } })],
    ['the clock is not trusted', () => site.clock.set({ quality: 'untrusted' })],
    ['the site is fenced', () => site.kernel.setSelling('fenced')],
    ['lending is stopped', () => site.submit('stopLending', { reason: 'witness_ahead' })],
  ])('lends nothing while %s', async (_why, make) => {
    lend([desks])
    await make()
    expect(await site.rounds.run()).toEqual({ granted: 0, recalled: 0 })
  })

  test('asks back what is beyond the share and unsold, and what is in no pool any more', async () => {
    lend([{ ...desks, policy: { ...policy, sharePercent: 100, leadMs: 5 * hour } }])
    await site.rounds.run()
    const [first, second] = granted()
    if (!first || !second) return expect(granted()).toHaveLength(2)
    const sold = {
      ...elmSale,
      ...{ spaceId: first.spaceId, loanIds: [first.loanId], payments: [] },
      ...{ fromMs: first.fromMs, toMs: first.fromMs + hour, blockToMs: first.fromMs + hour },
    }
    site.bring([{ kind: 'booking', key: 'bk_cloud', body: sold }])
    lend([{ ...desks, policy: { ...policy, sharePercent: 0, shareMaxPercent: 0, leadMs: 5 * hour } }])
    expect(await site.rounds.run()).toEqual({ granted: 0, recalled: 1 })
    expect(site.entries('loan.recalled')).toEqual([{ loanId: second.loanId, reason: 'policy' }])
    expect(await site.rounds.run()).toEqual({ granted: 0, recalled: 0 })
    lend([])
    expect(await site.rounds.run()).toEqual({ granted: 0, recalled: 1 })
    site.bring([{ kind: 'loan', key: second.loanId, body: endOf(second) }])
    expect(site.entries('loan.ended')).toHaveLength(1)
  })

  test('moves the share with demand within its bounds, and remembers it', async () => {
    lend([{ ...desks, policy: { ...policy, leadMs: 5 * hour } }])
    await site.rounds.run()
    expect(granted()).toHaveLength(1)
    site.apply('request', 'rq_1', {
      expiresMs: friday10 + 10 * minute,
      traceId: '0123456789abcdef0123456789abcdef',
      command: {
        ...{ kind: 'holdBooking', bookingId: 'bk_asked', spaceId: 'desk-1', holder: elmSale.holder },
        ...{ fromMs: friday10, toMs: friday10 + hour },
      },
    })
    await vi.waitFor(() => expect(site.entries('booking.held')).toHaveLength(1))
    expect(await site.rounds.run()).toEqual({ granted: 1, recalled: 0 })
    expect(site.db.prepare('SELECT share_percent FROM lending_shares').pluck().all()).toEqual([100])
    site.rounds.noteSiteOverLent('desk-1')
    expect(await site.rounds.run()).toEqual({ granted: 0, recalled: 1 })
  })

  const share = () => site.db.prepare('SELECT share_percent FROM lending_shares').pluck().get()

  test('lends more after a booking that the cloud asked for and the site had to refuse, and only after such', async () => {
    const steps = { ...policy, stepPercent: 10, leadMs: 5 * hour }
    lend([{ ...desks, policy: steps }])
    await site.rounds.run()
    const [loan] = granted()
    if (loan === undefined) return expect(granted()).toHaveLength(1)
    const ask = async (requestId: string, spaceId: string, interval: object) => {
      const before = site.entries('request.refused').length
      site.apply('request', requestId, {
        expiresMs: friday10 + 10 * minute,
        traceId: '0123456789abcdef0123456789abcdef',
        command: {
          ...{ kind: 'holdBooking', bookingId: `bk_${requestId}`, spaceId, holder: elmSale.holder },
          ...interval,
        },
      })
      await vi.waitFor(() => expect(site.entries('request.refused')).toHaveLength(before + 1))
      await site.rounds.run()
    }
    const { fromMs, toMs, spaceId } = loan
    await ask('rq_past', spaceId, { fromMs: friday10 - 48 * hour, toMs: friday10 - 47 * hour })
    expect(share()).toBe(50)
    await ask('rq_over', spaceId, { fromMs: fromMs - hour, toMs: toMs - hour })
    expect(site.entries('request.refused').at(-1)).toMatchObject({ code: 'lent' })
    expect(share()).toBe(60)
  })

  test('lends less again where loans come to their cut-off unsold, down to its own share', async () => {
    const steps = { ...policy, stepPercent: 30, leadMs: 5 * hour }
    lend([{ ...desks, policy: steps }])
    site.db.prepare(`INSERT INTO lending_shares VALUES ('desks', 100)`).run()
    await site.rounds.run()
    const [first, second] = granted()
    if (!first || !second) return expect(granted()).toHaveLength(2)
    const block = { fromMs: first.fromMs, blockToMs: first.fromMs + hour }
    const kept = [{ bookingId: 'bk_kept', status: 'confirmed', ...block }]
    site.bring([{ kind: 'loan', key: first.loanId, body: { ...endOf(first), reason: 'close', kept } }])
    await site.rounds.run()
    expect(share()).toBe(100)
    site.bring([{ kind: 'loan', key: second.loanId, body: { ...endOf(second), reason: 'close' } }])
    await site.rounds.run()
    expect(share()).toBe(70)
    await site.rounds.run()
    expect(share()).toBe(70)
  })
})
