import { shownBookingReceiptSchema } from '@gatehouse/shared/api/booking-receipt-view'
import {
  bookingCreditsSchema,
  bookingViewSchema,
  extensionsViewSchema,
  helpCallViewSchema,
  lostTicketPriceViewSchema,
  planViewSchema,
  quoteViewSchema,
  receiptViewSchema,
  sessionViewSchema,
  siteViewSchema,
} from '@gatehouse/shared/api/views'
import { createApi } from '@gatehouse/shared/ui/api.ts'
import { z } from 'zod'

/** The edge's API as the kiosk speaks it; the device's cookie travels along. */
export const api = createApi({ baseUrl: '/api/v1', timeoutMs: 8_000 })

/** The site with what it offers, for example `book`, `check_in`, `pay_parking`. */
export const kioskSiteSchema = siteViewSchema.extend({
  features: z.array(z.string()),
  /** Since when nobody is let in, epoch ms. */
  lockdownSinceMs: z.number().optional(),
})
export type KioskSite = z.infer<typeof kioskSiteSchema>

const confirmedSchema = bookingViewSchema.extend({ receipt: receiptViewSchema.optional() })
const paidSchema = z.object({ session: sessionViewSchema, receipt: receiptViewSchema })
const identitySchema = z.object({
  memberToken: z.string(),
  displayName: z.string(),
  planName: z.string().optional(),
})
export type Identity = z.infer<typeof identitySchema>

const openedSchema = z.object({ doorId: z.string(), doorName: z.string() })

const list = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) })

type HoldInput = { readonly spaceId: string; readonly fromMs: number; readonly toMs: number } & (
  | { readonly guestName: string }
  | { readonly memberToken: string }
)
export type PayInput = {
  readonly method: 'card' | 'cash' | 'plan' | 'credits'
  readonly tenderedMinor?: number
  /** Of who pays by credits. */
  readonly memberToken?: string
}

export const readSite = (signal?: AbortSignal) => api.get('/site', kioskSiteSchema, signal)

export const readPlan = (fromMs: number, toMs: number, signal?: AbortSignal) =>
  api.get(`/plan?fromMs=${fromMs}&toMs=${toMs}`, planViewSchema, signal)

export const identify = (input: { readonly pin: string }, key: string) =>
  api.post('/identify', input, identitySchema, key)

export const holdBooking = (input: HoldInput, key: string) =>
  api.post('/bookings', input, bookingViewSchema, key)

export const confirmBooking = (bookingId: string, input: PayInput, key: string) =>
  api.post(`/bookings/${encodeURIComponent(bookingId)}/confirm`, input, confirmedSchema, key)

export const readCredits = (bookingId: string, memberToken: string, signal?: AbortSignal) => {
  const path = `/bookings/${encodeURIComponent(bookingId)}/credits`
  return api.get(`${path}?memberToken=${encodeURIComponent(memberToken)}`, bookingCreditsSchema, signal)
}

export const cancelBooking = (bookingId: string, key?: string) =>
  api.post(`/bookings/${encodeURIComponent(bookingId)}/cancel`, {}, bookingViewSchema, key)

export const checkInBooking = (bookingId: string, key: string) =>
  api.post(`/bookings/${encodeURIComponent(bookingId)}/check-in`, {}, bookingViewSchema, key)

export const readExtensions = (bookingId: string, signal?: AbortSignal) =>
  api.get(`/bookings/${encodeURIComponent(bookingId)}/extensions`, extensionsViewSchema, signal)

export const extendBooking = (bookingId: string, toMs: number, key: string) =>
  api.post(`/bookings/${encodeURIComponent(bookingId)}/extend`, { toMs }, bookingViewSchema, key)

export const giveUpExtension = (bookingId: string, toMs: number) =>
  api.post(`/bookings/${encodeURIComponent(bookingId)}/extend/give-up`, { toMs }, bookingViewSchema)

export const confirmExtension = (
  bookingId: string,
  input: PayInput & { readonly toMs: number },
  key: string,
) => api.post(`/bookings/${encodeURIComponent(bookingId)}/extend/confirm`, input, confirmedSchema, key)

export const releaseBooking = (bookingId: string, key: string) =>
  api.post(`/bookings/${encodeURIComponent(bookingId)}/release`, {}, bookingViewSchema, key)

export const showPass = (input: { readonly presentation: string }, key: string) =>
  api.post('/access/pass', input, openedSchema, key)

export const findBookings = async (by: { readonly reference: string } | { readonly memberToken: string }) => {
  const query = new URLSearchParams(by)
  return (await api.get(`/bookings?${query}`, list(bookingViewSchema))).items
}

export const findSessions = async (
  by: { readonly plate: string } | { readonly ticket: string },
  key: string,
) => (await api.post('/sessions/find', by, list(sessionViewSchema), key)).items

export const findStayOfPaper = (text: string, key: string) =>
  api.post('/sessions/paper', { text }, sessionViewSchema, key)

export const readBookingReceipt = (text: string, key: string) =>
  api.post('/booking-receipts/read', { text }, shownBookingReceiptSchema, key)

export const readLostTicketPrice = async () =>
  (await api.get('/lost-ticket-price', lostTicketPriceViewSchema)).price

export const loseTicket = (plate: string, key: string) =>
  api.post('/sessions/lost-ticket', { plate }, sessionViewSchema, key)

export const callHelp = (key: string) => api.post('/help-calls', {}, helpCallViewSchema, key)

export const quoteSession = (sessionId: string, key: string) =>
  api.post(`/sessions/${encodeURIComponent(sessionId)}/quote`, {}, quoteViewSchema, key)

export const paySession = (sessionId: string, input: PayInput & { readonly quoteId: string }, key: string) =>
  api.post(`/sessions/${encodeURIComponent(sessionId)}/payments`, input, paidSchema, key)
