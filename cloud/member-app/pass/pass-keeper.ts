import { type PassView, passViewSchema } from '@gatehouse/shared/api/pass-view'
import { isProblem, newIdempotencyKey } from '@gatehouse/shared/ui/api.ts'
import { api } from '../api/client.ts'
import { forgetKept } from './device-store.ts'
import { findHolder, type Holder } from './holder-key.ts'
import { type HeldPass, holdIn, type PassPlace, readPass } from './kept-pass.ts'

/** What a pass is wanted for. */
export type PassSubject =
  | { readonly kind: 'booking'; readonly bookingId: string }
  | { readonly kind: 'member'; readonly siteId: string }

/**
 * Gets the pass for a subject: the kept one renewed, or a new one; without a network the kept one as it is.
 * `undefined` where this browser cannot hold passes. Throws the problem when there is none to fall back on.
 */
export async function holdPass(subject: PassSubject): Promise<HeldPass | undefined> {
  const holder = await findHolder()
  if (holder === undefined) return undefined
  const place = placeOf(subject)
  return holdIn(place, holder, (before) => fetchPass(subject, holder, before))
}

/** Forgets a pass of this device; another one for the same subject stays. */
export async function forgetPass(subject: PassSubject, passId: string): Promise<void> {
  const place = placeOf(subject)
  try {
    if ((await readPass(place))?.view.passId === passId) await forgetKept('passes', place.name)
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

const youngMs = 5 * 60_000

function placeOf(subject: PassSubject): PassPlace<PassView> {
  const name = Object.values(subject).join(' ')
  return { database: undefined, name, schema: passViewSchema, youngMs }
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
