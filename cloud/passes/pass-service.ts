import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { MyPasses, PassView } from '@gatehouse/shared/api/pass-view'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { isUsableKey, publicKeyBytes } from '@gatehouse/shared/passes/ed25519'
import { passIdOf } from '@gatehouse/shared/passes/pass-codec'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { Actor } from '../bookings/booking-parts.ts'
import type { SiteCatalogues } from '../bookings/site-catalogue.ts'
import { inTransaction, type Pool } from '../database/pool.ts'
import { type Refused, refusal } from '../http/problem.ts'
import { bookingCover, type Cover } from './pass-cover.ts'
import {
  countBeforeNew,
  lockPass,
  passCursorText,
  passesInForce,
  putPass,
  readPassCursor,
  renewPass,
  type StoredPass,
} from './pass-store.ts'
import { revokePass } from './revoke-pass.ts'
import { passValidity, signPass } from './sign-pass.ts'

export interface PassServiceParts {
  readonly pool: Pool
  readonly clock: Clock
  readonly catalogues: SiteCatalogues
  /** How long a pass is believed before it must be renewed, ms. */
  readonly passLifeMs: number
}

/** What a pass is asked for. */
export type PassWish = { readonly holderKey: string } & (
  | { readonly kind: 'booking'; readonly bookingId: string }
  | { readonly kind: 'member'; readonly siteId: string }
)

/** Passes of one member that are in force at once on their own devices. */
const passesMax = 50

/** Passes of members: given, renewed and taken back (ARCHITECTURE §2). */
export class PassService {
  readonly #parts: PassServiceParts

  constructor(parts: PassServiceParts) {
    this.#parts = parts
  }

  /**
   * Gives a pass for one of the member's bookings, or the member at a site; guests get theirs by a link. Refuses with 404
   * (`unknown_booking`, `not_found`), 409 (`not_confirmed`, `too_many_passes`), 410 (`ended`, `pass_taken_back`), 422
   * (`holder_key_unusable`, `key_reused`).
   */
  async issue(actor: Actor, wish: PassWish): Promise<Result<PassView, Refused>> {
    const { pool, clock } = this.#parts
    const { memberId, userId } = actor
    const holderKey = publicKeyBytes(wish.holderKey)
    if (holderKey === undefined || !isUsableKey(holderKey)) return err(refusal('holder_key_unusable'))
    const nowMs = clock.now().wallMs
    const cover = await this.#cover(memberId, wish, nowMs)
    if (!cover.ok) return cover
    const digest = createHash('sha256').update(`pass ${userId} ${actor.key}`).digest()
    const passId = passIdOf(digest)
    const pass: StoredPass = {
      ...{ passId, siteId: cover.value.siteId, kind: wish.kind, userId, memberId, holderKey: wish.holderKey },
      bookingId: wish.kind === 'member' ? undefined : wish.bookingId,
      guestId: undefined,
      ...this.#validity(cover.value, nowMs),
      revokedMs: undefined,
    }
    return inTransaction(pool, async (tx) => {
      if ((await countBeforeNew(tx, pass, nowMs)) >= passesMax) {
        return err(refusal('too_many_passes'))
      }
      await putPass(tx, pass)
      const stored = await lockPass(tx, memberId, passId)
      // What another wish was signed for under this key could not be taken back.
      if (stored === undefined || !isSameWish(stored, pass)) return err(refusal('key_reused'))
      if (stored.revokedMs !== undefined) return err(refusal('pass_taken_back'))
      await renewPass(tx, passId, pass)
      return ok(await signPass(tx, pass, cover.value))
    })
  }

  /**
   * Gives a pass of the member anew, with what is known now, for the same holder's key. Refuses with 404 `unknown_pass`,
   * 410 (`pass_taken_back`, `ended`).
   */
  async renew(memberId: string, passId: string): Promise<Result<PassView, Refused>> {
    return inTransaction(this.#parts.pool, async (tx) => {
      const pass = await lockPass(tx, memberId, passId)
      if (pass === undefined) return err(refusal('unknown_pass'))
      if (pass.revokedMs !== undefined) return err(refusal('pass_taken_back'))
      const nowMs = this.#parts.clock.now().wallMs
      const cover = await this.#cover(memberId, wishOf(pass), nowMs)
      if (!cover.ok) return cover
      const validity = this.#validity(cover.value, nowMs)
      await renewPass(tx, passId, validity)
      return ok(await signPass(tx, { ...pass, ...validity }, cover.value))
    })
  }

  /** A page of the member's passes that are in force, the ones given last first. */
  async list(
    memberId: string,
    asked: { readonly cursor?: string; readonly limit: number },
  ): Promise<MyPasses> {
    const { pool, clock } = this.#parts
    const { cursor, limit } = asked
    const after = cursor === undefined ? undefined : readPassCursor(cursor)
    const nowMs = clock.now().wallMs
    const found = await passesInForce(pool, { memberId, nowMs, after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      items: page.map(({ passId, kind, siteId, bookingId, issuedMs, toMs, givenMs, holderKey }) => ({
        ...{ passId, kind, siteId, issuedMs, toMs, givenMs, holderKey },
        ...(bookingId === undefined ? {} : { bookingId }),
      })),
      ...(last && found.length > limit && { nextCursor: passCursorText(last) }),
    }
  }

  /** Takes a pass of the member back and tells its site; a second time changes nothing. Refuses: `unknown_pass`. */
  async revoke(memberId: string, passId: string): Promise<Result<{ readonly passId: string }, Refused>> {
    return inTransaction(this.#parts.pool, async (tx) => {
      const pass = await lockPass(tx, memberId, passId)
      if (pass === undefined) return err(refusal('unknown_pass'))
      await revokePass(tx, pass, this.#parts.clock.now().wallMs)
      return ok({ passId })
    })
  }

  async #cover(memberId: string, wish: PassWish, nowMs: number): Promise<Result<Cover, Refused>> {
    const { pool, catalogues, passLifeMs } = this.#parts
    if (wish.kind === 'member') {
      const catalogue = await catalogues.find(wish.siteId)
      if (catalogue === undefined) return err(refusal('not_found'))
      return ok({ siteId: wish.siteId, block: undefined, loanId: undefined, lastMs: nowMs + passLifeMs })
    }
    return bookingCover({ db: pool, catalogues }, { memberId, bookingId: wish.bookingId, nowMs })
  }

  #validity(cover: Cover, nowMs: number): { readonly issuedMs: number; readonly toMs: number } {
    return passValidity(cover, { nowMs, passLifeMs: this.#parts.passLifeMs })
  }
}

/** Whose cover it has: a guest's is that of the booking. */
function wishOf({ kind, siteId, bookingId, holderKey }: StoredPass): PassWish {
  return kind === 'member' || bookingId === undefined
    ? { kind: 'member', siteId, holderKey }
    : { kind: 'booking', bookingId, holderKey }
}

function isSameWish(one: StoredPass, other: StoredPass): boolean {
  const said = ({ siteId, kind, bookingId, holderKey }: StoredPass) => [siteId, kind, bookingId, holderKey]
  return isDeepStrictEqual(said(one), said(other))
}
