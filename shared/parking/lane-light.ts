import { boomFault, boomPosition } from './boom.ts'
import type { LaneControl } from './lane-control.ts'

/** What of the whole site bears on one lane. */
export interface LaneOrder {
  /** A person keeps the boom up. */
  readonly held: boolean
  /** Fire: every boom goes up; nobody is waved in. */
  readonly fire: boolean
  readonly direction: 'entry' | 'exit'
}

/**
 * The light before the boom. Green says that the vehicle that stands there may drive now; in any doubt it is red: a boom
 * that moves, is down or in trouble, somebody under it or coming against the direction, or an authorisation from before
 * a restart.
 */
export function laneLight({ lane, boom }: LaneControl, order: LaneOrder): 'green' | 'red' {
  if (boomFault(boom) !== undefined || lane.kind === 'opposing' || lane.exit?.kind === 'beyond') return 'red'
  const position = boomPosition(boom.limits)
  if (position === 'down' || position === 'moving') return 'red'
  if (order.fire) return order.direction === 'exit' ? 'green' : 'red'
  if (order.held) return 'green'
  return lane.kind === 'vending' && lane.sinceMs !== undefined ? 'green' : 'red'
}
