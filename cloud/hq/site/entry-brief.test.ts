import { expect, it } from 'vitest'
import { briefOf } from './entry-brief.ts'

it('names what a person would look for, at most three things', () => {
  expect(briefOf({ bookingId: 'bk_1', reference: 'H7K2-9Q', spaceId: 'room-elm', price: {} })).toBe(
    'H7K2-9Q · room-elm',
  )
  expect(briefOf({ doorId: 'd', state: 'open', reason: 'r', outcome: 'o' })).toBe('d · open · r')
  expect(briefOf({})).toBe('')
})
