import { bookingReceiptsSchema } from '@gatehouse/shared/api/booking-receipt-view'
import { myCreditsAnswerSchema } from '@gatehouse/shared/api/credits-view'
import {
  bookingViewSchema,
  dayViewSchema,
  extensionsViewSchema,
  planViewSchema,
  siteViewSchema,
} from '@gatehouse/shared/api/views'
import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { noteServerTime } from '@gatehouse/shared/ui/server-clock.ts'
import { spaceKindSchema } from '@gatehouse/shared/wire/v1/directory'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { api } from './client.ts'

const meSchema = z.object({
  memberId: z.string().nullish(),
  displayName: z.string(),
  role: z.enum(['member', 'site_manager', 'hq']),
})
export type Me = z.infer<typeof meSchema>

const sitesSchema = z.object({ items: z.array(siteViewSchema) })
const bookingsSchema = z.object({ items: z.array(bookingViewSchema) })
const segment = encodeURIComponent

/** Who is logged in; `null` when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await api.get('/me', meSchema, signal)
    } catch (error) {
      if (isProblem(error) && error.problem.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
})

const memberPlanSchema = z.object({
  name: z.string(),
  monthlyMinor: z.number(),
  currency: z.string().optional(),
  discountPercent: z.number(),
  covers: z.array(spaceKindSchema),
  access: z.object({ doors: z.enum(['public', 'all']) }),
  state: z.enum(['coming', 'running', 'over']),
  fromMs: z.number().optional(),
  toMs: z.number().optional(),
})
export type MemberPlan = z.infer<typeof memberPlanSchema>

/** The plan of whoever is logged in; `plan` is `null` without one. */
export const memberPlanQuery = queryOptions({
  queryKey: ['my-plan'],
  queryFn: ({ signal }) => api.get('/me/plan', z.object({ plan: memberPlanSchema.nullable() }), signal),
})

/** The credits of whoever is logged in, by currency. */
export const myCreditsQuery = queryOptions({
  queryKey: ['my-credits'],
  queryFn: ({ signal }) => api.get('/me/credits', myCreditsAnswerSchema, signal),
})

/** Every site that matches `text`. */
export const sitesQuery = (text: string) =>
  queryOptions({
    queryKey: ['sites', text],
    queryFn: async ({ signal }) => {
      const { items } = await api.get(`/sites?text=${segment(text)}`, sitesSchema, signal)
      if (items[0]) noteServerTime(items[0].nowMs)
      return items
    },
  })

/** One site. */
export const siteQuery = (siteId: string) =>
  queryOptions({
    queryKey: ['site', siteId],
    queryFn: async ({ signal }) => {
      const site = await api.get(`/sites/${segment(siteId)}`, siteViewSchema, signal)
      noteServerTime(site.nowMs)
      return site
    },
  })

/** The floor plan of a site for an interval, epoch milliseconds. */
export const planQuery = (siteId: string, fromMs: number, toMs: number) =>
  queryOptions({
    queryKey: ['plan', siteId, fromMs, toMs],
    queryFn: ({ signal }) =>
      api.get(`/sites/${segment(siteId)}/plan?fromMs=${fromMs}&toMs=${toMs}`, planViewSchema, signal),
  })

/** The half-hours of one space on a day (`YYYY-MM-DD` of the site). */
export const dayQuery = (siteId: string, spaceId: string, date: string) =>
  queryOptions({
    queryKey: ['day', siteId, spaceId, date],
    queryFn: ({ signal }) =>
      api.get(`/sites/${segment(siteId)}/spaces/${segment(spaceId)}/day?date=${date}`, dayViewSchema, signal),
  })

/** My bookings. */
export const bookingsQuery = queryOptions({
  queryKey: ['bookings'],
  queryFn: async ({ signal }) => (await api.get('/bookings', bookingsSchema, signal)).items,
})

/** The later ends that one of my bookings can have now; never from an earlier look. */
export const extensionsQuery = (bookingId: string) =>
  queryOptions({
    queryKey: ['extensions', bookingId],
    queryFn: ({ signal }) =>
      api.get(`/bookings/${segment(bookingId)}/extensions`, extensionsViewSchema, signal),
    gcTime: 0,
  })

/** The receipts for what I paid here for one of my bookings; kept for the phone without a network, like the booking. */
export const receiptsQuery = (bookingId: string) =>
  queryOptions({
    queryKey: ['bookings', bookingId, 'receipts'],
    queryFn: async ({ signal }) =>
      (await api.get(`/bookings/${segment(bookingId)}/receipts`, bookingReceiptsSchema, signal)).items,
  })

/** One of my bookings; looked at again every 2 s while the site has not answered. */
export const bookingQuery = (bookingId: string) =>
  queryOptions({
    queryKey: ['bookings', bookingId],
    queryFn: ({ signal }) => api.get(`/bookings/${segment(bookingId)}`, bookingViewSchema, signal),
    refetchInterval: (query) => (query.state.data?.status === 'pending' ? 2_000 : false),
  })
