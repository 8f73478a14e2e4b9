import { expect, test } from 'vitest'
import { type RivalSale, winsAgainst } from './decide-rivals.ts'

const rival = (change: Partial<RivalSale>): RivalSale => ({
  ...{ checkedIn: false, heldMs: 100, isCloudSale: false },
  ...change,
})

test.each([
  ['the earlier of two that nobody came to', { checkedIn: false, heldMs: 99 }, [rival({})], true],
  ['not the later', { checkedIn: false, heldMs: 101 }, [rival({})], false],
  ['not one of the same moment', { checkedIn: false, heldMs: 100 }, [rival({})], false],
  ['the one whose holder came, also when later', { checkedIn: true, heldMs: 101 }, [rival({})], true],
  ['not against one whose holder came', { checkedIn: false, heldMs: 1 }, [rival({ checkedIn: true })], false],
  [
    'the earlier of two whose holders came',
    { checkedIn: true, heldMs: 99 },
    [rival({ checkedIn: true })],
    true,
  ],
  ['not against one of several', { checkedIn: false, heldMs: 99 }, [rival({}), rival({ heldMs: 1 })], false],
  [
    'never against a sale of the cloud',
    { checkedIn: true, heldMs: 1 },
    [rival({ isCloudSale: true })],
    false,
  ],
])('%s wins', (_what, mine, rivals, expected) => {
  expect(winsAgainst(mine, rivals)).toBe(expected)
})
