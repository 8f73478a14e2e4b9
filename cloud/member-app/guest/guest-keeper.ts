import {
  type GuestLinkView,
  type GuestPass,
  guestLinkViewSchema,
  guestPassSchema,
} from '@gatehouse/shared/api/guest-view'
import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { noteServerTime } from '@gatehouse/shared/ui/server-clock.ts'
import { api } from '../api/client.ts'
import type { DeviceDatabase } from '../pass/device-store.ts'
import { findHolder, type Holder } from '../pass/holder-key.ts'
import { type HeldPass, holdIn, type PassPlace, readPass } from '../pass/kept-pass.ts'

const database: DeviceDatabase = 'gatehouse-guest-passes'
/** Who was taken back should soon see it. */
const youngMs = 30_000

/** What this phone has for a link. */
export type OnPhone =
  | { readonly kind: 'pass'; readonly held: HeldPass<GuestPass> }
  /** Nothing yet; the key is ready for it. */
  | { readonly kind: 'nothing'; readonly holder: Holder }
  /** This browser cannot hold passes. */
  | { readonly kind: 'unsupported' }

/**
 * Finds the pass that this phone holds for a link, renewed where there is a network. One that is over or was taken back is
 * forgotten: what became of it the link itself says.
 */
export async function findGuestPass(secret: string): Promise<OnPhone> {
  const holder = await findHolder(database)
  if (holder === undefined) return { kind: 'unsupported' }
  const place = placeOf(secret)
  if ((await readPass(place)) === undefined) return { kind: 'nothing', holder }
  try {
    return { kind: 'pass', held: await hold(place, secret, holder) }
  } catch (error) {
    if (isProblem(error) && !error.retryable) return { kind: 'nothing', holder }
    throw error
  }
}

/** Spends a link on a pass for this phone. Throws the problem. */
export async function openGuestLink(secret: string, holder: Holder): Promise<OnPhone> {
  return { kind: 'pass', held: await hold(placeOf(secret), secret, holder) }
}

/** What a link leads to, and what it is worth to this phone. Throws the problem. */
export function lookAtLink(secret: string, { holderKey }: Holder): Promise<GuestLinkView> {
  return api.post('/guest/link', { secret, holderKey }, guestLinkViewSchema)
}

function placeOf(secret: string): PassPlace<GuestPass> {
  return { database, name: `guest ${secret}`, schema: guestPassSchema, youngMs }
}

function hold(place: PassPlace<GuestPass>, secret: string, holder: Holder): Promise<HeldPass<GuestPass>> {
  return holdIn(place, holder, async (before) => {
    try {
      const pass = await api.post('/guest/pass', { secret, holderKey: holder.holderKey }, guestPassSchema)
      noteServerTime(pass.link.nowMs)
      return pass
    } catch (error) {
      // A cloud that was restored may have lost the link; doors believe the pass all the same.
      if (before && isProblem(error) && error.problem.status === 404) return before
      throw error
    }
  })
}
