import { createHash } from 'node:crypto'
import type { BookingGuests, GuestView } from '@gatehouse/shared/api/guest-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { passIdOf } from '@gatehouse/shared/passes/pass-codec'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { Actor } from '../bookings/booking-parts.ts'
import { findBooking } from '../bookings/booking-store.ts'
import type { SiteCatalogues } from '../bookings/site-catalogue.ts'
import { inTransaction, type Pool } from '../database/pool.ts'
import { type Refused, refusal } from '../http/problem.ts'
import type { SubjectSeal } from '../members/subject-seal.ts'
import { bookingCover } from '../passes/pass-cover.ts'
import { lockPass } from '../passes/pass-store.ts'
import { revokePass } from '../passes/revoke-pass.ts'
import {
  type Invitation,
  invitationsTo,
  lockGuests,
  markTakenBack,
  passIdOfGuest,
  putInvitation,
} from './guest-store.ts'
import { guestsAllowed } from './link-state.ts'

export interface GuestServiceParts {
  readonly pool: Pool
  readonly clock: Clock
  readonly catalogues: SiteCatalogues
  readonly seal: SubjectSeal
}

/** Whom a member invites; the secret of the link stays with the member and the guest. */
export interface GuestWish {
  /** SHA-256 of the secret, hex. */
  readonly secretDigest: string
  readonly name?: string | undefined
}

/** All that were ever invited to one booking, those taken back included. */
const invitationsMax = 100

/** The guests of a member's bookings: invited with a link, listed, and taken back. */
export class GuestService {
  readonly #parts: GuestServiceParts

  constructor(parts: GuestServiceParts) {
    this.#parts = parts
  }

  /** The guests of one of the member's bookings. Refuses: `unknown_booking`. */
  async list(memberId: string, bookingId: string): Promise<Result<BookingGuests, Refused>> {
    const { pool, seal } = this.#parts
    const booking = await findBooking(pool, memberId, bookingId)
    if (booking === undefined) return err(refusal('unknown_booking'))
    const found = await invitationsTo(pool, { memberId, bookingId })
    return ok({
      items: found.map((invitation) => guestView(invitation, seal)),
      guestsMax: await this.#guestsMax(booking),
    })
  }

  /**
   * Invites a guest to one of the member's bookings, until it ends. Refuses with 404 `unknown_booking`, 409 (`still_pending`,
   * `not_confirmed`, `too_many_guests`), 410 `ended`, 422 `key_reused`.
   */
  async invite(
    actor: Actor,
    bookingId: string,
    { secretDigest, name }: GuestWish,
  ): Promise<Result<{ readonly guestId: string }, Refused>> {
    const { pool, clock, catalogues, seal } = this.#parts
    const { memberId, userId, key } = actor
    const nowMs = clock.now().wallMs
    const cover = await bookingCover({ db: pool, catalogues }, { memberId, bookingId, nowMs })
    if (!cover.ok) return cover
    const { siteId, block } = cover.value
    if (block === undefined || nowMs >= block.toMs) return err(refusal('ended'))
    const guestsMax = await this.#guestsMax({ siteId, spaceId: block.spaceId })
    const digest = createHash('sha256').update(`guest ${userId} ${key}`).digest()
    const guestId = `gs_${passIdOf(digest).slice(3)}`
    return inTransaction(pool, async (tx) => {
      await lockGuests(tx, bookingId)
      const others = (await invitationsTo(tx, { memberId, bookingId })).filter(
        (other) => other.guestId !== guestId,
      )
      const live = others.filter(({ takenBackMs }) => takenBackMs === undefined)
      if (live.length >= guestsMax || others.length >= invitationsMax) {
        return err(refusal('too_many_guests'))
      }
      const sealedName = name === undefined ? undefined : seal.seal(guestId, name)
      const about = { guestId, bookingId, siteId, userId, memberId, secretDigest }
      await putInvitation(tx, { ...about, sealedName, invitedMs: nowMs, toMs: block.toMs })
      const kept = await invitationsTo(tx, { memberId, bookingId })
      // The key was another wish's, or the secret is another guest's.
      const isKept = kept.some((one) => one.guestId === guestId && one.secretDigest === secretDigest)
      return isKept ? ok({ guestId }) : err(refusal('key_reused'))
    })
  }

  /** Takes back a guest's link, and the pass that it was spent on; a second time changes nothing. Refuses: `unknown_guest`. */
  async takeBack(asked: {
    readonly memberId: string
    readonly bookingId: string
    readonly guestId: string
  }): Promise<Result<{ readonly guestId: string }, Refused>> {
    const { memberId, guestId } = asked
    const nowMs = this.#parts.clock.now().wallMs
    return inTransaction(this.#parts.pool, async (tx) => {
      if (!(await markTakenBack(tx, asked, nowMs))) return err(refusal('unknown_guest'))
      const pass = await lockPass(tx, memberId, passIdOfGuest(guestId))
      if (pass !== undefined) await revokePass(tx, pass, nowMs)
      return ok({ guestId })
    })
  }

  async #guestsMax(at: { readonly siteId: string; readonly spaceId: string }): Promise<number> {
    const space = (await this.#parts.catalogues.find(at.siteId))?.spaces.get(at.spaceId)
    return space === undefined ? 0 : guestsAllowed(space)
  }
}

function guestView(invitation: Invitation, seal: SubjectSeal): GuestView {
  const { guestId, sealedName, invitedMs, openedMs, takenBackMs } = invitation
  const name = sealedName === undefined ? undefined : seal.open(guestId, sealedName)
  return {
    ...{ guestId, invitedMs, state: stateOf(openedMs, takenBackMs) },
    ...(name === undefined ? {} : { name }),
    ...(openedMs === undefined ? {} : { openedMs }),
  }
}

function stateOf(openedMs: number | undefined, takenBackMs: number | undefined): GuestView['state'] {
  if (takenBackMs !== undefined) return 'taken_back'
  return openedMs === undefined ? 'invited' : 'on_phone'
}
