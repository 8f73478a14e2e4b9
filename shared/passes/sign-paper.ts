import type { BookingId, PaymentId, SessionId, SiteId } from '../ids/ids.ts'
import { sha256Hex } from '../ledger/chain.ts'
import type { PaidForBooking, PaperPass, PassBlock, SignMessage } from './pass.ts'
import { passIdOf, writeClaims } from './pass-codec.ts'
import { issuerMessage, signedPassText } from './presentation.ts'

/** A ticket or receipt is believed so long after it was signed; RULES, Access: keys are honoured as long. */
const paperLifeMs = 30 * 24 * 3_600_000

/** Who signs papers, and for which site. */
export interface PaperIssuer {
  readonly siteId: SiteId
  readonly issuer: PaperPass['issuer']
  /** Of the key that `sign` signs with. */
  readonly keyId: string
  readonly sign: SignMessage
}

/** What papers tell of a stay; `arrivedMs` epoch ms, kept to the second. */
interface StayFacts {
  readonly sessionId: SessionId
  readonly arrivedMs: number
}

/** The text of a signed ticket: who shows it arrived then, whatever the site's books know. The same each time. */
export function signedTicket(by: PaperIssuer, { sessionId, arrivedMs }: StayFacts): string {
  const frame = frameOf(by, { arrivedMs, issuedMs: arrivedMs, name: `ticket ${sessionId}` })
  return signed(by, { ...frame, kind: 'ticket', sessionId })
}

/** The text of a signed receipt: at `paidMs` (epoch ms) nothing was owed for the stay. The same each time. */
export function signedReceipt(
  by: PaperIssuer,
  { sessionId, arrivedMs, paymentId, paidMs }: StayFacts & { paymentId: PaymentId; paidMs: number },
): string {
  const frame = frameOf(by, { arrivedMs, issuedMs: paidMs, name: `receipt ${paymentId}` })
  return signed(by, { ...frame, kind: 'receipt', sessionId, paymentId })
}

/** What a booking's receipt tells; times epoch ms, kept to the second, the block never shorter than it was. */
export interface BookingReceiptFacts {
  readonly bookingId: BookingId
  readonly paymentId: PaymentId
  readonly block: PassBlock
  readonly paid: PaidForBooking
}

/**
 * The text of a signed receipt for one payment of a booking, as it is known at `issuedMs` (epoch ms). Its facts and pass id
 * are the same each time; it is signed anew, so that it outlives the key of the day of payment.
 */
export function signedBookingReceipt(
  by: PaperIssuer,
  { paid, block, ...about }: BookingReceiptFacts,
  issuedMs: number,
): string {
  const name = `booking receipt ${about.paymentId}`
  return signed(by, {
    ...frameOf(by, { arrivedMs: issuedMs, issuedMs, name }),
    ...about,
    kind: 'booking_receipt',
    block: {
      spaceId: block.spaceId,
      fromMs: wholeSeconds(block.fromMs),
      toMs: Math.ceil(block.toMs / 1000) * 1000,
    },
    paid: { ...paid, paidMs: wholeSeconds(paid.paidMs) },
  })
}

function frameOf(
  { siteId, issuer, keyId }: PaperIssuer,
  { arrivedMs, issuedMs, name }: { arrivedMs: number; issuedMs: number; name: string },
) {
  return {
    ...{ issuer, keyId, audience: siteId, doors: [], singlePassage: true },
    passId: passIdOf(
      Uint8Array.from(sha256Hex(name).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
    ),
    issuedMs: wholeSeconds(issuedMs),
    fromMs: wholeSeconds(arrivedMs),
    toMs: wholeSeconds(issuedMs) + paperLifeMs,
  }
}

function signed(by: PaperIssuer, paper: PaperPass): string {
  const claims = writeClaims(paper)
  return signedPassText({ claims, signature: by.sign(issuerMessage(claims)) })
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}
