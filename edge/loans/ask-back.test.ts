import { loanIdSchema } from '@gatehouse/shared/ids/ids'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { friday10, hour, minute, post } from '../bookings/testing/booking-site.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { elmSale, elmTerms, endOf, type LoanSite, openLoanSite } from './testing/loan-site.ts'

let site: LoanSite
beforeEach(async () => {
  site = openLoanSite()
  await site.grant()
})
afterEach(() => {
  expect(checkRebuild(site.db, site.modules)).toMatchObject({ equal: true })
  expect(site.bugs).toEqual([])
  site.close()
})

/** A cloud that answers a recall at once with the end row. */
function answerRecalls(kept: object[] = []): void {
  site.kernel.onCommitted((entries) => {
    const recalled = entries.some(({ entry }) => entry.type === 'loan.recalled')
    const body = endOf(elmTerms, { reason: 'recall', kept: kept as never })
    if (recalled) site.bring([{ kind: 'loan', key: elmTerms.loanId, body }])
  })
}

let keys = 0
function want(fromMs = friday10 + hour, spaceId = 'elm') {
  keys += 1
  const body = { spaceId, fromMs, toMs: fromMs + 30 * minute, guestName: 'Robin Demo' }
  return post(site, { path: '/bookings', key: `key-want-${keys}`, body })
}

test('a place that is lent is asked back and sold, once the cloud’s end of the loan is applied', async () => {
  answerRecalls()
  expect((await want()).status).toBe(201)
  expect(site.entries('loan.recalled')).toEqual([{ loanId: elmTerms.loanId, reason: 'kiosk' }])
})

test('what the cloud keeps sold is not sold on site, the rest is', async () => {
  const { fromMs, blockToMs } = elmSale
  answerRecalls([{ bookingId: 'bk_cloud', status: 'confirmed', fromMs, blockToMs }])
  expect((await want(friday10 + 2 * hour)).body.code).toBe('space_taken')
  expect((await want(friday10 + hour)).status).toBe(201)
})

test('without an answer in time the refusal says until when it is sold elsewhere, with alternatives', async () => {
  const { status, body } = await want()
  expect([status, body.code]).toEqual([409, 'lent'])
  expect(body.lent).toEqual({ outcome: 'no_answer', untilMs: elmTerms.sellUntilMs, toMs: elmTerms.toMs })
  expect(body.alternatives?.length).toBeGreaterThan(0)
  // The recall stands: when the answer comes, the place is sold here.
  site.bring([{ kind: 'loan', key: elmTerms.loanId, body: endOf(elmTerms, { reason: 'recall' }) }])
  expect((await want()).status).toBe(201)
})

test('offline nothing is asked back, and the refusal says why', async () => {
  Object.assign(site.link, { state: { state: 'offline', sinceMs: 0 } })
  const { body } = await want()
  expect(body.lent).toEqual({ outcome: 'offline', untilMs: elmTerms.sellUntilMs, toMs: elmTerms.toMs })
  expect(site.entries('loan.recalled')).toEqual([])
})

test('a site that is stopped while somebody waits says that it is stopping', async () => {
  const stopped = () => {
    site.kernel.close()
    site.close()
  }
  site.kernel.onCommitted((entries) => {
    if (entries.some(({ entry }) => entry.type === 'loan.recalled')) process.nextTick(stopped)
  })
  const { status, body } = await want()
  expect([status, body.code]).toEqual([503, 'stopping'])
  site = openLoanSite(site.folder)
})

test('nothing is asked back where it would not help', async () => {
  const past = friday10 - 5 * hour
  expect((await want(past)).body.code).toBe('in_the_past')
  expect((await want(friday10 + hour, 'nowhere')).body.code).toBe('unknown_space')
  expect((await want(friday10 + hour, 'oak')).status).toBe(201)
  expect(site.entries('loan.recalled')).toEqual([])
})

test('a later end that reaches into what is lent asks it back, too', async () => {
  const held = await want(friday10)
  const path = `/bookings/${held.body.bookingId}`
  await post(site, { path: `${path}/confirm`, key: 'key-paid-1', body: { method: 'cash' } })
  answerRecalls()
  const longer = await post(site, {
    path: `${path}/extend`,
    key: 'key-later-1',
    body: { toMs: friday10 + 2 * hour },
  })
  expect(longer.status).toBe(200)
})

test('the same request sent again is answered as before and asks nothing back a second time', async () => {
  const request = {
    path: '/bookings',
    key: 'key-want-again',
    body: { spaceId: 'elm', fromMs: friday10 + hour, toMs: friday10 + 2 * hour, guestName: 'Robin Demo' },
  }
  const first = await post(site, request)
  expect(first.body.code).toBe('lent')
  // The first loan came back and the site lent the same hours anew: that is no matter of the old request.
  site.bring([{ kind: 'loan', key: elmTerms.loanId, body: endOf(elmTerms, { reason: 'recall' }) }])
  await site.grant({ loanId: loanIdSchema.parse('ln_again') })
  const again = await post(site, request)
  expect(again).toEqual(first)
  expect(site.entries('loan.recalled')).toHaveLength(1)
})
