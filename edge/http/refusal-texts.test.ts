import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccessRefusal } from '@gatehouse/shared/access/decide-access'
import type { BookingRefusal } from '@gatehouse/shared/booking/command'
import type { ArrivalRefusal } from '@gatehouse/shared/parking/arrival'
import type { SessionRefusal } from '@gatehouse/shared/parking/decision'
import type { DepartureRefusal } from '@gatehouse/shared/parking/departure'
import { describe, expect, test } from 'vitest'
import type { PassRefusal } from '../access/pass-command.ts'
import { packageRoot } from '../package-root.ts'
import { problemOf } from './problem.ts'
import { refusalTexts } from './refusal-texts.ts'

type Decided =
  | BookingRefusal
  | SessionRefusal
  | DepartureRefusal
  | ArrivalRefusal
  | AccessRefusal
  | PassRefusal

// A code that is added to one of the unions and missing here does not compile; the status is that of RULES, Answers.
const decided: Readonly<Record<Decided, number>> = {
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
  lockdown: 403,
  payment_needed: 402,
  plan_does_not_cover: 402,
  payment_amount: 422,
  hold_expired: 410,
  hold_running: 409,
  not_held: 409,
  already_confirmed: 409,
  too_early: 409,
  too_late: 410,
  grace_running: 409,
  not_confirmed: 409,
  still_running: 409,
  not_checked_in: 409,
  booking_ended: 410,
  not_later: 422,
  no_extension: 409,
  extension_running: 409,
  already_paid: 409,
  session_ended: 410,
  quote_expired: 410,
  ticket_used: 410,
  ticket_void: 410,
  full: 409,
  no_space: 409,
  lane_trouble: 409,
  fire: 409,
  already_inside: 409,
  no_tariff: 409,
  credential_unknown: 404,
  credential_revoked: 403,
  credential_not_yet_valid: 403,
  credential_expired: 410,
  directory_too_old: 503,
  no_right: 403,
  outside_hours: 409,
  anti_passback: 409,
  interlock: 409,
  second_member_wanted: 409,
  pass_malformed: 422,
  pass_truncated: 422,
  pass_too_long: 422,
  pass_version_unknown: 422,
  pass_algorithm_unknown: 422,
  pass_kind_unknown: 422,
  pass_key_unknown: 403,
  pass_forged: 403,
  pass_not_presented: 403,
  presentation_forged: 403,
  pass_foreign: 409,
  pass_key_retired: 410,
  pass_revoked: 403,
  clock_untrusted: 503,
  pass_from_future: 409,
  pass_not_yet_valid: 409,
  pass_expired: 410,
  presentation_expired: 410,
  presentation_early: 409,
  presentation_used: 409,
  pass_used: 410,
  pass_not_for_doors: 422,
  pass_other_door: 403,
  booking_unknown: 404,
  booking_not_in_force: 410,
  loan_ended: 409,
  outside_loan: 409,
  booking_displaced: 409,
}

/** Codes that the edge's own sources refuse with: `err({ code })`, `refuse(c, { code })`, `refused(code)`, triggers. */
const written = [
  /\b(?:err|problem|refused?)\((?:c, )?\{\s*code: '([a-z_]+)'/g,
  /\brefused\('([a-z_]+)'\)/g,
  /refusal: \{ code: '([a-z_]+)'/g,
  /return \{ code: '([a-z_]+)'/g,
  /RAISE\s*\(ABORT, '([a-z_]+)'\)/g,
]

function codesIn(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return codesIn(join(folder, entry.name))
    if (!/\.(ts|sql)$/.test(entry.name) || /\.test\.ts$/.test(entry.name)) return []
    const text = readFileSync(join(packageRoot, folder, entry.name), 'utf8')
    return written.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''))
  })
}

describe('texts of refusals', () => {
  test.each(Object.entries(decided))('%s has one, under its status', (code, status) => {
    const problem = problemOf({ code })
    expect([problem.code, problem.status]).toEqual([code, status])
    expect(problem.title.length).toBeGreaterThan(5)
    expect(problem.hint?.length).toBeGreaterThan(5)
  })

  test('exist for every code that the sources refuse with', () => {
    const folders = ['access', 'bookings', 'drawer', 'http', 'ledger', 'loans', 'parking']
    const codes = new Set(folders.flatMap(codesIn))
    expect(codes.size).toBeGreaterThan(30)
    expect([...codes].filter((code) => !Object.hasOwn(refusalTexts, code))).toEqual([])
  })

  test('never turn a code that is no own key into one', () => {
    for (const code of ['constructor', '__proto__', 'toString']) {
      expect(problemOf({ code })).toMatchObject({ status: 500, code: 'internal' })
    }
  })
})
