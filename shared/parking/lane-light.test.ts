import { expect, test } from 'vitest'
import type { BoomState } from './boom.ts'
import type { LaneState } from './lane.ts'
import { type LaneControl, startControl } from './lane-control.ts'
import { type LaneOrder, laneLight } from './lane-light.ts'

const calm: LaneOrder = { held: false, fire: false, direction: 'exit' }
const up = { kind: 'open', limits: { open: true, closed: false }, sinceMs: 0 } as const
const vending = { kind: 'vending', pending: 1, approach: true, sinceMs: 0 } as const

test.each<[string, Partial<LaneControl> & { lane: LaneState; boom: BoomState }, Partial<LaneOrder>, string]>([
  ['who was let in, boom up', { lane: vending, boom: up }, {}, 'green'],
  [
    'who was let in, nobody knows where the boom is',
    { lane: vending, boom: { kind: 'unwatched', limits: {} } },
    {},
    'green',
  ],
  [
    'who was let in, boom still moving',
    { lane: vending, boom: { kind: 'open', limits: { open: false, closed: false }, sinceMs: 0 } },
    {},
    'red',
  ],
  [
    'who was let in, boom down',
    { lane: vending, boom: { kind: 'resting', limits: { closed: true } } },
    {},
    'red',
  ],
  [
    'who was let in before a restart',
    { lane: { kind: 'vending', pending: 1, approach: true }, boom: up },
    {},
    'red',
  ],
  [
    'somebody passes',
    { lane: { kind: 'passing', pending: 1, approach: true, through: false }, boom: up },
    {},
    'red',
  ],
  ['nobody is let in', { lane: { kind: 'presented' }, boom: up }, {}, 'red'],
  [
    'somebody comes against',
    { lane: { ...vending, exit: { kind: 'beyond' } }, boom: up },
    { held: true },
    'red',
  ],
  ['held, boom up', { lane: { kind: 'idle' }, boom: up }, { held: true }, 'green'],
  [
    'held, boom forced',
    { lane: { kind: 'idle' }, boom: { kind: 'forced', limits: { open: true } } },
    { held: true },
    'red',
  ],
  ['fire at an exit', { lane: { kind: 'idle' }, boom: up }, { fire: true }, 'green'],
  ['fire at an entry', { lane: vending, boom: up }, { fire: true, direction: 'entry' }, 'red'],
])('%s', (_, known, order, light) => {
  expect(laneLight({ ...startControl(0), ...known }, { ...calm, ...order })).toBe(light)
})
