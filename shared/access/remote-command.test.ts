import { expect, it } from 'vitest'
import { quotedAheadMaxMs, remoteRefusal } from './remote-command.ts'

const stamp = { bootId: 'boot-1', monotonicMs: 100_000, validMs: 10_000 }

it.each([
  ['at the quoted moment', 'boot-1', 100_000, undefined],
  ['at its last instant', 'boot-1', 110_000, undefined],
  ['a millisecond later', 'boot-1', 110_001, 'remote_expired'],
  ['after a restart', 'boot-2', 100_000, 'remote_other_boot'],
  ['quoted a little ahead', 'boot-1', 100_000 - quotedAheadMaxMs, undefined],
  ['quoted from a moment that has not been', 'boot-1', 100_000 - quotedAheadMaxMs - 1, 'remote_from_future'],
])('a command from afar %s', (_when, bootId, monotonicMs, refusal) => {
  expect(remoteRefusal(stamp, { bootId, monotonicMs })).toBe(refusal)
})
