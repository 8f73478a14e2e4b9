import { describe, expect, it } from 'vitest'
import { decideProducer } from './decide-producer.ts'

const state = { epoch: 2, seq: 5 }

describe('decideProducer', () => {
  it.each([
    ['a first request', undefined, { epoch: 0, seq: 0 }, { kind: 'accept' }],
    ['a first request that skips', undefined, { epoch: 0, seq: 3 }, { kind: 'gap', expectedSeq: 0 }],
    ['the next request', state, { epoch: 2, seq: 6 }, { kind: 'accept' }],
    ['the last request again', state, { epoch: 2, seq: 5 }, { kind: 'duplicate', lastSeq: 5 }],
    ['an early request again', state, { epoch: 2, seq: 0 }, { kind: 'duplicate', lastSeq: 5 }],
    ['a skipped request', state, { epoch: 2, seq: 8 }, { kind: 'gap', expectedSeq: 6 }],
    ['an older run', state, { epoch: 1, seq: 6 }, { kind: 'stale_epoch', epoch: 2 }],
    ['a new run', state, { epoch: 3, seq: 0 }, { kind: 'accept' }],
    ['a new run that does not start at 0', state, { epoch: 3, seq: 1 }, { kind: 'epoch_start' }],
  ])('answers %s', (_name, known, request, expected) => {
    expect(decideProducer(known, request)).toEqual(expected)
  })
})
