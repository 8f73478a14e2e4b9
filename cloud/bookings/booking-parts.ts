import type { BookingView } from '@gatehouse/shared/api/views'
import type { Clock } from '@gatehouse/shared/clock/clock'
import type { MemberId } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { Pool } from '../database/pool.ts'
import type { CardPayments } from '../payments/card-payments.ts'
import type { SiteCatalogues } from './site-catalogue.ts'
import type { SiteLink } from './site-link.ts'
import type { SiteReader } from './site-reader.ts'

/** A booking as it stands, decided (`200`, `201`) or not yet (`202`). */
export interface BookingAnswer {
  readonly decided: boolean
  readonly view: BookingView
}

/** Who acts, and under which idempotency key. */
export interface Actor {
  readonly userId: string
  readonly memberId: MemberId
  readonly key: string
}

/** How a member pays: their plan, or a card of the sandbox. */
export type MeansOfPayment = { readonly method: 'plan' } | { readonly method: 'card'; readonly card: string }

export interface BookingServiceParts {
  readonly pool: Pool
  readonly clock: Clock
  /** Draws references of bookings that the cloud decides. */
  readonly random: Random
  readonly link: SiteLink
  readonly catalogues: SiteCatalogues
  readonly reader: SiteReader
  readonly payments: CardPayments
  /** How long an HTTP call waits for the site before it answers `pending`, ms. */
  readonly answerMaxMs: number
}
