import type { DayView } from '@gatehouse/shared/api/views'
import { daySlots } from '@gatehouse/shared/booking/availability'
import { dayNumber } from '@gatehouse/shared/calendar/civil'
import { holidayOn } from '@gatehouse/shared/calendar/opening'
import { dayBounds } from '@gatehouse/shared/calendar/wall-time'
import type { Moment } from '@gatehouse/shared/clock/clock'
import { spaceIdSchema } from '@gatehouse/shared/ids/ids'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import type { Refusal } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import type { BookingEnvironment } from './booking-environment.ts'
import { spaceCalendar } from './space-calendar.ts'

/** Lists the slots of a space's day (`YYYY-MM-DD` of the site). Refuses `unknown_space`, `invalid_input`, `site_not_ready`. */
export function dayView(
  env: BookingEnvironment,
  db: SiteDatabase,
  asked: { readonly spaceId: string; readonly date: string; readonly at: Moment },
): Result<DayView, Refusal> {
  const site = env.directory.site()
  if (!site) return err({ code: 'site_not_ready' })
  const space = env.directory.get('space', asked.spaceId)
  if (!space) return err({ code: 'unknown_space' })
  const day = dayNumber(asked.date)
  if (day === undefined) {
    return err({ code: 'invalid_input', detail: { issues: [{ path: 'date', message: 'no such date' }] } })
  }
  const spaceId = spaceIdSchema.parse(asked.spaceId)
  const bounds = dayBounds(site.timeZone, day)
  const within = { spaceId, space, fromMs: bounds.fromMs, toMs: bounds.toMs, at: asked.at }
  const slots = daySlots(spaceCalendar(env.directory, db, site, within), day)
  const holiday = holidayOn(site, day)
  const { timeZone } = site
  return ok({ spaceId, date: asked.date, timeZone, ...(holiday ? { holiday } : {}), slots })
}
