import type { BookingRefusal } from '@gatehouse/shared/booking/command'
import { describe, expect, test } from 'vitest'
import { siteRefusal } from './problem.ts'

// What a site can answer to a request of the cloud, with the status it gets here (RULES, Answers). `false`: no
// request leads to it. A code that is added to the union and missing here does not compile.
const answered: Readonly<Record<BookingRefusal, number | false>> = {
  reversed: 422,
  too_long: 422,
  in_the_past: 422,
  too_far_ahead: 422,
  not_bookable: 422,
  out_of_service: 409,
  not_available_then: 409,
  site_closed: 409,
  closed: 409,
  space_taken: 409,
  lent: 409,
  lending_stopped: 503,
  booking_exists: 409,
  unknown_booking: 404,
  payment_needed: 402,
  plan_does_not_cover: 402,
  payment_amount: 409,
  hold_expired: 410,
  not_held: 409,
  already_confirmed: 409,
  too_late: 409,
  booking_ended: 410,
  not_later: 422,
  no_extension: 409,
  not_confirmed: 409,
  not_checked_in: 409,
  extension_running: false,
  hold_running: false,
  too_early: false,
  grace_running: false,
  still_running: false,
}
const ofRequests = {
  request_expired: 410,
  already_cancelled: 410,
  unknown_space: 404,
  answer_unreadable: 409,
}

describe('what a site refuses', () => {
  const unknown = siteRefusal('a_code_of_the_future')

  test.each(Object.entries({ ...answered, ...ofRequests }).filter(([, status]) => status !== false))(
    'tells %s in words of its own',
    (code, status) => {
      const refused = siteRefusal(code)
      expect(refused.status).toBe(status)
      expect(refused.title).not.toBe(unknown.title)
      expect(refused.hint).toBeTruthy()
    },
  )

  test('keeps the name of a code that this version does not know', () => {
    expect(unknown).toMatchObject({ status: 409, code: 'a_code_of_the_future' })
    expect(siteRefusal('constructor').status).toBe(409)
  })
})
