import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { bookingIdSchema, paymentIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { ok } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineCommand, type LedgerModule } from '../ledger/command.ts'
import { openDatabase } from '../ledger/database.ts'
import { Kernel } from '../ledger/kernel.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { CardPayments, cardEffects, paymentIdOf } from './card-payments.ts'
import { drawerModule } from './drawer-module.ts'
import { paymentsOf, takings } from './payment-store.ts'
import { SandboxGateway } from './sandbox-gateway.ts'

const bookingId = bookingIdSchema.parse('bk_1')
const random = new SeededRandom(5)

function movement(
  type: 'payment.captured' | 'payment.refunded',
  id: string,
  amountMinor: number,
): LedgerEvent {
  const body = {
    paymentId: paymentIdSchema.parse(id),
    subject: { kind: 'booking' as const, bookingId },
    method: 'card' as const,
    amountMinor,
    currency: 'EUR',
    takenBy: 'site' as const,
  }
  if (type === 'payment.captured') return { type, body }
  return { type, body: { ...body, ofPaymentId: paymentIdSchema.parse('pay_1') } }
}
/** The smallest decision that takes money. */
const deciding: LedgerModule = {
  name: 'deciding',
  tablesSql: '',
  projectedTables: [],
  projections: {},
  commands: [
    defineCommand({
      kind: 'decide',
      priority: 2,
      sells: true,
      input: z.object({
        type: z.enum(['payment.captured', 'payment.refunded']),
        id: z.string(),
        amountMinor: z.int(),
      }),
      run: (_db, { type, id, amountMinor }, context) => {
        const events = [movement(type, id, amountMinor)]
        return ok({ events, effects: cardEffects(events, context.random), answer: () => 'done' })
      },
    }),
  ],
}

/** A gateway that takes the call and never answers, as one does when the power goes. */
class SilentGateway extends SandboxGateway {
  override async capture(paymentId: string): Promise<'captured' | 'gone'> {
    await super.capture(paymentId)
    return new Promise(() => {})
  }
}

