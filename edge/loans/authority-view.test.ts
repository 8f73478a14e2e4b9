import { authorityViewSchema } from '@gatehouse/shared/api/authority-view'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { friday10, hour } from '../bookings/testing/booking-site.ts'
import { storeAcknowledgement } from '../sync/upload-position.ts'
import { authorityView } from './authority-view.ts'
import { elmSale, elmTerms, endOf, type LoanSite, openLoanSite } from './testing/loan-site.ts'

let site: LoanSite
beforeEach(() => {
  site = openLoanSite()
})
afterEach(() => site.close())

const asked = { fromMs: friday10, toMs: friday10 + 8 * hour, spaceId: 'elm' }
function view(change: object = {}) {
  const nowMs = site.clock.now().wallMs
  return authorityViewSchema.parse(authorityView(site, site.kernel, { ...asked, nowMs, ...change }))
}
const spans = () =>
  view().spaces.flatMap(({ spans: own }) =>
    own.map(({ fromMs, authority }) => [
      (fromMs - friday10) / hour,
      authority.kind === 'nobody' ? authority.because : authority.kind,
    ]),
  )
const acknowledge = () => storeAcknowledgement(site.db, 1, site.kernel.head)

describe('who may sell', () => {
  test('is the site alone without loans', () => {
    expect(spans()).toEqual([[0, 'site']])
    expect(view({ spaceId: undefined }).spaces).toHaveLength(4)
  })

  test('changes with each step of a loan, and never names two', async () => {
    await site.grant()
    const around = (what: string) => [
      [0, 'site'],
      [1, what],
      [5, 'site'],
    ]
    expect(spans()).toEqual(around('grant_on_its_way'))
    acknowledge()
    expect(spans()).toEqual(around('cloud'))
    site.bring([{ kind: 'booking', key: 'bk_cloud', body: elmSale }])
    expect(view().loans).toMatchObject([{ loanId: elmTerms.loanId, sold: 1, standing: 'cloud_sells' }])
    site.clock.advance(4 * hour)
    expect(spans()).toEqual(around('sell_until_passed'))
    await site.recall(elmTerms.loanId)
    expect(spans()).toEqual(around('recalled'))
    site.bring([{ kind: 'loan', key: elmTerms.loanId, body: endOf(elmTerms) }])
    expect(spans()).toEqual([[0, 'site']])
  })

  test('is nobody where the site stopped, but for what it never lends', async () => {
    await site.grant()
    acknowledge()
    site.bring([{ kind: 'loan', key: elmTerms.loanId, body: endOf(elmTerms) }])
    await site.submit('stopLending', { reason: 'unknown_loan' })
    expect(view().siteStopped).toBe('lending_stopped')
    expect(spans()).toEqual([[0, 'lending_stopped']])
    expect(view({ spaceId: 'oak' }).spaces[0]?.spans).toMatchObject([{ authority: { kind: 'site' } }])
    site.kernel.setSelling('fenced')
    expect(spans()).toEqual([[0, 'site_fenced']])
    site.kernel.setSelling(undefined)
    await site.submit('resumeLending', { epoch: 1 })
    expect(spans()).toEqual([[0, 'site']])
  })

  test('is nobody in a loan to a cloud that was restored since', async () => {
    await site.grant()
    acknowledge()
    site.directory.apply([], { epoch: 2, rev: 1, handle: undefined, offset: '2' }, false)
    expect(spans()).toContainEqual([1, 'cloud_restored'])
  })

  test('leaves combined spaces out: who sells all parts sells the whole', () => {
    site.apply('space', 'hall', { ...site.directory.get('space', 'elm'), parts: ['elm', 'oak'] })
    expect(view({ spaceId: undefined }).spaces.map(({ spaceId }) => spaceId)).not.toContain('hall')
  })
})
