import type { GuestLinkState } from '@gatehouse/shared/api/guest-view'
import { type BookingStatus, bookingStatusSchema } from '@gatehouse/shared/api/views'
import { describe, expect, it } from 'vitest'
import { guestsAllowed, linkState } from './link-state.ts'

const [toMs, lastMs] = [1_000, 1_500]
const openedBy = { nobody: undefined, me: 'mine', another: 'theirs' } as const
type OpenedBy = keyof typeof openedBy

function stateOf(status: BookingStatus, by: OpenedBy, nowMs: number, takenBackMs?: number): GuestLinkState {
  return linkState(
    { takenBackMs, holderKey: openedBy[by], status, toMs, lastMs },
    { nowMs, holderKey: 'mine' },
  )
}

/** For each status of the booking: opened by nobody, by me, by another. */
const expected: Record<BookingStatus, Record<OpenedBy, GuestLinkState>> = {
  held: { nobody: 'open', me: 'yours', another: 'spent' },
  pending: { nobody: 'open', me: 'yours', another: 'spent' },
  confirmed: { nobody: 'open', me: 'yours', another: 'spent' },
  checked_in: { nobody: 'open', me: 'yours', another: 'spent' },
  completed: { nobody: 'over', me: 'over', another: 'over' },
  no_show: { nobody: 'over', me: 'over', another: 'over' },
  expired: { nobody: 'over', me: 'over', another: 'over' },
  cancelled: { nobody: 'cancelled', me: 'cancelled', another: 'cancelled' },
  displaced: { nobody: 'cancelled', me: 'cancelled', another: 'cancelled' },
  refused: { nobody: 'cancelled', me: 'cancelled', another: 'cancelled' },
}
const cells = bookingStatusSchema.options.flatMap((status) =>
  (['nobody', 'me', 'another'] as const).map((by) => ({ status, by })),
)

describe('a link', () => {
  it.each(cells)(
    'of a booking that is $status, opened by $by, is worth what the table says',
    ({ status, by }) => {
      expect(stateOf(status, by, 0)).toBe(expected[status][by])
    },
  )

  it.each(cells)(
    'opened by $by that is taken back says so, but for a booking that is $status where this is what took it back',
    ({ status, by }) => {
      const isCancelled = expected[status][by] === 'cancelled'
      expect(stateOf(status, by, 0, 5)).toBe(isCancelled ? 'cancelled' : 'taken_back')
    },
  )

  it('can be opened before the end of the booking, and its pass renewed until the door closes', () => {
    expect([toMs - 1, toMs].map((at) => stateOf('confirmed', 'nobody', at))).toEqual(['open', 'over'])
    expect([lastMs - 1, lastMs].map((at) => stateOf('checked_in', 'me', at))).toEqual(['yours', 'over'])
    expect(stateOf('checked_in', 'another', lastMs)).toBe('over')
  })
})

it('leaves a booking as many guests as seats besides the member’s, at most twenty, and a bay none', () => {
  const capacities = [1, 2, 8, 21, 60]
  expect(capacities.map((capacity) => guestsAllowed({ kind: 'meeting_room', capacity }))).toEqual([
    0, 1, 7, 20, 20,
  ])
  expect(guestsAllowed({ kind: 'bay', capacity: 5 })).toBe(0)
})