/** A gateway that cannot be reached for two hundred calls. */
class AwayGateway extends SandboxGateway {
  #calls = 0
  override async capture(paymentId: string): Promise<'captured' | 'gone'> {
    this.#calls += 1
    if (this.#calls > 200) return super.capture(paymentId)
    throw new SiteError({ code: 'gateway_away', op: 'capture', hint: '', retryable: true })
  }
}

function openSite(folder = mkdtempSync(join(tmpdir(), 'drawer-')), Gateway = SandboxGateway) {
  const gateway = new Gateway(join(folder, 'sandbox.sqlite'))
  const db = openDatabase({ path: join(folder, 'site.sqlite'), locking: 'exclusive' })
  const cards = new CardPayments({ gateway, random, wait: async () => {} })
  const kernel = new Kernel({
    receiptKey: 'test',
    db,
    siteId: siteIdSchema.parse('site-1'),
    incarnation: 1,
    clock: new ManualClock(1_800_000_000_000),
    random,
    modules: [drawerModule, deciding],
    effects: cards.effectHandlers(),
    onBug: (error) => expect.fail(String(error)),
  })
  const decide = (type: string, id: string, amountMinor: number) =>
    kernel.submit({ kind: 'decide', caller: 'test', key: `${type}-${id}`, input: { type, id, amountMinor } })
  const close = () => {
    db.close()
    gateway.close()
  }
  return { folder, db, gateway, cards, kernel, decide, close }
}
const settled = (site: ReturnType<typeof openSite>) =>
  new Promise<void>((resolve) => {
    site.kernel.onCommitted((entries) => {
      if (entries.some(({ entry }) => entry.type === 'effect.settled')) resolve()
    })
  })
const payment = (card: string) => ({
  paymentId: paymentIdSchema.parse('pay_1'),
  subjectId: bookingId,
  amountMinor: 2400,
  currency: 'EUR',
  card,
})

describe('card payments', () => {
  test('captures after the decision, once, and gives back under an id of its own', async () => {
    const site = openSite()
    expect(await site.cards.authorise(site.kernel, payment('sandbox_ok'))).toEqual({ ok: true, value: null })
    expect(site.gateway.payments()).toMatchObject([{ state: 'authorised' }])
    let done = settled(site)
    await site.decide('payment.captured', 'pay_1', 2400)
    await done
    expect(site.gateway.payments()).toEqual([
      { paymentId: 'pay_1', state: 'captured', amountMinor: 2400, refundedMinor: 0 },
    ])
    done = settled(site)
    await site.decide('payment.refunded', 'pay_1.refund', 1000)
    await done
    expect(site.gateway.payments()).toMatchObject([{ refundedMinor: 1000 }])
    expect(takings(site.db)).toEqual([{ currency: 'EUR', method: 'card', count: 2, amountMinor: 1400 }])
    expect(paymentsOf(site.db, bookingId).map(({ kind }) => kind)).toEqual(['captured', 'refunded'])
    expect(checkRebuild(site.db, [drawerModule, deciding]).equal).toBe(true)
  })

  test('refuses to give back more than was captured', async () => {
    const site = openSite()
    await site.decide('payment.captured', 'pay_1', 2400)
    await site.decide('payment.refunded', 'pay_1.refund', 2000)
    expect(await site.decide('payment.refunded', 'pay_1.refund2', 401)).toEqual({
      ok: false,
      refusal: { code: 'refund_exceeds_capture' },
    })
  })

  test('a declined card leaves nothing behind, however often it is tried', async () => {
    const site = openSite()
    for (let round = 0; round < 3; round += 1) {
      const answer = await site.cards.authorise(site.kernel, payment('sandbox_declined'))
      expect(answer).toEqual({ ok: false, error: { code: 'payment_declined' } })
    }
    expect(await site.cards.recover(site.kernel)).toBe(0)
  })

  test('releases what a crash left authorised without a decision', async () => {
    const before = openSite()
    await before.cards.authorise(before.kernel, payment('sandbox_ok'))
    before.close()
    const after = openSite(before.folder)
    expect(await after.cards.recover(after.kernel)).toBe(1)
    expect(after.gateway.payments()).toMatchObject([{ state: 'released' }])
    expect(await after.cards.recover(after.kernel)).toBe(0)
  })

  test('captures again, without charging twice, what a crash left without an outcome', async () => {
    const before = openSite(undefined, SilentGateway)
    await before.cards.authorise(before.kernel, payment('sandbox_ok'))
    await before.decide('payment.captured', 'pay_1', 2400)
    before.close()
    const after = openSite(before.folder)
    expect(await after.cards.recover(after.kernel)).toBe(0)
    const done = settled(after)
    await after.kernel.recoverEffects()
    await done
    expect(after.gateway.payments()).toMatchObject([{ state: 'captured', amountMinor: 2400 }])
  })

  test('does not release money that another request under the same key was given', async () => {
    const site = openSite()
    await site.cards.authorise(site.kernel, payment('sandbox_ok'))
    const done = settled(site)
    await site.decide('payment.captured', 'pay_1', 2400)
    await site.cards.authorise(site.kernel, payment('sandbox_ok'))
    await site.cards.release(site.kernel, paymentIdSchema.parse('pay_1'))
    await done
    expect(site.gateway.payments()).toMatchObject([{ state: 'captured' }])
    expect(await site.cards.recover(site.kernel)).toBe(0)
  })

  test('says that cards cannot be taken while the gateway is away, and holds no attempt', async () => {
    const site = openSite()
    const away = () =>
      Promise.reject(new SiteError({ code: 'gateway_away', op: 'authorise', hint: '', retryable: true }))
    let released = 0
    const cards = new CardPayments({
      gateway: {
        authorise: away,
        capture: away,
        refund: away,
        release: async () => {
          released += 1
        },
      },
      random,
      wait: async () => {},
    })
    expect(await cards.authorise(site.kernel, payment('sandbox_ok'))).toEqual({
      ok: false,
      error: { code: 'card_unavailable' },
    })
    expect([released, await cards.recover(site.kernel)]).toEqual([1, 0])
  })

  test('captures in the end, however long the gateway was away', async () => {
    const site = openSite(undefined, AwayGateway)
    await site.cards.authorise(site.kernel, payment('sandbox_ok'))
    const done = settled(site)
    await site.decide('payment.captured', 'pay_1', 2400)
    await done
    expect(site.gateway.payments()).toMatchObject([{ state: 'captured' }])
  })

  test('names the payment whose money the gateway refused to move', async () => {
    const site = openSite()
    const settlement = new Promise((resolve) => {
      site.kernel.onCommitted((entries) => {
        for (const { entry } of entries) if (entry.type === 'effect.settled') resolve(entry.body)
      })
    })
    await site.decide('payment.captured', 'pay_1', 2400)
    expect(await settlement).toMatchObject({ outcome: 'failed', paymentId: 'pay_1' })
  })

  test('gives one attempt the same payment id every time', () => {
    expect(paymentIdOf('kiosk:1', 'key-1')).toBe(paymentIdOf('kiosk:1', 'key-1'))
    expect(paymentIdOf('kiosk:1', 'key-1')).not.toBe(paymentIdOf('kiosk:2', 'key-1'))
  })
})
