import type {
  BookingId,
  DoorId,
  GuestId,
  LoanId,
  MemberId,
  PassId,
  PaymentId,
  SessionId,
  SiteId,
  SpaceId,
} from '../ids/ids.ts'

/** What a pass is for. Tickets and receipts are paper: they name no holder key and open once per direction. */
export const passKinds = ['booking', 'member', 'guest', 'ticket', 'receipt', 'booking_receipt'] as const
export type PassKind = (typeof passKinds)[number]

/** What was booked, so that a site that never heard of the booking knows what it is about. */
export interface PassBlock {
  readonly spaceId: SpaceId
  readonly fromMs: number
  readonly toMs: number
}

interface PassFrame {
  readonly passId: PassId
  /** First 8 bytes of the SHA-256 of the signing key, 16 hexadecimal characters. */
  readonly keyId: string
  /** Who signed it: the cloud, or the site that it is for. */
  readonly issuer: 'cloud' | 'site'
  /** The one site that it opens. */
  readonly audience: SiteId
  /** When it was signed, epoch ms in whole seconds: what it says was known then. */
  readonly issuedMs: number
  /** Validity `[fromMs, toMs)`, epoch ms in whole seconds. */
  readonly fromMs: number
  readonly toMs: number
  /** When there are any, it opens these doors only; at most 4. */
  readonly doors: readonly DoorId[]
  /** It lets one pass once in each direction; otherwise each presentation counts once. */
  readonly singlePassage: boolean
}

/** A pass that somebody holds on a device: presenting it takes the private half of `holderKey` (Ed25519, 32 bytes). */
export type HeldPass = PassFrame & { readonly holderKey: Uint8Array } & (
    | { readonly kind: 'member'; readonly memberId: MemberId }
    | {
        readonly kind: 'booking'
        readonly bookingId: BookingId
        readonly memberId: MemberId
        readonly loanId?: LoanId
        readonly block?: PassBlock
      }
    | {
        readonly kind: 'guest'
        readonly bookingId: BookingId
        readonly guestId: GuestId
        readonly loanId?: LoanId
        readonly block?: PassBlock
      }
  )

/** A pass on paper that is about a vehicle's stay. */
export type StayPaper = PassFrame &
  (
    | { readonly kind: 'ticket'; readonly sessionId: SessionId }
    | { readonly kind: 'receipt'; readonly sessionId: SessionId; readonly paymentId: PaymentId }
  )

/** One payment of a booking, as its signer knew it when the paper was signed; minor units, tax contained. */
export interface PaidForBooking {
  readonly amountMinor: number
  readonly taxMinor: number
  /** What of it went back. */
  readonly refundedMinor: number
  /** ISO 4217. */
  readonly currency: string
  /** Epoch ms in whole seconds. */
  readonly paidMs: number
  /** The booking's reference, at most 12 characters. */
  readonly reference: string
}

/** Says what was paid for a booking; it is proof of money and opens nothing by itself. */
export type BookingReceipt = PassFrame & {
  readonly kind: 'booking_receipt'
  readonly bookingId: BookingId
  readonly paymentId: PaymentId
  readonly block: PassBlock
  readonly paid: PaidForBooking
}

/** A pass on paper. */
export type PaperPass = StayPaper | BookingReceipt

export type Pass = HeldPass | PaperPass

/** Why the text of a pass cannot be read. */
export type PassUnreadable =
  | 'pass_malformed'
  | 'pass_truncated'
  | 'pass_too_long'
  | 'pass_version_unknown'
  | 'pass_algorithm_unknown'
  | 'pass_kind_unknown'

/** Why a pass that can be read is not believed, in the order of decision. */
export type PassDisbelieved =
  | 'pass_key_unknown'
  | 'pass_forged'
  | 'pass_not_presented'
  | 'presentation_forged'
  | 'pass_foreign'
  | 'pass_key_retired'
  | 'pass_revoked'
  | 'clock_untrusted'
  | 'pass_from_future'
  | 'pass_not_yet_valid'
  | 'pass_expired'
  | 'presentation_expired'
  | 'presentation_early'

/** Checks an Ed25519 signature: public key (32 bytes), message, signature (64 bytes); never throws. */
export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean

/** Signs with Ed25519; 64 bytes. */
export type SignMessage = (message: Uint8Array) => Uint8Array

/** Tells whether a device holds the pass. */
export function isHeld(pass: Pass): pass is HeldPass {
  return pass.kind === 'booking' || pass.kind === 'member' || pass.kind === 'guest'
}
