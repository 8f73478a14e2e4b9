import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { paymentIdSchema } from '@gatehouse/shared/ids/ids'
import { postingsOfRow } from '@gatehouse/shared/loans/received-books'
import { ok } from '@gatehouse/shared/result/result'
import { amountMinorSchema, type Entry, type EntryBody } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { defineCommand, type LedgerModule } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { packageRoot } from '../package-root.ts'
import { findPayment } from './payment-store.ts'

interface Movement {
  readonly kind: 'captured' | 'refunded'
  readonly body: EntryBody<'payment.captured'> | EntryBody<'payment.refunded'>
  readonly entry: Entry
}

function recordMovement(db: SiteDatabase, { kind, body, entry }: Movement): void {
  const { subject } = body
  const cash = 'tenderedMinor' in body ? body : undefined
  statement(db, 'INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
    body.paymentId,
    kind,
    'ofPaymentId' in body ? body.ofPaymentId : null,
    subject.kind,
    subject.kind === 'booking' ? subject.bookingId : subject.sessionId,
    body.method,
    body.amountMinor,
    body.currency,
    body.takenBy,
    cash?.tenderedMinor ?? null,
    cash?.changeMinor ?? null,
    entry.at.wallMs,
    entry.incarnation,
    entry.seq,
  )
  statement(
    db,
    `INSERT INTO takings VALUES (?, ?, 1, ?) ON CONFLICT (currency, method)
     DO UPDATE SET payments = payments + 1, amount_minor = amount_minor + excluded.amount_minor`,
  ).run(body.currency, body.method, kind === 'captured' ? body.amountMinor : -body.amountMinor)
}

/** What the cloud took and gave back for a booking that it sold; its rows repeat it. */
function recordPostings(db: SiteDatabase, body: EntryBody<'booking.received'>, entry: Entry): void {
  const isPosted = (paymentId: string) => findPayment(db, paymentId) !== undefined
  for (const posting of postingsOfRow(body.bookingId, body.row, isPosted)) {
    // A row that names one twice means it once.
    if (isPosted(posting.body.paymentId)) continue
    const kind = posting.type === 'payment.captured' ? 'captured' : 'refunded'
    recordMovement(db, { kind, body: posting.body, entry })
  }
}

const beginCardPayment = defineCommand({
  kind: 'beginCardPayment',
  priority: 2,
  sells: true,
  input: z.object({
    paymentId: paymentIdSchema,
    subjectId: z.string(),
    amountMinor: amountMinorSchema,
    currency: z.string().length(3),
  }),
  run: (db, { paymentId, subjectId, amountMinor, currency }, context) => {
    // A repeated request must not leave an attempt behind for money that was taken already.
    if (findPayment(db, paymentId)) return ok({ events: [], answer: () => null })
    statement(db, 'INSERT OR IGNORE INTO card_attempts VALUES (?, ?, ?, ?, ?)').run(
      paymentId,
      subjectId,
      amountMinor,
      currency,
      context.at.wallMs,
    )
    return ok({ events: [], answer: () => null })
  },
})

const endCardPayment = defineCommand({
  kind: 'endCardPayment',
  priority: 2,
  sells: false,
  input: z.object({ paymentId: paymentIdSchema }),
  run: (db, { paymentId }) => {
    statement(db, 'DELETE FROM card_attempts WHERE payment_id = ?').run(paymentId)
    return ok({ events: [], answer: () => null })
  },
})

/** Keeps the site's money: payments and refunds of bookings and sessions, and card payments under way. */
export const drawerModule: LedgerModule = {
  name: 'drawer',
  tablesSql: readFileSync(join(packageRoot, 'drawer/tables.sql'), 'utf8'),
  projectedTables: ['payments', 'takings'],
  commands: [beginCardPayment, endCardPayment],
  projections: {
    'payment.captured': (db, body, entry) => {
      recordMovement(db, { kind: 'captured', body, entry })
      statement(db, 'DELETE FROM card_attempts WHERE payment_id = ?').run(body.paymentId)
    },
    'payment.refunded': (db, body, entry) => recordMovement(db, { kind: 'refunded', body, entry }),
    'booking.received': recordPostings,
  },
}
