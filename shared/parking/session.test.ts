import { describe, expect, test } from 'vitest'
import type { Moment } from '../clock/clock.ts'
import {
  effectIdSchema,
  laneIdSchema,
  paymentIdSchema,
  sessionIdSchema,
  tariffIdSchema,
  zoneIdSchema,
} from '../ids/ids.ts'
import type { Price } from '../wire/v1/entries.ts'
import type { ParkingContext } from './decision.ts'
import { decideDeparture } from './departure.ts'
import { decideBackOut, decidePassage } from './passage.ts'
import { decidePayment, decideQuote, type Quote } from './payment.ts'
import { beginSession, evolveSession, type Session, type Stay, sessionInferredIncident } from './session.ts'

const minuteMs = 60_000
const arrivedMs = 1_800_000_000_000
const sessionId = sessionIdSchema.parse('ps_1')
const laneId = laneIdSchema.parse('entry-1')
const exitLane = { laneId: laneIdSchema.parse('exit-1'), zoneId: zoneIdSchema.parse('garage') }
const otherExit = laneIdSchema.parse('exit-2')
const entryLane = { laneId, zoneId: exitLane.zoneId, direction: 'entry' } as const
const effectId = effectIdSchema.parse('fx_1')
const incidentId = 'in_1'

const at = (minutes: number, bootId = 'boot-1'): Moment => ({
  wallMs: arrivedMs + minutes * minuteMs,
  monotonicMs: bootId === 'boot-1' ? minutes * minuteMs : 5,
  bootId,
  quality: 'trusted',
})

function priceFor(totalMinor: number): Price {
  return {
    currency: 'EUR',
    lines: [{ code: 'rate', label: 'Stay', quantity: 1, amountMinor: totalMinor }],
    totalMinor,
    taxMinor: 0,
    taxRatePercent: 0,
    tariffId: tariffIdSchema.parse('t-1'),
    tariffVersion: 3,
    tzdataVersion: '2025b',
  }
}

// One minor unit per started minute keeps expectations readable.
const context = (moment: Moment): ParkingContext => ({
  at: moment,
  entryGraceMs: 10 * minuteMs,
  exitGraceMs: 15 * minuteMs,
  priceOf: (fromMs, toMs) => priceFor(Math.ceil((toMs - fromMs) / minuteMs)),
  lostTicketPrice: priceFor(2000),
})

const stay: Stay = {
  sessionId,
  ticket: '0000-0000',
  laneId,
  vehicleClass: 'car',
  tariffId: tariffIdSchema.parse('t-1'),
  tariffVersion: 3,
  arrivedAt: at(0),
  inferred: false,
  paidMinor: 0,
}
const charge = { price: priceFor(60), untilMs: at(60).wallMs, dueMinor: 60 }
const paid: Session = { kind: 'paid', stay: { ...stay, paidMinor: 60 }, charge, paidAt: at(60) }
const inside: Session = { kind: 'inside', stay }
const departingUnpaid: Session = {
  kind: 'departing',
  stay,
  laneId: exitLane.laneId,
  authorisedAt: at(60),
  debtMinor: 0,
  from: inside,
}

// Every state is asked at minute 60, past the entry grace.
const sessions = {
  authorised: { kind: 'authorised', stay },
  inside,
  charged: { kind: 'charged', stay, charge },
  paid,
  departing: departingUnpaid,
  departed: { kind: 'departed', stay },
  voided: { kind: 'voided', stay },
} as const satisfies Record<Session['kind'], Session>

type CommandName = 'quote' | 'pay' | 'depart' | 'departElsewhere' | 'departUnpayable' | 'passage' | 'backOut'

const quote: Quote = { ...charge, paidMinor: 0, validUntilMs: at(65).wallMs }
const request = { laneId: exitLane.laneId, effectId, arrivalZoneId: exitLane.zoneId, canPay: true }
const now = context(at(60))

function pendingOf(session: Session) {
  return session.kind === 'authorised' || session.kind === 'departing' ? session : undefined
}

