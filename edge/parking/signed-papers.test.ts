import { bookingIdSchema, paymentIdSchema, sessionIdSchema, spaceIdSchema } from '@gatehouse/shared/ids/ids'
import {
  type PaperIssuer,
  signedBookingReceipt,
  signedReceipt,
  signedTicket,
} from '@gatehouse/shared/passes/sign-paper'
import {
  cloudKeys,
  samplePasses,
  show,
  signPass,
  siteKeys,
  testKeys,
} from '@gatehouse/shared/passes/testing/sample-passes'
import { describe, expect, test } from 'vitest'
import { findSessions } from './find-sessions.ts'
import { readSession } from './session-store.ts'
import { type Garage, openGarage } from './test-garage.ts'
import { siteId } from './test-garage-rows.ts'
import { inside, pay } from './test-stays.ts'

const minute = 60_000
const depart = (garage: Garage, ticket: string) =>
  garage.run('requestDeparture', { laneId: 'exit-1', by: { kind: 'ticket', ticket } })
const showAtKiosk = (garage: Garage, text: string) => garage.run('showPaper', { text })
/** A car inside with a ticket, its signed text as the kiosk gives it to who types the code. */
async function withTicket(garage: Garage) {
  const arrived = await garage.run('arriveVehicle', { laneId: 'entry-1', by: { kind: 'ticket' } })
  await garage.run('confirmPassage', { laneId: 'entry-1' })
  const [found] = findSessions(garage.db, garage.options, { ticket: String(arrived.ticket) })
  const ticket = found?.signedTicket ?? expect.fail('no signed ticket')
  return { sessionId: String(arrived.sessionId), ticket }
}

/** A garage whose books have lost what the other one knows; `later` minutes have gone by. */
function replaced(garage: Garage, later: number): Garage {
  const fresh = openGarage({ seed: 12 })
  fresh.clock.advance(garage.clock.now().wallMs - fresh.clock.now().wallMs + later * minute)
  return fresh
}

function entriesOf(garage: Garage, type: string): Record<string, unknown>[] {
  return garage.db
    .prepare<[string], { text: string }>('SELECT text FROM entries WHERE type = ?')
    .all(type)
    .map(({ text }) => JSON.parse(text).body)
}

