import type { PlanTerms } from '@gatehouse/shared/booking/booking-price'
import type { BookingContext } from '@gatehouse/shared/booking/command'
import type { Moment } from '@gatehouse/shared/clock/clock'
import type { Holder } from '@gatehouse/shared/wire/v1/entries'
import type { DirectoryReader } from '../sync/directory.ts'
import type { SubjectStore } from './subject-store.ts'

/** What booking commands and views know besides the store. */
export interface BookingEnvironment {
  readonly directory: DirectoryReader
  /** Version of the tz database that this process computes with. */
  readonly tzdataVersion: string
  readonly subjects: SubjectStore
}

/** The moment and the site's settings for a decision; `undefined` until the directory has arrived once. */
export function bookingContext(env: BookingEnvironment, at: Moment): BookingContext | undefined {
  const site = env.directory.site()
  return site && { nowMs: at.wallMs, clockTrusted: at.quality === 'trusted', settings: site.settings }
}

/** The terms of the plan a holder has at `atMs` (epoch ms), if any. */
export function planOf(env: BookingEnvironment, holder: Holder, atMs: number): PlanTerms | undefined {
  if (holder.kind !== 'member') return undefined
  const member = env.directory.get('member', holder.memberId)
  if (!member?.planId) return undefined
  if (atMs < (member.planFromMs ?? 0) || atMs >= (member.planToMs ?? Number.POSITIVE_INFINITY))
    return undefined
  return env.directory.get('plan', member.planId)
}