const run: Record<CommandName, (session: Session) => string> = {
  quote: (session) => {
    const due = decideQuote(session, now)
    return due.ok ? `${due.value.reason} ${due.value.dueMinor}` : due.error
  },
  pay: (session) => {
    const payment = { paymentId: paymentIdSchema.parse('pay_1'), quote, method: 'card' } as const
    const decided = decidePayment(session, payment, now)
    return decided.ok ? decided.value.events.map(({ type }) => type).join(' ') : decided.error
  },
  depart: (session) => departure(session, request),
  departElsewhere: (session) => departure(session, { ...request, laneId: otherExit }),
  departUnpayable: (session) => departure(session, { ...request, canPay: false }),
  passage: (session) => {
    const lane = session.kind === 'departing' ? { ...exitLane, direction: 'exit' as const } : entryLane
    return decidePassage(lane, pendingOf(session), incidentId)
      .map(({ type }) => type)
      .join(' ')
  },
  backOut: (session) =>
    decideBackOut(entryLane, pendingOf(session), 'backed_out')
      .map(({ type }) => type)
      .join(' '),
}

function departure(session: Session, asked: typeof request): string {
  const { events, outcome } = decideDeparture(session, asked, now)
  const detail = outcome.kind === 'refused' ? outcome.reason : outcome.kind
  return [detail, ...events.map(({ type }) => type).filter((type) => type !== 'lane.refused')].join(' ')
}

const paysNow = 'session.charged payment.captured'
const table: Record<Session['kind'], Record<CommandName, string>> = {
  authorised: {
    quote: 'stay 60',
    pay: paysNow,
    depart: 'payment_needed',
    departElsewhere: 'payment_needed',
    departUnpayable: 'opened session.entered session.charged session.departing',
    passage: 'session.entered',
    backOut: 'session.voided',
  },
  inside: {
    quote: 'stay 60',
    pay: paysNow,
    depart: 'payment_needed',
    departElsewhere: 'payment_needed',
    departUnpayable: 'opened session.charged session.departing',
    passage: 'incident.opened',
    backOut: '',
  },
  charged: {
    quote: 'stay 60',
    pay: paysNow,
    depart: 'payment_needed',
    departElsewhere: 'payment_needed',
    departUnpayable: 'opened session.charged session.departing',
    passage: 'incident.opened',
    backOut: '',
  },
  paid: {
    quote: 'exit_grace 0',
    pay: 'quote_expired',
    depart: 'opened session.departing',
    departElsewhere: 'opened session.departing',
    departUnpayable: 'opened session.departing',
    passage: 'incident.opened',
    backOut: '',
  },
  departing: {
    quote: 'already_paid',
    pay: 'already_paid',
    depart: 'again',
    departElsewhere: 'ticket_used',
    departUnpayable: 'again',
    passage: 'session.departed',
    backOut: 'lane.refused',
  },
  departed: {
    quote: 'session_ended',
    pay: 'session_ended',
    depart: 'ticket_used',
    departElsewhere: 'ticket_used',
    departUnpayable: 'ticket_used',
    passage: 'incident.opened',
    backOut: '',
  },
  voided: {
    quote: 'session_ended',
    pay: 'session_ended',
    depart: 'ticket_void',
    departElsewhere: 'ticket_void',
    departUnpayable: 'ticket_void',
    passage: 'incident.opened',
    backOut: '',
  },
}

describe('session × command', () => {
  for (const [kind, row] of Object.entries(table)) {
    for (const [command, expected] of Object.entries(row)) {
      test(`${kind} × ${command} → ${expected || 'nothing'}`, () => {
        expect(run[command as CommandName](sessions[kind as Session['kind']])).toBe(expected)
      })
    }
  }
})

describe('graces', () => {
  const depart = (session: Session, moment: Moment) =>
    decideDeparture(session, request, context(moment)).outcome

  test('leaves free at the last instant of the entry grace and pays one millisecond later', () => {
    expect(depart(inside, at(10))).toMatchObject({ kind: 'opened', debtMinor: 0 })
    expect(depart(inside, at(10 + 1 / minuteMs))).toMatchObject({ reason: 'payment_needed', dueMinor: 11 })
  })

  test('leaves at the last instant of the exit grace; later the whole stay is priced and paid money deducted', () => {
    expect(depart(paid, at(75))).toMatchObject({ kind: 'opened' })
    expect(depart(paid, at(75 + 1 / minuteMs))).toMatchObject({ reason: 'payment_needed', dueMinor: 16 })
  })

  test('a jump of the wall clock inside one boot changes nothing', () => {
    const jumped = { ...at(5), wallMs: at(5000).wallMs }
    expect(depart(inside, jumped)).toMatchObject({ kind: 'opened' })
  })

  test('after a restart wall time counts, and never less than nothing', () => {
    expect(depart(inside, at(30, 'boot-2'))).toMatchObject({ reason: 'payment_needed', dueMinor: 30 })
    expect(depart(inside, at(-30, 'boot-2'))).toMatchObject({ kind: 'opened' })
  })

  test('an authorisation at the exit of an earlier boot may move to another lane', () => {
    const elsewhere = { ...request, laneId: otherExit }
    expect(decideDeparture(departingUnpaid, elsewhere, context(at(61, 'boot-2'))).outcome).toMatchObject({
      kind: 'opened',
    })
  })
})

