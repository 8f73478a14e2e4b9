import { expect, test } from 'vitest'
import { lentTold } from './lent-told.ts'

const loan = { sellUntilMs: 100, toMs: 200 }

test.each([
  ['before its cut-off the app sells it, online', 99, true, { kind: 'sold', untilMs: 100 }],
  ['before its cut-off the app sells it, offline', 99, false, { kind: 'sold', untilMs: 100 }],
  ['from its cut-off on it is given back, when the cloud is heard', 100, true, { kind: 'ending' }],
  [
    'from its cut-off on nobody sells it until its end, offline',
    100,
    false,
    { kind: 'unheard', untilMs: 200 },
  ],
] as const)('%s', (_what, nowMs, isLive, told) => {
  expect(lentTold(loan, { nowMs, isLive })).toEqual(told)
})
