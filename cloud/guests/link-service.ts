import type {
  GuestLinkState,
  GuestLinkView,
  GuestPass,
  LivingLinkView,
} from '@gatehouse/shared/api/guest-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { isUsableKey, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { findBooking, type KnownBooking, statusOfBooking } from '../bookings/booking-store.ts'
import type { SiteCatalogue, SiteCatalogues } from '../bookings/site-catalogue.ts'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { type ProblemCode, type Refused, refusal } from '../http/problem.ts'
import type { SubjectSeal } from '../members/subject-seal.ts'
import { bookingCover, type Cover } from '../passes/pass-cover.ts'
import { lockPass, putPass, renewPass, type StoredPass } from '../passes/pass-store.ts'
import { passValidity, signPass } from '../passes/sign-pass.ts'
import { findInvitation, type Invitation, lockInvitation, markOpened, passIdOfGuest } from './guest-store.ts'
import { linkState } from './link-state.ts'

export interface LinkServiceParts {
  readonly pool: Pool
  readonly clock: Clock
  readonly catalogues: SiteCatalogues
  readonly seal: SubjectSeal
  /** How long a pass is believed before it must be renewed, ms. */
  readonly passLifeMs: number
}

/** Who asks: a phone with the secret of a link, and its public key (JWK `x`). */
interface Phone {
  readonly secret: string
  readonly holderKey: string
}

/** A link with its booking and its site. */
interface Known {
  readonly invitation: Invitation
  readonly booking: KnownBooking
  readonly catalogue: SiteCatalogue
}

const refusedAs = {
  spent: 'invitation_spent',
  taken_back: 'invitation_taken_back',
  cancelled: 'invitation_cancelled',
  over: 'invitation_over',
} as const satisfies Record<Exclude<GuestLinkState, LivingLinkView['state']>, ProblemCode>

/** What guests do with the links that members gave them; nobody logs in, the secret is the right. */
export class LinkService {
  readonly #parts: LinkServiceParts

  constructor(parts: LinkServiceParts) {
    this.#parts = parts
  }

  /** Says what a link leads to, and what it is worth to this phone. Refuses: `unknown_invitation`. */
  async look(visitor: {
    readonly secret: string
    readonly holderKey?: string | undefined
  }): Promise<Result<GuestLinkView, Refused>> {
    const known = await this.#find(visitor.secret)
    if (known === undefined) return err(refusal('unknown_invitation'))
    return ok(this.#view(known, visitor.holderKey))
  }

  /**
   * Spends a link on a guest's pass for this phone; the phone that did gets the same pass anew, with what is known now.
   * Refuses with 404 `unknown_invitation`, 409 (`invitation_spent`, `still_pending`, `not_confirmed`), 410
   * (`invitation_taken_back`, `invitation_cancelled`, `invitation_over`, `ended`), 422 `holder_key_unusable`.
   */
  async open(phone: Phone): Promise<Result<GuestPass, Refused>> {
    const { pool, clock, catalogues } = this.#parts
    const holderKey = publicKeyBytes(phone.holderKey)
    if (holderKey === undefined || !isUsableKey(holderKey)) return err(refusal('holder_key_unusable'))
    const known = await this.#find(phone.secret)
    if (known === undefined) return err(refusal('unknown_invitation'))
    const refused = this.#refused(known, phone.holderKey)
    if (refused !== undefined) return err(refused)
    const { memberId, bookingId } = known.invitation
    const nowMs = clock.now().wallMs
    const cover = await bookingCover({ db: pool, catalogues }, { memberId, bookingId, nowMs })
    if (!cover.ok) return cover
    return inTransaction(pool, (tx) => this.#spend(tx, known, phone, cover.value))
  }

  async #spend(
    tx: Transaction,
    before: Known,
    { secret, holderKey }: Phone,
    cover: Cover,
  ): Promise<Result<GuestPass, Refused>> {
    const invitation = await lockInvitation(tx, sha256Hex(secret))
    if (invitation === undefined) return err(refusal('unknown_invitation'))
    const refused = this.#refused({ ...before, invitation }, holderKey)
    if (refused !== undefined) return err(refused)
    const nowMs = this.#parts.clock.now().wallMs
    const { guestId, siteId, userId, memberId, bookingId } = invitation
    const passId = passIdOfGuest(guestId)
    const pass: StoredPass = {
      ...{ passId, siteId, kind: 'guest', userId, memberId, bookingId, guestId, holderKey },
      ...passValidity(cover, { nowMs, passLifeMs: this.#parts.passLifeMs }),
      revokedMs: undefined,
    }
    if (invitation.holderKey === undefined) await markOpened(tx, guestId, { holderKey, nowMs })
    await putPass(tx, pass)
    const stored = await lockPass(tx, memberId, passId)
    if (stored?.revokedMs !== undefined) return err(refusal('invitation_taken_back'))
    await renewPass(tx, passId, pass)
    const opened = { ...invitation, holderKey, openedMs: invitation.openedMs ?? nowMs }
    const link = this.#living({ ...before, invitation: opened }, 'yours')
    return ok({ ...(await signPass(tx, pass, cover)), link })
  }

  async #find(secret: string): Promise<Known | undefined> {
    const { pool, catalogues } = this.#parts
    const invitation = await findInvitation(pool, sha256Hex(secret))
    if (invitation === undefined) return undefined
    const booking = await findBooking(pool, invitation.memberId, invitation.bookingId)
    const catalogue = await catalogues.find(invitation.siteId)
    return booking && catalogue && { invitation, booking, catalogue }
  }

  #state({ invitation, booking, catalogue }: Known, holderKey: string | undefined): GuestLinkState {
    const nowMs = this.#parts.clock.now().wallMs
    const { toMs } = booking
    const lastMs = toMs + catalogue.site.settings.unlockLateMs
    const status = statusOfBooking(booking, nowMs)
    return linkState({ ...invitation, status, toMs, lastMs }, { nowMs, holderKey })
  }

  #refused(known: Known, holderKey: string | undefined): Refused | undefined {
    const state = this.#state(known, holderKey)
    return state === 'open' || state === 'yours' ? undefined : refusal(refusedAs[state])
  }

  #view(known: Known, holderKey: string | undefined): GuestLinkView {
    const state = this.#state(known, holderKey)
    return state === 'open' || state === 'yours'
      ? this.#living(known, state)
      : { state, ...this.#always(known) }
  }

  #living(known: Known, state: LivingLinkView['state']): LivingLinkView {
    const { invitation, booking, catalogue } = known
    const { guestId, sealedName } = invitation
    const guestName = sealedName === undefined ? undefined : this.#parts.seal.open(guestId, sealedName)
    return {
      ...{ state, ...this.#always(known), address: catalogue.site.address },
      spaceName: catalogue.spaces.get(booking.spaceId)?.name ?? booking.spaceId,
      ...{ fromMs: booking.fromMs, toMs: booking.toMs },
      ...(guestName === undefined ? {} : { guestName }),
    }
  }

  #always({ invitation: { openedMs }, catalogue }: Known) {
    const { name: siteName, timeZone } = catalogue.site
    const nowMs = this.#parts.clock.now().wallMs
    return { siteName, timeZone, nowMs, ...(openedMs === undefined ? {} : { openedMs }) }
  }
}
