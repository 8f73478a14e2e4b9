import { describe, expect, test } from 'vitest'
import { takings } from '../drawer/payment-store.ts'
import { SandboxGateway } from '../drawer/sandbox-gateway.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { bookingCounts } from './booking-store.ts'
import { type BookingSite, friday10, hour, openBookingSite, post } from './testing/booking-site.ts'

// Each gateway stops answering at one place, as it looks to a process that is killed there.
const never = () => new Promise<never>(() => {})
class DiesBeforeAuthorising extends SandboxGateway {
  override authorise(): Promise<never> {
    return never()
  }
}
class DiesAfterAuthorising extends SandboxGateway {
  override async authorise(asked: Parameters<SandboxGateway['authorise']>[0]): Promise<never> {
    await super.authorise(asked)
    return never()
  }
}
class DiesBeforeCapturing extends SandboxGateway {
  override capture(): Promise<never> {
    return never()
  }
}
class DiesAfterCapturing extends SandboxGateway {
  override async capture(paymentId: string): Promise<never> {
    await super.capture(paymentId)
    return never()
  }
}

const slot = { spaceId: 'elm', fromMs: friday10 + hour, toMs: friday10 + 2 * hour, guestName: 'Robin Demo' }

async function holdAndPay(site: BookingSite, decided: boolean): Promise<string> {
  const { body } = await post(site, { path: '/bookings', key: 'key-hold', body: slot })
  const paying = pay(site, body.bookingId)
  if (decided) await paying
  // Let everything run that does not wait for the gateway.
  else for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  return body.bookingId
}
function pay(site: BookingSite, bookingId: string) {
  return post(site, { path: `/bookings/${bookingId}/confirm`, key: 'key-pay', body: { method: 'card' } })
}
async function restart(site: BookingSite): Promise<BookingSite> {
  site.close()
  const again = openBookingSite(site.folder)
  await again.cards.recover(again.kernel)
  await again.kernel.recoverEffects()
  return again
}

describe('a crash in the middle of a card payment', () => {
  test.each([
    ['before the card was asked', DiesBeforeAuthorising],
    ['after the card was asked, before the decision', DiesAfterAuthorising],
  ])('%s: nothing is charged, and the repeated request pays', async (_, Gateway) => {
    const before = openBookingSite(undefined, Gateway)
    const bookingId = await holdAndPay(before, false)
    const after = await restart(before)
    expect(after.gateway.payments().filter(({ state }) => state !== 'released')).toEqual([])
    expect(takings(after.db)).toEqual([])
    const again = await pay(after, bookingId)
    expect(again.status).toBe(200)
    expect(takings(after.db)).toMatchObject([{ count: 1, amountMinor: 1200 }])
  })

  test.each([
    ['before the capture', DiesBeforeCapturing],
    ['after the capture, before its outcome', DiesAfterCapturing],
  ])('%s: the booking stands, charged once, and the repeated request gets its answer', async (_, Gateway) => {
    const before = openBookingSite(undefined, Gateway)
    const bookingId = await holdAndPay(before, true)
    const after = await restart(before)
    expect(after.gateway.payments()).toMatchObject([
      { state: 'captured', amountMinor: 1200, refundedMinor: 0 },
    ])
    expect(takings(after.db)).toEqual([{ currency: 'EUR', method: 'card', count: 1, amountMinor: 1200 }])
    const again = await pay(after, bookingId)
    expect([again.status, again.body.status]).toEqual([200, 'confirmed'])
    expect(bookingCounts(after.db)).toEqual({ confirmed: 1 })
    expect(after.gateway.payments()).toHaveLength(1)
    expect(checkRebuild(after.db, after.modules).equal).toBe(true)
  })
})
