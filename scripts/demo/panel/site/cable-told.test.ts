import { expect, test } from 'vitest'
import { cableTold } from './cable-told.ts'

const running = { network: 'on', edge: { state: 'running' }, headSeq: 9, cloudHeadSeq: 9 } as const

test.each([
  ['connected with equal books', {}, { line: 'connected', books: 'same' }],
  ['connected while entries wait', { headSeq: 11 }, { line: 'connected', books: 'waiting', waiting: 2 }],
  ['cut', { network: 'cut' }, { line: 'cut', books: 'same' }],
  [
    'a killed edge, of whose books nothing is known',
    { edge: { state: 'stopped' } },
    { line: 'edge_stopped', books: 'unknown' },
  ],
  ['an edge that starts', { edge: { state: 'starting' } }, { line: 'edge_starting', books: 'unknown' }],
  [
    'a killed edge behind a cut cable',
    { network: 'cut', edge: { state: 'stopped' } },
    { line: 'cut', books: 'unknown' },
  ],
] as const)('%s', (_what, change, told) => {
  expect(cableTold({ ...running, ...change })).toMatchObject(told)
})
