import { ManualClock } from '@gatehouse/shared/clock/clock'
import * as ids from '@gatehouse/shared/ids/ids'
import { type ChainHead, emptyHead, sealEntry } from '@gatehouse/shared/ledger/chain'
import { SeededRandom } from '@gatehouse/shared/random/random'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'

const halfHourMs = 1_800_000

/** Canonical texts of a chain of booking entries: held, paid, confirmed; what a busy site sends. */
export function benchEntries(
  siteId: ids.SiteId,
  incarnation: number,
  count: number,
  nowMs: number,
): string[] {
  const random = new SeededRandom(11)
  const clock = new ManualClock(nowMs)
  const texts: string[] = []
  let head: ChainHead = emptyHead
  for (let booking = 0; texts.length < count; booking += 1) {
    const commandId = ids.newId(ids.commandIdSchema, 'cmd', random)
    for (const { type, body } of bookingEvents(random, booking, nowMs)) {
      const frame = {
        v: 1 as const,
        site: siteId,
        incarnation,
        seq: head.seq + 1,
        prev: head.hash,
        at: clock.now(),
      }
      const { entry, text, hash } = sealEntry({ ...frame, type, commandId, body })
      texts.push(text)
      head = { seq: entry.seq, hash }
    }
  }
  return texts.slice(0, count)
}

function bookingEvents(random: SeededRandom, booking: number, nowMs: number): LedgerEvent[] {
  const bookingId = ids.newId(ids.bookingIdSchema, 'bk', random)
  const fromMs = nowMs + Math.floor(booking / 500) * halfHourMs
  const toMs = fromMs + halfHourMs
  const price = {
    currency: 'EUR',
    lines: [{ code: 'band', label: 'Hour', quantity: 1, amountMinor: 600 }],
    totalMinor: 600,
    taxMinor: 96,
    taxRatePercent: 19,
    tariffId: ids.tariffIdSchema.parse('rooms'),
    tariffVersion: 1,
    tzdataVersion: '2026a',
  }
  return [
    {
      type: 'booking.held',
      body: {
        bookingId,
        spaceId: ids.spaceIdSchema.parse(`bench-desk-${booking % 500}`),
        holder: { kind: 'guest', guestId: ids.newId(ids.guestIdSchema, 'g', random) },
        reference: ids.randomCode(random, 5),
        fromMs,
        toMs,
        blockToMs: toMs,
        holdUntilMs: nowMs + 300_000,
        price,
      },
    },
    {
      type: 'payment.captured',
      body: {
        paymentId: ids.newId(ids.paymentIdSchema, 'pay', random),
        subject: { kind: 'booking', bookingId },
        method: 'cash',
        amountMinor: 600,
        currency: 'EUR',
        takenBy: 'site',
      },
    },
    { type: 'booking.confirmed', body: { bookingId } },
  ]
}