describe('a signed ticket', () => {
  test('is the stay at the kiosk and at the exit, and opens once', async () => {
    const garage = openGarage()
    const { sessionId, ticket } = await withTicket(garage)
    garage.passMinutes(90)
    expect(await showAtKiosk(garage, ticket)).toMatchObject({ sessionId, signedTicket: ticket })
    expect(await depart(garage, ticket)).toMatchObject({ kind: 'refused', reason: 'payment_needed' })
    await pay(garage, sessionId)
    expect(await depart(garage, ticket)).toMatchObject({ kind: 'opened', sessionId, debtMinor: 0 })
    await garage.run('confirmPassage', { laneId: 'exit-1' })
    expect(await depart(garage, ticket)).toMatchObject({ kind: 'refused', reason: 'ticket_used' })
    expect(await showAtKiosk(garage, ticket)).toEqual({ refused: 'session_ended' })
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('begins the stay that the books have lost at the arrival that was signed, not as a lost ticket', async () => {
    const first = openGarage()
    const { sessionId, ticket } = await withTicket(first)
    const garage = replaced(first, 90)
    const view = await showAtKiosk(garage, ticket)
    expect(view).toMatchObject({ sessionId, arrivedMs: first.clock.now().wallMs, state: 'inside' })
    expect(inside(garage)).toBe(1)
    expect(await garage.run('quoteSession', { sessionId })).toMatchObject({ dueMinor: 400 })
    await showAtKiosk(garage, ticket)
    expect(entriesOf(garage, 'session.arrived')).toHaveLength(1)
    await pay(garage, sessionId)
    expect(await depart(garage, ticket)).toMatchObject({ kind: 'opened', debtMinor: 0 })
    await garage.run('confirmPassage', { laneId: 'exit-1' })
    expect(inside(garage)).toBe(0)
    expect(garage.rebuildsEqual()).toBe(true)
    expect(garage.bugs).toEqual([])
  })

  test('first shown at the exit is on record with its refusal, once', async () => {
    const first = openGarage()
    const { sessionId, ticket } = await withTicket(first)
    const garage = replaced(first, 90)
    for (let times = 0; times < 3; times += 1) {
      expect(await depart(garage, ticket)).toMatchObject({ reason: 'payment_needed', sessionId })
    }
    expect(garage.entryTypes()).toEqual(['session.arrived', 'session.entered', 'lane.refused'])
  })

  test('lets out by an untrusted clock too, and is refused when nobody of this site signed it', async () => {
    const garage = openGarage()
    const arrivedMs = garage.clock.now().wallMs
    const stay = { sessionId: sessionIdSchema.parse('ps_FOREIGN0000000000000'), arrivedMs }
    const by = (keys: typeof siteKeys, change: Partial<PaperIssuer> = {}): PaperIssuer => ({
      ...{ siteId, issuer: 'site', keyId: keys.keyId, sign: keys.sign },
      ...change,
    })
    const ticket = signedTicket(by(siteKeys), stay)
    const refused: [string, string][] = [
      [signedTicket(by(testKeys(9)), stay), 'pass_key_unknown'],
      [signedTicket(by(testKeys(9), { keyId: siteKeys.keyId }), stay), 'pass_forged'],
      [signedTicket(by(siteKeys, { issuer: 'cloud' }), stay), 'pass_key_unknown'],
      [ticket.slice(0, -4), 'pass_truncated'],
      [signedTicket(by(siteKeys), { ...stay, arrivedMs: arrivedMs + 60 * minute }), 'pass_from_future'],
      [signedTicket(by(siteKeys), { ...stay, arrivedMs: arrivedMs - 31 * 24 * 60 * minute }), 'pass_expired'],
      [show(signPass(samplePasses.booking), arrivedMs), 'pass_kind_unknown'],
    ]
    for (const [text, reason] of refused) {
      expect(await depart(garage, text)).toMatchObject({ kind: 'refused', reason })
      expect(await showAtKiosk(garage, text)).toEqual({ refused: 'unknown_ticket' })
    }
    expect(garage.entryTypes().every((type) => type === 'lane.refused')).toBe(true)
    garage.clock.set({ quality: 'untrusted' })
    expect(await depart(garage, ticket)).toMatchObject({ kind: 'opened' })
  })

  test('of a key of an earlier life is honoured for what it signed then', async () => {
    const garage = openGarage()
    const early = testKeys(7)
    const nowMs = garage.clock.now().wallMs
    const row = {
      publicKey: Buffer.from(early.publicKey).toString('base64url'),
      useFromMs: 0,
      useToMs: nowMs,
    }
    const rows = [{ kind: 'site_key' as const, key: early.keyId, body: row, epoch: 1, rev: 2 }]
    garage.directory.apply(rows, { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
    const by: PaperIssuer = { siteId, issuer: 'site', keyId: early.keyId, sign: early.sign }
    const sessionId = sessionIdSchema.parse('ps_EARLIER0000000000000')
    garage.passMinutes(60)
    expect(
      await showAtKiosk(garage, signedTicket(by, { sessionId, arrivedMs: nowMs - minute })),
    ).toMatchObject({
      sessionId,
    })
    expect(
      await showAtKiosk(garage, signedTicket(by, { sessionId, arrivedMs: nowMs + 10 * minute })),
    ).toEqual({
      refused: 'unknown_ticket',
    })
  })
})

describe('a signed receipt', () => {
  test('comes with the payment and lets out once, also where the books have lost stay and payment', async () => {
    const first = openGarage()
    const { sessionId } = await withTicket(first)
    first.passMinutes(90)
    const paid = await pay(first, sessionId)
    const { signed, paymentId } = paid.receipt as { signed: string; paymentId: string }
    const garage = replaced(first, 5)
    expect(await depart(garage, signed)).toMatchObject({ kind: 'opened', sessionId, debtMinor: 0 })
    expect(entriesOf(garage, 'session.departing')).toMatchObject([{ debtMinor: 0, receipt: { paymentId } }])
    await garage.run('confirmPassage', { laneId: 'exit-1' })
    expect(inside(garage)).toBe(0)
    expect(await depart(garage, signed)).toMatchObject({ kind: 'refused', reason: 'ticket_used' })
    expect(garage.rebuildsEqual()).toBe(true)
    expect(await depart(first, signed)).toMatchObject({ kind: 'opened', sessionId })
  })

  test('for a payment that is not in the books opens until the exit grace ends, then the stay is to be paid', async () => {
    const garage = openGarage()
    const { sessionId } = await withTicket(garage)
    const arrivedMs = garage.clock.now().wallMs
    garage.passMinutes(90)
    const by: PaperIssuer = { siteId, issuer: 'cloud', keyId: cloudKeys.keyId, sign: cloudKeys.sign }
    const receipt = signedReceipt(by, {
      sessionId: sessionIdSchema.parse(sessionId),
      paymentId: paymentIdSchema.parse('pay_IN_THE_APP'),
      ...{ arrivedMs, paidMs: garage.clock.now().wallMs },
    })
    garage.passMinutes(16)
    expect(await depart(garage, receipt)).toMatchObject({ kind: 'refused', reason: 'payment_needed' })
    garage.clock.advance(-minute)
    expect(await depart(garage, receipt)).toMatchObject({ kind: 'opened', debtMinor: 0 })
    expect(readSession(garage.db, sessionIdSchema.parse(sessionId))?.kind).toBe('departing')
  })
})

describe('the receipt of a booked bay', () => {
  const hour = 60 * minute
  const member = { kind: 'plate', plate: 'HH-AD 1' }
  const by: PaperIssuer = { siteId, issuer: 'cloud', keyId: cloudKeys.keyId, sign: cloudKeys.sign }

  async function book(garage: Garage) {
    const fromMs = garage.clock.now().wallMs
    const toMs = fromMs + 2 * hour
    const holder = { kind: 'member', memberId: 'mem-1' }
    const { bookingId } = await garage.run('holdBooking', { spaceId: 'bay-1', fromMs, toMs, holder })
    await garage.run('confirmBooking', { bookingId, method: 'cash', tenderedMinor: 400 })
    const paid = { amountMinor: 400, taxMinor: 64, refundedMinor: 0, currency: 'EUR', reference: 'QS-7Q2M4' }
    const facts = {
      bookingId: bookingIdSchema.parse(bookingId),
      paymentId: paymentIdSchema.parse('pay_IN_THE_APP'),
      block: { spaceId: spaceIdSchema.parse('bay-1'), fromMs, toMs },
      paid: { ...paid, paidMs: fromMs },
    }
    return { bookingId, receipt: signedBookingReceipt(by, facts, fromMs) }
  }

  test('means the stay that began with the booking, pays nothing that ran over, and opens once', async () => {
    const garage = openGarage()
    const { receipt } = await book(garage)
    const { sessionId } = await garage.run('arriveVehicle', { laneId: 'entry-1', by: member })
    await garage.run('confirmPassage', { laneId: 'entry-1' })
    garage.passMinutes(119)
    expect(await showAtKiosk(garage, receipt)).toMatchObject({ sessionId })
    garage.passMinutes(31)
    expect(await depart(garage, receipt)).toMatchObject({ reason: 'payment_needed', dueMinor: 200 })
    await pay(garage, String(sessionId))
    expect(await depart(garage, receipt)).toMatchObject({ kind: 'opened', sessionId, debtMinor: 0 })
    await garage.run('confirmPassage', { laneId: 'exit-1' })
    expect(await depart(garage, receipt)).toMatchObject({ kind: 'refused', reason: 'unknown_ticket' })
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('opens for nobody without such a stay, also not for who came after a cancelled booking', async () => {
    const garage = openGarage()
    const { bookingId, receipt } = await book(garage)
    await withTicket(garage)
    expect(await depart(garage, receipt)).toMatchObject({ kind: 'refused', reason: 'unknown_ticket' })
    await garage.run('cancelBooking', { bookingId })
    await book(garage)
    await garage.run('arriveVehicle', { laneId: 'entry-1', by: member })
    await garage.run('confirmPassage', { laneId: 'entry-1' })
    expect(await depart(garage, receipt)).toMatchObject({ kind: 'refused', reason: 'unknown_ticket' })
    expect(await showAtKiosk(garage, receipt)).toEqual({ refused: 'unknown_ticket' })
  })
})
