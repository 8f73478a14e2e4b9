import { dayViewSchema, planViewSchema } from '@gatehouse/shared/api/views'
import { expect, test } from 'vitest'
import { friday10, hour, openBookingSite, post } from './testing/booking-site.ts'

test.each(['closed', 'coming_soon'] as const)(
  'a site that is %s sells nothing new; what was sold stands and can be cancelled',
  async (status) => {
    const site = openBookingSite()
    const hold = (fromMs: number) => {
      const body = { spaceId: 'elm', fromMs, toMs: fromMs + hour, guestName: 'Robin Demo' }
      return post(site, { path: '/bookings', key: `key-hold-${fromMs}`, body })
    }
    const { bookingId } = (await hold(friday10 + hour)).body
    const path = `/bookings/${String(bookingId)}`
    const paid = { method: 'cash', tenderedMinor: 100_000 }
    expect((await post(site, { path: `${path}/confirm`, key: 'key-confirm', body: paid })).status).toBe(200)
    site.apply('site', 'harbour-house', { ...site.env.directory.site(), status })
    expect(await hold(friday10 + 3 * hour)).toMatchObject({ status: 409, body: { code: 'site_closed' } })
    const day = dayViewSchema.parse(await (await site.app.request('/spaces/elm/day?date=2026-11-20')).json())
    expect(day.slots.some(({ state }) => state === 'free')).toBe(false)
    const asked = `/plan?fromMs=${friday10 + 3 * hour}&toMs=${friday10 + 4 * hour}`
    const { spaces } = planViewSchema.parse(await (await site.app.request(asked)).json())
    expect(new Set(spaces.map((space) => space.status))).toEqual(new Set(['out_of_service']))
    expect((await post(site, { path: `${path}/cancel`, key: 'key-cancel', body: {} })).status).toBe(200)
    site.close()
  },
)
