import type { PassView } from '@gatehouse/shared/api/pass-view'
import { isProblem, type ProblemError } from '@gatehouse/shared/ui/api.ts'
import { nowMs } from '@gatehouse/shared/ui/browser-clock.ts'
import { noteServerTime, serverNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { z } from 'zod'
import { type DeviceDatabase, forgetKept, keep, readKept } from './device-store.ts'
import type { Holder } from './holder-key.ts'

/** A pass on this device; `refused` says why it could not be renewed just now. */
export interface HeldPass<View extends PassView = PassView> {
  readonly view: View
  readonly holder: Holder
  readonly refused: ProblemError | undefined
}

/** Where a pass lies on this device, and what it looks like. */
export interface PassPlace<View extends PassView> {
  readonly database: DeviceDatabase | undefined
  readonly name: string
  readonly schema: z.ZodType<View>
  /** A pass that is younger is not renewed each time its screen is opened, ms. */
  readonly youngMs: number
}

/** What lies in a place: the pass, and by how much the cloud's clock was ahead of this device's (ms). */
export async function readPass<View extends PassView>(
  place: PassPlace<View>,
): Promise<{ readonly view: View; readonly aheadMs: number } | undefined> {
  const schema = z.object({ view: place.schema, aheadMs: z.number() })
  return schema.safeParse(await readKept('passes', place.name, place.database)).data
}

/**
 * Gets the pass of a place: the kept one while it is young, else what `fetchAnew` makes of it; without a network the kept
 * one as it is. Throws the problem when there is none to fall back on.
 */
export async function holdIn<View extends PassView>(
  place: PassPlace<View>,
  holder: Holder,
  fetchAnew: (before: View | undefined) => Promise<View>,
): Promise<HeldPass<View>> {
  const { name, database, youngMs } = place
  const kept = await readPass(place)
  if (kept && serverNowMs() === nowMs()) noteServerTime(nowMs() + kept.aheadMs)
  if (kept && serverNowMs() - kept.view.issuedMs < youngMs && serverNowMs() < kept.view.toMs) {
    return { view: kept.view, holder, refused: undefined }
  }
  try {
    const view = await fetchAnew(kept?.view)
    await keep('passes', name, { view, aheadMs: serverNowMs() - nowMs() }, database)
    return { view, holder, refused: undefined }
  } catch (error) {
    if (!isProblem(error)) throw error
    if (kept && error.retryable) return { view: kept.view, holder, refused: error }
    if (kept) await forgetKept('passes', name, database)
    throw error
  }
}
