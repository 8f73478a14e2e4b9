import { expect, it } from 'vitest'
import { briefOf } from './entry-brief.ts'

it.each([
  [{ bookingId: 'bk_1', reference: 'H7K2-9Q', spaceId: 'elm', price: {} }, 'H7K2-9Q · elm'],
  [{ doorId: 'd', state: 'open', reason: 'r', outcome: 'o' }, 'd · open · r'],
  [{ method: 'card', amountMinor: 1440, currency: 'EUR' }, 'card · €14.40'],
  [{ dueMinor: 350, price: { currency: 'EUR', totalMinor: 700 } }, '€3.50'],
  [{}, ''],
])('names what a person would look for in %j', (body, brief) => {
  expect(briefOf(body, 'en-GB')).toBe(brief)
})
