import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LedgerModule } from '../ledger/command.ts'
import { packageRoot } from '../package-root.ts'
import { arriveVehicle } from './arrive-vehicle.ts'
import { forgetVehicles } from './forget-vehicles.ts'
import { openLaneByHand } from './hand-openings.ts'
import { backOut, confirmPassage, correctCounts, recordWrongWay, senseBay } from './lane-commands.ts'
import { endLaneFire } from './lane-fire.ts'
import { endLaneHold, startLaneHold } from './lane-holds.ts'
import { reportLaneTrouble } from './lane-troubles.ts'
import { loseTicket } from './lost-ticket-command.ts'
import type { ParkingOptions } from './parking-options.ts'
import { paySession, quoteSession } from './payment-commands.ts'
import { parkingProjections } from './projections.ts'
import { callAttendant, releaseExit } from './release-exit.ts'
import { recordUnrecordedDeparture, requestDeparture } from './request-departure.ts'
import { showPaper } from './signed-papers.ts'

/** Lanes, stays, counts and bays of a site; plugs into the kernel. */
export function parkingModule(options: ParkingOptions): LedgerModule {
  return {
    name: 'parking',
    tablesSql: readFileSync(join(packageRoot, 'parking/tables.sql'), 'utf8'),
    projectedTables: [
      'parking_sessions',
      'parking_counts',
      'parking_lanes',
      'parking_lane_troubles',
      'parking_hand_openings',
      'parking_lane_holds',
      'parking_fires',
      'parking_bays',
      'parking_substitutes',
    ],
    projections: parkingProjections,
    commands: [
      arriveVehicle(options),
      requestDeparture(options),
      recordUnrecordedDeparture(options),
      releaseExit(options),
      callAttendant(options),
      confirmPassage(options),
      backOut(options),
      recordWrongWay(options),
      reportLaneTrouble(options),
      openLaneByHand(options),
      startLaneHold(options),
      endLaneHold(options),
      endLaneFire(options),
      senseBay(options),
      correctCounts(options),
      forgetVehicles(options),
      quoteSession(options),
      paySession(options),
      loseTicket(options),
      showPaper(options),
    ],
  }
}
