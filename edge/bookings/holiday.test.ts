import { dayViewSchema } from '@gatehouse/shared/api/views'
import { expect, test } from 'vitest'
import { friday10, hour, openBookingSite, post } from './testing/booking-site.ts'

test('a holiday closes the site for bookings and says why, and its own hours are bookable', async () => {
  const site = openBookingSite()
  const saturday = friday10 + 24 * hour
  const holidays = [
    { date: '2026-11-21', name: 'Harbour Day', hours: [{ from: '12:00', to: '14:00' }] },
    { date: '2026-11-22', name: 'Quiet Sunday', hours: [] },
  ]
  site.apply('site', 'harbour-house', { ...site.env.directory.site(), holidays })
  const hold = (fromMs: number) => {
    const body = { spaceId: 'elm', fromMs, toMs: fromMs + hour, guestName: 'Robin Demo' }
    return post(site, { path: '/bookings', key: `key-hold-${fromMs}`, body })
  }
  expect((await hold(saturday)).body.code).toBe('closed')
  expect((await hold(saturday + 2 * hour)).status).toBe(201)
  expect((await hold(saturday + 24 * hour)).body.code).toBe('closed')
  const answer = await site.app.request('/spaces/elm/day?date=2026-11-22')
  const day = dayViewSchema.parse(await answer.json())
  expect(day.holiday).toEqual(holidays[1])
  expect(day.slots.every(({ state }) => state === 'closed')).toBe(true)
  site.close()
})
