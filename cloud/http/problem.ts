import type { Problem } from '@gatehouse/shared/api/problem'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { currentTraceId } from './trace.ts'

/** A refusal before it is rendered; `type` and `traceId` are added on the way out. */
export type Refused = Omit<Problem, 'type' | 'traceId'>

const mediaType = 'application/problem+json'

/** Answers with `application/problem+json` (RFC 9457) that names the trace of this request. */
export function problem(context: Context, refused: Refused, headers: Record<string, string> = {}): Response {
  return problemResponse(refused, context.get('traceId'), headers)
}

/** The same outside a request context: without an id it names the trace of the request around it, if any. */
export function problemResponse(
  refused: Refused,
  traceId: string | undefined = currentTraceId(),
  headers: Record<string, string> = {},
): Response {
  const body: Problem = {
    type: `urn:gatehouse:problem:${refused.code}`,
    ...refused,
    ...(traceId === undefined ? {} : { traceId }),
  }
  return new Response(JSON.stringify(body), {
    status: refused.status as ContentfulStatusCode,
    headers: { 'content-type': mediaType, ...headers },
  })
}

interface ProblemText {
  readonly status: number
  readonly title: string
  readonly hint: string
}

/** Every code the cloud answers with; codes of a site's refusals are here too (RULES, Answers). */
const catalogue = {
  malformed_json: [400, 'The request is not valid JSON.', 'Send one JSON object in UTF-8.'],
  not_json: [415, 'The request is not marked as JSON.', 'Send it with Content-Type: application/json.'],
  invalid_request: [
    422,
    'Something in the request cannot be right.',
    'Check what was entered, and try again.',
  ],
  key_required: [
    400,
    'The request needs an Idempotency-Key header.',
    'Send a new random key of 8 to 64 letters, digits, dots, dashes or underscores for each action.',
  ],
  key_reused: [
    422,
    'This Idempotency-Key was used with another request.',
    'Send the request again with a new key.',
  ],
  key_busy: [
    409,
    'The first request with this key is still running.',
    'Send the same request with the same key again in a few seconds.',
  ],
  wrong_login: [401, 'E-mail or password is not right.', 'Check both and try again.'],
  wrong_password: [403, 'The current password is not right.', 'Type it again; nothing was changed.'],
  password_too_short: [422, 'The new password is too short.', 'Choose one of at least 10 characters.'],
  password_too_long: [422, 'The new password is too long.', 'Choose one of at most 128 characters.'],
  password_unchanged: [422, 'The new password is the current one.', 'Choose another one.'],
  unauthenticated: [401, 'You are not logged in.', 'Log in and try again.'],
  forbidden: [403, 'This is not yours to see or change.', 'Log in with an account that has the right.'],
  not_a_member: [
    403,
    'This account is not a member.',
    'Bookings need a member. Ask the operator to add one to this account.',
  ],
  wrong_origin: [403, 'The request came from another website.', 'Open Gatehouse at its own address.'],
  wrong_host: [421, 'This host name is not one of ours.', 'Open Gatehouse at its configured address.'],
  plate_unusable: [422, 'This is not a plate.', 'Write 2 to 12 letters A–Z and digits.'],
  plate_registered: [
    409,
    'This plate is registered already.',
    'Check the plate; ask the staff if it is yours.',
  ],
  too_many_vehicles: [409, 'You have ten vehicles already.', 'Remove one that you do not drive any more.'],
  settings_moved: [
    409,
    'Somebody has changed this site meanwhile.',
    'Look at what it says now, and change it again.',
  ],
  no_gap: [
    409,
    'Nothing of this site’s history is missing here now.',
    'Look at the boxes of the site; it may have been accepted meanwhile, or a later backup restored.',
  ],
  gap_moved: [
    409,
    'The site has pruned more entries meanwhile.',
    'Look at what is lost now, and decide again.',
  ],
  nothing_suspended: [
    409,
    'Nothing of this site waits for older passes.',
    'Look at who sells at the site; it may have been released meanwhile.',
  ],
  released_already: [
    409,
    'Somebody has released it already.',
    'It goes on as soon as the site has sent again what it keeps.',
  ],
  not_found: [404, 'There is nothing here.', 'Check the address.'],
  too_large: [413, 'The request is too large.', 'Send less at once.'],
  too_many_requests: [429, 'Too many requests.', 'Wait for the time in Retry-After and try again.'],
  internal: [500, 'Something went wrong on our side.', 'Try again; if it stays, report the trace id.'],
  unavailable: [503, 'The service is not ready.', 'Try again in a few seconds.'],
  site_unreachable: [
    503,
    'The site cannot be reached at the moment.',
    'Nothing was booked, changed or charged. Try again when the site is back, choose another, or go to its kiosk.',
  ],
  space_taken: [409, 'The space is taken at that time.', 'Choose one of the alternatives or another time.'],
  remote_unreachable: [
    503,
    'The site cannot be reached at the moment, so nothing was asked of it.',
    'Call somebody on site, or try again when it is back.',
  ],
  remote_expired: [410, 'It reached the site too late, so nothing was done.', 'Try again.'],
  remote_other_boot: [
    409,
    'The site was started anew meanwhile, so nothing was done.',
    'Try again in a few seconds.',
  ],
  remote_from_future: [
    409,
    'The site could not place it in time, so nothing was done.',
    'Try again in a few seconds.',
  ],
  lockdown: [409, 'The site is locked down: nobody is let in.', 'End the lockdown first.'],
  interlock: [409, 'Another door of its interlock is not closed.', 'Try again once it is closed.'],
  unknown_door: [404, 'There is no such door at this site.', 'Choose a door from the list.'],
  site_closed: [409, 'This site sells nothing new now.', 'Choose another site.'],
  lent: [
    409,
    'The site cannot sell this space at that time: it lent it, and the loan does not cover the whole booking.',
    'Choose one of the alternatives or another time.',
  ],
  lending_stopped: [
    503,
    'The site does not sell this space until it has compared its books with ours.',
    'Try again in a few minutes, or choose another space.',
  ],
  closed: [409, 'The site is closed at that time.', 'Choose a time within the opening hours.'],
  out_of_service: [409, 'This space cannot be used at the moment.', 'Choose another space.'],
  not_available_then: [409, 'This space cannot be used at that time.', 'Choose another space or time.'],
  not_bookable: [422, 'This space cannot be booked.', 'Choose another space.'],
  space_unknown: [404, 'There is no such space at this site.', 'Choose a space from the floor plan.'],
  reversed: [422, 'The end must come after the start.', 'Choose an end after the start.'],
  in_the_past: [422, 'That time is over.', 'Choose a time that has not begun.'],
  too_long: [422, 'The booking is too long.', 'Book a shorter time.'],
  too_far_ahead: [422, 'That is too far ahead.', 'Choose an earlier day.'],
  booking_exists: [409, 'This booking exists already.', 'Look at the booking for its state.'],
  unknown_booking: [404, 'There is no such booking.', 'Choose one of your bookings.'],
  holder_key_unusable: [422, 'This key cannot hold a pass.', 'Send a new Ed25519 key.'],
  too_many_passes: [409, 'You have too many passes.', 'Take passes back that you do not need any more.'],
  unknown_pass: [404, 'There is no such pass.', 'Open the pass of your booking again.'],
  pass_taken_back: [410, 'This pass was taken back.', 'Open the pass of your booking for a new one.'],
  too_many_guests: [
    409,
    'This booking has no room for more guests.',
    'Take an invitation back first, or book a larger space.',
  ],
  unknown_guest: [404, 'There is no such guest.', 'Choose a guest of this booking.'],
  unknown_invitation: [
    404,
    'This link leads nowhere.',
    'Check that it is complete, or ask whoever invited you for a new one.',
  ],
  invitation_spent: [
    409,
    'This link was opened on another phone.',
    'Open it there, or ask whoever invited you for a link of your own.',
  ],
  invitation_taken_back: [
    410,
    'This invitation was taken back.',
    'It opens nothing any more. Ask whoever invited you.',
  ],
  invitation_cancelled: [
    410,
    'The booking of this invitation was cancelled.',
    'It opens nothing any more. Ask whoever invited you.',
  ],
  invitation_over: [
    410,
    'This invitation is over.',
    'It ended with its booking. Ask whoever invited you for a new one.',
  ],
  payment_needed: [402, 'The booking has to be paid.', 'Pay by card.'],
  payment_amount: [
    409,
    'The amount does not match the price.',
    'Look at the booking for its price and pay again.',
  ],
  already_confirmed: [409, 'The booking is confirmed already.', 'There is nothing left to do.'],
  already_cancelled: [410, 'The booking was cancelled.', 'Book again.'],
  no_show: [410, 'The booking was given up because nobody came.', 'Book again.'],
  ended: [410, 'The booking has ended.', 'Book again.'],
  hold_expired: [410, 'The hold has expired.', 'Book again.'],
  not_held: [409, 'The booking cannot be confirmed now.', 'Look at the booking for its state.'],
  not_later: [422, 'The new end is not later than the present one.', 'Choose a later end.'],
  no_extension: [409, 'This later end is not on hold.', 'Choose the new end again.'],
  not_confirmed: [409, 'The booking is not paid yet.', 'Pay first.'],
  not_checked_in: [409, 'The booking is not in use.', 'Check in on site, or cancel it.'],
  still_pending: [
    409,
    'The site has not answered yet.',
    'Wait until the booking is held; it shows by itself.',
  ],
  too_late: [409, 'It is too late to cancel.', 'Ask the staff on site.'],
  plan_does_not_cover: [402, 'Your plan does not cover this booking.', 'Pay by card instead.'],
  card_declined: [402, 'The card was refused.', 'Pay with another card.'],
  card_unavailable: [
    503,
    'Cards cannot be charged at the moment. Nothing was charged.',
    'Your hold runs on: try again before it ends. What your plan covers needs no card, and the kiosk takes cash.',
  ],
  request_expired: [410, 'The site did not answer in time.', 'Book again.'],
  answer_unreadable: [
    409,
    'The site answered in a way that this version cannot read.',
    'Look at the booking again in a moment.',
  ],
  exception_taken: [
    409,
    'Somebody is working on this case already.',
    'Look at who owns it, and speak with them.',
  ],
  exception_not_taken: [409, 'Nobody is working on this case.', 'Take it first.'],
  not_owner: [
    409,
    'Somebody else is working on this case.',
    'Ask its owner, or wait until it is given back.',
  ],
  exception_proposed: [409, 'A fix is proposed already.', 'Approve it or send it back first.'],
  nothing_proposed: [409, 'No fix is proposed yet.', 'Propose one first.'],
  second_person_needed: [
    409,
    'Whoever proposed a fix cannot approve it.',
    'Ask another person at HQ to look at it.',
  ],
  not_yours_to_settle: [403, 'Only HQ settles cases.', 'Ask somebody at HQ.'],
  exception_settled: [410, 'This case is settled already.', 'Look at its history.'],
  fix_not_for_kind: [422, 'This fix does not fit this kind of case.', 'Choose one of the fixes of the case.'],
  incident_ends_on_site: [
    409,
    'This incident ends by what happens at the site.',
    'See to it on site: the list shows its end by itself.',
  ],
  not_positive: [422, 'The amount must be more than zero.', 'Type another amount.'],
  credits_insufficient: [
    409,
    'There are not so many credits.',
    'Look at how much is there, and choose a smaller amount.',
  ],
  credits_expired: [410, 'These credits are over.', 'Choose credits that run longer.'],
  sites_not_caught_up: [
    503,
    'Not every site has told yet what it keeps since we were restored, so nothing is moved.',
    'Try again when all sites have been online.',
  ],
  unknown_bucket: [404, 'There are no such credits.', 'Choose credits from the list.'],
  unknown_member: [404, 'There is no such member.', 'Choose a member from the list.'],
  unknown_operator: [404, 'There is no such operator.', 'Choose a site from the list.'],
  site_of_another_operator: [
    422,
    'These credits are not of the operator of that site.',
    'Choose a site of the same operator.',
  ],
  site_not_enrolled: [409, 'Nobody runs that site yet.', 'Enrol its machine first.'],
  request_withdrawn: [410, 'The request was withdrawn.', 'Book again.'],
} as const satisfies Record<string, readonly [number, string, string]>

export type ProblemCode = keyof typeof catalogue

/** The refusal for a known code. */
export function refusal(code: ProblemCode): Refused {
  const [status, title, hint] = catalogue[code]
  return { status, code, title, hint }
}

// What a site refuses under its own names, in the words of this API.
const siteSynonyms: Readonly<Record<string, ProblemCode>> = {
  expired: 'request_expired',
  unknown_space: 'space_unknown',
  booking_ended: 'ended',
}

/** Renders the code of a site's `request.refused`; a code this version does not know is a 409 under its own name. */
export function siteRefusal(code: string): Refused {
  const known = siteSynonyms[code] ?? code
  if (Object.hasOwn(catalogue, known)) return refusal(known as ProblemCode)
  const text: ProblemText = {
    status: 409,
    title: 'The site refused the request.',
    hint: 'Choose another time or space.',
  }
  return { ...text, code }
}