describe('payment', () => {
  const pay = (change: object, session: Session = inside, moment = at(62)) =>
    decidePayment(
      session,
      { paymentId: paymentIdSchema.parse('pay_1'), quote, method: 'cash', ...change },
      context(moment),
    )

  test('cash gives change, and the grace counts from the payment', () => {
    const decided = pay({ tenderedMinor: 100 })
    expect(decided).toMatchObject({
      ok: true,
      value: { outcome: { changeMinor: 40, leaveByMs: at(77).wallMs } },
    })
  })

  test.each([
    ['payment_amount', { tenderedMinor: 59 }, at(62)],
    ['quote_expired', {}, at(65 + 1 / minuteMs)],
    ['already_paid', { quote: { ...quote, dueMinor: 0 } }, at(62)],
    ['quote_expired', { quote: { ...quote, paidMinor: 5 } }, at(62)],
  ])('refuses %s', (code, change, moment) => {
    expect(pay(change, inside, moment)).toEqual({ ok: false, error: code })
  })
})

describe('evolve', () => {
  const arrived = beginSession(
    {
      sessionId,
      laneId,
      ticket: stay.ticket,
      vehicleClass: 'car',
      tariffId: stay.tariffId,
      tariffVersion: 3,
      effectId,
    },
    at(0),
  )
  const fold = (session: Session, events: readonly { type: string }[], moment: Moment) =>
    (events as Parameters<typeof evolveSession>[1][]).reduce((s, e) => evolveSession(s, e, moment), session)

  test('follows a stay from arrival through payment to departure', () => {
    expect(arrived).toEqual(sessions.authorised)
    const entered = fold(arrived, decidePassage(entryLane, pendingOf(arrived), incidentId), at(1))
    expect(entered).toEqual(inside)
    const payment = { paymentId: paymentIdSchema.parse('pay_1'), quote, method: 'card' } as const
    const decided = decidePayment(entered, payment, now)
    const afterPay = fold(entered, decided.ok ? decided.value.events : [], at(60))
    expect(afterPay).toEqual(paid)
    const leaving = fold(afterPay, decideDeparture(afterPay, request, context(at(70))).events, at(70))
    expect(leaving).toMatchObject({ kind: 'departing', from: paid })
    const lane = { ...exitLane, direction: 'exit' as const }
    expect(fold(leaving, decideBackOut(lane, pendingOf(leaving), 'backed_out'), at(71))).toEqual(paid)
    expect(fold(leaving, decidePassage(lane, pendingOf(leaving), incidentId), at(71)).kind).toBe('departed')
  })

  test('an inferred session is inside and pays the lost-ticket amount', () => {
    const incident = { incidentId, kind: sessionInferredIncident, about: sessionId }
    const inferred = evolveSession(arrived, { type: 'incident.opened', body: incident }, at(0))
    expect(inferred).toMatchObject({ kind: 'inside', stay: { inferred: true } })
    expect(decideQuote(inferred, now)).toMatchObject({ value: { reason: 'lost_ticket', dueMinor: 2000 } })
  })

  test('a refund takes back what was paid, in every state', () => {
    for (const session of Object.values(sessions)) {
      const refund = {
        paymentId: paymentIdSchema.parse('rf_1'),
        ofPaymentId: paymentIdSchema.parse('pay_1'),
        subject: { kind: 'session', sessionId },
        method: 'card',
        amountMinor: 60,
        currency: 'EUR',
        takenBy: 'site',
      } as const
      const next = evolveSession(session, { type: 'payment.refunded', body: refund }, at(61))
      expect(next.stay.paidMinor).toBe(session.stay.paidMinor - 60)
      expect(next.kind).toBe(session.kind)
    }
  })
})
