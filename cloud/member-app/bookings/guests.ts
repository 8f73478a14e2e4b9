import { bookingGuestsSchema, guestSecretBytes } from '@gatehouse/shared/api/guest-view'
import { newIdempotencyKey } from '@gatehouse/shared/ui/api.ts'
import { browserBytes } from '@gatehouse/shared/ui/browser-clock.ts'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from '../api/client.ts'
import { forgetKept, keep, readKept } from '../pass/device-store.ts'

/** What the API answers about one guest. */
export const guestAnswerSchema = z.object({ guestId: z.string() })

/** While a link waits for its guest, it is looked at so often. */
const openedEveryMs = 10_000

/** Where the guests of a booking are; `guestId` for one of them. */
export function guestsPath(bookingId: string): string {
  return `/bookings/${encodeURIComponent(bookingId)}/guests`
}

/** The guests of one of my bookings. */
export const guestsQuery = (bookingId: string) =>
  queryOptions({
    queryKey: ['bookings', bookingId, 'guests'],
    queryFn: ({ signal }) => api.get(guestsPath(bookingId), bookingGuestsSchema, signal),
    refetchInterval: (query) =>
      query.state.data?.items.some(({ state }) => state === 'invited') ? openedEveryMs : 60_000,
  })

/** Takes a guest's link and pass back, and forgets the link on this device; throws `ProblemError`. */
export async function takeGuestBack(bookingId: string, guestId: string): Promise<void> {
  const path = `${guestsPath(bookingId)}/${encodeURIComponent(guestId)}/revoke`
  await api.post(path, {}, guestAnswerSchema, newIdempotencyKey())
  await forgetKept('passes', nameOf(guestId)).catch(() => undefined)
}

/** A new secret for a guest's link. */
export function newGuestSecret(): string {
  const text = String.fromCharCode(...browserBytes(guestSecretBytes))
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_')
}

/** What the cloud is told of a secret: its SHA-256, hex. Needs a page that was loaded over HTTPS. */
export async function digestOf(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The link that a guest is given. */
export function guestLink(secret: string): string {
  return `${window.location.origin}/app/guest#${secret}`
}

/** Keeps the secret of a guest's link on this device, so that the link can be given again until it was opened. */
export async function keepSecret(guestId: string, secret: string): Promise<void> {
  // A browser that keeps nothing shows the link once.
  await keep('passes', nameOf(guestId), secret).catch(() => undefined)
}

/** The secret of a guest's link, when it was made on this device. */
export async function readSecret(guestId: string): Promise<string | null> {
  const kept = await readKept('passes', nameOf(guestId)).catch(() => undefined)
  return typeof kept === 'string' ? kept : null
}

function nameOf(guestId: string): string {
  return `link ${guestId}`
}
