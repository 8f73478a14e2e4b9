import { type PassView, passViewSchema } from '@gatehouse/shared/api/pass-view'
import { isProblem, newIdempotencyKey, type ProblemError } from '@gatehouse/shared/ui/api.ts'
import { nowMs } from '@gatehouse/shared/ui/browser-clock.ts'
import { noteServerTime, serverNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { z } from 'zod'
import { api } from '../api/client.ts'
import { forgetKept, keep, readKept } from './device-store.ts'
import { findHolder, type Holder } from './holder-key.ts'

/** What a pass is wanted for. */
export type PassSubject =
  | { readonly kind: 'booking'; readonly bookingId: string }
  | { readonly kind: 'member'; readonly siteId: string }

/** A pass on this device; `refused` says why it could not be renewed just now. */
export interface HeldPass {
  readonly view: PassView
  readonly holder: Holder
  readonly refused: ProblemError | undefined
}

const keptSchema = z.object({
  view: passViewSchema,
  /** By how much the cloud's clock was ahead of this device's. */
  aheadMs: z.number(),
})

/** A pass that is younger is not renewed each time its screen is opened. */
const youngMs = 5 * 60_000

/**
 * Gets the pass for a subject: the kept one renewed, or a new one; without a network the kept one as it is.
 * `undefined` where this browser cannot hold passes. Throws the problem when there is none to fall back on.
 */
export async function holdPass(subject: PassSubject): Promise<HeldPass | undefined> {
  const holder = await findHolder()
  if (holder === undefined) return undefined
  const name = nameOf(subject)
  const kept = keptSchema.safeParse(await readKept('passes', name)).data
  if (kept && serverNowMs() === nowMs()) noteServerTime(nowMs() + kept.aheadMs)
  if (kept && serverNowMs() - kept.view.issuedMs < youngMs && serverNowMs() < kept.view.toMs) {
    return { view: kept.view, holder, refused: undefined }
  }
  try {
    const view = await fetchPass(subject, holder, kept?.view)
    await keep('passes', name, { view, aheadMs: serverNowMs() - nowMs() })
    return { view, holder, refused: undefined }
  } catch (error) {
    if (!isProblem(error)) throw error
    if (kept && error.retryable) return { view: kept.view, holder, refused: error }
    if (kept) await forgetKept('passes', name)
    throw error
  }
}

/** Forgets a pass of this device; another one for the same subject stays. */
export async function forgetPass(subject: PassSubject, passId: string): Promise<void> {
  const name = nameOf(subject)
  try {
    const kept = keptSchema.safeParse(await readKept('passes', name)).data
    if (kept?.view.passId === passId) await forgetKept('passes', name)
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function nameOf(subject: PassSubject): string {
  return Object.values(subject).join(' ')
}

async function fetchPass(
  subject: PassSubject,
  { holderKey }: Holder,
  before: PassView | undefined,
): Promise<PassView> {
  const key = newIdempotencyKey()
  if (before === undefined) return api.post('/passes', { ...subject, holderKey }, passViewSchema, key)
  try {
    return await api.post(`/passes/${encodeURIComponent(before.passId)}/renew`, {}, passViewSchema, key)
  } catch (error) {
    // Taken back, or of another log-in on this device: ask for a new one.
    const isGone = isProblem(error) && ['unknown_pass', 'pass_taken_back'].includes(error.problem.code)
    if (!isGone) throw error
    return api.post('/passes', { ...subject, holderKey }, passViewSchema, newIdempotencyKey())
  }
}
